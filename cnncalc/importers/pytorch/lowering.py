"""A Program -> a Sketch: each function of tensors becomes layers of the catalogue.

The functions are in `functions/`, one module for each family.  A function that no layer states
becomes a `custom` layer with its shape, parameters and multiply-accumulates: nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from ...named_tuple import NamedTuple
from ...problem import Refusal, are, count
from ...shape import Shape
from ...sketch import Sketch, SketchOutput, SketchValue
from ..axes import TensorView, standard
from ..errors import ImportFailed, InvalidModelFile, Unsupported
from ..program import Operation, Program, TensorRef, TensorSizes
from ..training import with_training_outputs
from . import in_place
from .context import Derived, FunctionResults, LoweringContext, Tensor
from .counts import RECURRENT, macs_of
from .custom import custom_results
from .functions.joins import as_view
from .functions.table import handler_of
from .names import plain
from .recognition import RecognizedCall, recognized_calls
from .scopes import sketch_scopes


class Lowered(NamedTuple):
    """A Sketch, and the operations that are `custom` in it: their numbers, each with the reason."""

    sketch: Sketch
    unstated: tuple[tuple[int, str], ...]


def lower(program: Program, name: str, source: str) -> Sketch:
    """The Sketch of a program.

    `name` and `source` are those of the architecture file.  Raises InvalidModelFile if the program
    contradicts itself, ImportFailed if it has no output.
    """
    sketch = lower_program(program, name, source).sketch
    if not sketch.outputs:
        raise ImportFailed(
            f"{name} returns no tensor that is computed from its inputs: "
            "--module PATH imports a part of a model"
        )
    if program.training is None:
        return sketch
    return with_training_outputs(sketch, lower(program.training, name, source))


def lower_program(program: Program, name: str, source: str) -> Lowered:
    """The Sketch of a program in evaluation, and what no layer states.

    Raises InvalidModelFile if it contradicts itself, ImportFailed if a layer has an empty output
    or an output is a tensor that no layer states.
    """
    lowering = Lowering(program)
    try:
        sketch = lowering.run(name, source)
    except ImportFailed:
        raise
    except Unsupported as error:
        raise ImportFailed(f"an output of {name} is not supported: {error}") from None
    except UNEXPECTED as error:
        where = f"operation {lowering.context.index}"
        raise InvalidModelFile(f"{name} is malformed ({type(error).__name__} at {where})") from None
    return Lowered(sketch, tuple(lowering.unstated))


SPREADS = ("expand", "expand_as", "broadcast_to", "repeat", "tile", "repeat_interleave")
"""Functions that give a stored tensor the batch of the data."""

UNEXPECTED = (
    *(KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError),
    StopIteration,
)
"""The errors of a function that is called otherwise than is known: it becomes `custom`."""


class Lowering:
    """Goes through the operations of a program in order."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.context = LoweringContext(program)
        self.unstated: list[tuple[int, str]] = []
        self.constant_macs: list[int] = []  # of operations that do not depend on the input

    def run(self, name: str, source: str) -> Sketch:
        """The Sketch of the whole program."""
        known = recognized_calls(self.program)
        skipped_until = 0
        for index, operation in enumerate(self.program.operations):
            if index < skipped_until:
                continue
            self.context.index = index
            if index in known and self.lower_call(known[index]):
                skipped_until = self.program.calls[known[index].call].end
                continue
            self.lower_operation(operation)
        outputs = tuple(self.outputs())
        unused = {
            name: prod(tensor.sizes)
            for name, tensor in self.program.parameters.items()
            if name not in self.context.used
        }
        return Sketch(
            name,
            source,
            self.context.builder.inputs,
            tuple(self.context.builder.layers),
            sketch_scopes(self.program, self.values_of),
            outputs,
            unused,
            (*self.program.remarks, *dict.fromkeys(self.context.notes), *self.constant_products()),
        )

    def constant_products(self) -> Iterator[str]:
        """A sentence on products that are the same for all inputs, as of a table of positions."""
        found = [macs for macs in self.constant_macs if macs]
        if found:
            yield (
                f"{count(len(found), 'product')} of parameters ({sum(found):,} "
                f"multiply-accumulates) {are(len(found))} not counted: the same for all inputs"
            )

    def lower_operation(self, operation: Operation) -> None:
        """Add the layers of one operation, and keep its results."""
        self.context.builder.scope = operation.call
        self.context.builder.types = operation.types
        outcome = self.lower(operation)
        results = [outcome] if isinstance(outcome, Tensor) else outcome
        for part, tensor in enumerate(results):
            self.context.tensors["output", self.context.index, part] = tensor
        in_place.update(self.context, operation, results[0])

    def lower_call(self, found: RecognizedCall) -> bool:
        """Add the one layer that a module call is; False if it is not after all."""
        mark = self.context.mark()
        self.context.builder.scope = found.call
        try:
            result = found.recognizer(self.context, found)
        except (Unsupported, Refusal, *UNEXPECTED):
            self.context.undo(mark)
            return False
        self.context.tensors[found.output.key] = result
        return True

    def lower(self, operation: Operation) -> FunctionResults:
        """The results of one operation, after adding its layers."""
        if operation.results and all(0 in sizes for sizes in operation.results):  # joins skip it
            return [Derived(sizes) for sizes in operation.results]
        if not self.depends_on_data(operation):
            tensors = [self.context.tensor(ref) for ref in operation.tensors()]
            stored = [tensor for tensor in tensors if isinstance(tensor, Derived)]
            found = [self.derived(operation, stored, sizes) for sizes in operation.results]
            batch = self.program.batch if any(tensor.is_batched for tensor in found) else 1
            self.constant_macs.append(macs_of(operation, batch) or 0)
            return found
        handler = handler_of(operation.function)
        mark = self.context.mark()
        try:
            if handler is None:
                raise Unsupported("no corresponding layer")
            results = handler(self.context, operation)
            self.check_macs(operation, mark[0])
            return results
        except (Unsupported, Refusal, *UNEXPECTED) as error:
            is_known = isinstance(error, Unsupported | Refusal)
            reason = str(error) if is_known else "with arguments that are not known"
            self.context.undo(mark)
            self.unstated.append((self.context.index, reason))
            return custom_results(self.context, operation, reason)

    def derived(
        self, operation: Operation, tensors: Sequence[Derived], sizes: TensorSizes
    ) -> Derived:
        """A result of stored tensors alone."""
        parameters = dict.fromkeys(name for tensor in tensors for name in tensor.parameters)
        buffers = dict.fromkeys(name for tensor in tensors for name in tensor.buffers)
        function = operation.function
        is_made = plain(function) in SPREADS or (not tensors and len(sizes) > 1)
        is_batched = is_made or any(tensor.is_batched for tensor in tensors)
        is_batched = is_batched and sizes[:1] == (self.program.batch,)
        return Derived(sizes, tuple(parameters), tuple(buffers), function, is_batched)

    def depends_on_data(self, operation: Operation) -> bool:
        """True if a tensor that an operation reads does, most often the first one."""
        known = self.context.tensors
        return any(isinstance(known.get(ref.key), TensorView) for ref in operation.tensors())

    def check_macs(self, operation: Operation, start: int) -> None:
        """Raise Unsupported if the layers from `start` on take other MACs than PyTorch counts.

        Recurrent layers of other formats have their weights in one tensor, which says nothing.
        """
        wanted = macs_of(operation, self.program.batch)
        if wanted is None or plain(operation.function) in RECURRENT:
            return
        found = sum([layer.macs for layer in self.context.builder.layers[start:]])
        if wanted != found:
            raise Unsupported(f"layers of {found:,} MACs, the model has {wanted:,}")

    # Outputs

    def outputs(self) -> Iterable[SketchOutput]:
        """The outputs of the model that depend on its inputs; all of them if none does."""
        self.context.builder.scope = 0
        empty = [ref for _, ref in self.program.outputs if 0 in ref.sizes]
        if empty:
            raise Unsupported(f"it has no elements: {Shape(empty[0].sizes[1:] or (0,))}")
        tensors = [self.context.tensor(ref) for _, ref in self.program.outputs]
        has_layers = bool(self.context.builder.layers)
        is_stored = all(isinstance(tensor, Derived) for tensor in tensors)
        for (name, ref), tensor in zip(self.program.outputs, tensors, strict=True):
            if is_stored or (isinstance(tensor, TensorView) and not has_layers):
                yield SketchOutput(name, self.moved_value(as_view(self.context, tensor)))
            elif isinstance(tensor, TensorView):
                yield SketchOutput(name, self.output_value(tensor, ref))

    def moved_value(self, view: TensorView) -> SketchValue:
        """The value of an output of a model without layers, whose axes are not followed.

        It has the axes in the order of the model, and is an `identity` if that is the input.
        """
        value = standard(self.context.builder, view).value
        return value if value.layer >= 0 else self.context.builder.add("identity", {}, [value])

    def output_value(self, view: TensorView, ref: TensorRef) -> SketchValue:
        """The value of an output, without axes of size 1 that the model's does not have.

        Axes that were moved stay where they are, unless the model does nothing else.
        """
        if not self.context.builder.layers:
            return standard(self.context.builder, view).value
        wanted = [size for axis, size in enumerate(ref.sizes) if not view.is_batch(axis)]
        large = sorted(size for size in wanted if size != 1)
        mine = sorted(size for size in view.shape if size != 1)
        if wanted and len(view.shape) != len(wanted) and large == mine:
            return standard(self.context.builder, view).value
        return view.value

    def values_of(self, refs: Sequence[TensorRef]) -> tuple[SketchValue, ...]:
        """The values of tensors that depend on the data."""
        return tuple([view.value for view, _ in self.context.pairs(refs)]) if refs else ()
