"""A Document -> the flat graph: steps are taken in file order, each layer asked for its shape as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..layers import LAYERS, layer_class
from ..layers.layer import Layer
from ..layers.parameter import LARGEST, WORDS, show, whole
from ..layers.parameter import Value as Datum
from ..network import Group, Node, Value
from ..problem import Call, Problem, Refusal, Span, did_you_mean
from ..shape import Shape
from .document import Bindings, Block, Body, Document, Operand, StaticScope, Step
from .expression.value import Expression, Reference
from .findings import Findings
from .scope import Bound, Flow, Scope, Unknown, flowing

MOST = 100_000  # layers, and repetitions, of one network
MOST_STEPS = 500_000  # steps looked at, taken or not, and values and list entries read
MOST_AXES = 16
DEEPEST_CALLS = 50
DEEPEST_STEPS = 400

UNFINISHED = 10**9  # the end of a group in which a step failed
MISSING: Any = object()
UNKNOWN: Any = object()
AMBIGUOUS: Any = object()
SKIPPED: Any = object()


class Stop(Exception):
    """A limit is reached: nothing more is expanded."""


class Made(NamedTuple):
    """A layer made for what enters, with what it gives: the same for every like call."""

    layer: Layer
    shape: Shape
    pieces: tuple[Shape, ...]


class Frame(NamedTuple):
    """Where a step is expanded: its scope, the variables it sees, and what the steps around it say."""

    scope: Scope
    variables: dict[str, Datum]
    block: str | None = None
    calls: int = 0  # block calls around it
    depth: int = 0  # groups around it
    repeats: int = 0  # `repeat`s around it
    training_only: bool = False
    trainable: bool = True
    tag: str | None = None  # of the `shared` that covers it
    identity: str | None = None  # which weights are its, where they are shared
    origin: int = 0  # the number of the step that is shared


class Taken:
    """What the operands of a join have come to."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.constants = 0
        self.unknown = False


Sources = tuple[tuple[Reference, Span], ...] | None


class Evaluation:
    """The names that the expressions of one step read (`expression.Names`)."""

    __slots__ = ("expander", "flow", "frame", "sources")

    def __init__(self, expander: Expander, frame: Frame, flow: Flow, sources: Sources) -> None:
        self.expander = expander
        self.frame = frame
        self.flow = flow
        self.sources = sources  # resolved at the first use, since a step that `when` leaves out may name what is not there

    def entering(self) -> Flow:
        if self.sources is not None:
            found: list[Value] = []
            sources, self.sources = self.sources, None
            for reference, span in sources:
                try:
                    found += self.frame.scope.values(reference, self)
                except Refusal as refusal:
                    refusal.span = span
                    raise
            self.flow = tuple(found)
        return self.flow

    def values(self) -> tuple[Value, ...]:
        """What enters, for a step that needs it.  Raises Refusal, or Unknown."""
        flow = self.entering()
        if flow is None:
            raise Unknown
        if isinstance(flow, str):
            raise Refusal(flow, rule="several-values")
        if not self.frame.training_only:
            nodes = self.expander.nodes
            for value in flow:
                if value.node >= 0 and nodes[value.node].training_only:
                    raise Refusal(
                        f"this reads `{nodes[value.node].path}`, which is there for training only", rule="training-only"
                    )
        return flow

    def value(self, name: str) -> Datum:
        found = self.frame.variables.get(name, MISSING)
        if found is MISSING:
            return self.special(name)
        if found is UNKNOWN:
            raise Unknown
        if found is AMBIGUOUS:
            raise Refusal(
                "`i` is read where two repetitions enclose it", "name the counters with `for`", rule="ambiguous-counter"
            )
        return found

    def special(self, name: str) -> Datum:
        if name == "in_channels":
            return self.values()[0].shape.channels
        if name == "in_size":
            return self.values()[0].shape.space
        if name in LAYERS or name in self.expander.document.blocks or name in WORDS:
            return name
        raise Unknown  # the reader of the file has reported it

    def shape(self, reference: Reference) -> Shape:
        values = self.frame.scope.values(reference, self)
        if len(values) != 1:
            raise Refusal(f"`{reference.text}` is {len(values)} values", rule="several-values")
        return values[0].shape

    def spend(self, effort: int) -> None:
        self.expander.spend(effort)


class Expander:
    """Expands one network.  Mistakes go to `problems`; nodes and groups grow in file order."""

    def __init__(self, document: Document, problems: Findings) -> None:
        self.document = document
        self.problems = problems
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.outputs: dict[str, Value] = {}
        self.training_outputs: set[str] = set()
        self.failed_at: int | None = None  # how many nodes there were when the first step failed
        self.calls: list[Call] = []
        self.reported = {(problem.span, problem.rule) for problem in problems}
        self.variables: dict[str, Datum] = {}
        self.effort = 0
        self.rounds = 0
        self.nesting = 0
        self.made: dict[Any, Made] = {}
        self.tensors: dict[str, tuple[dict[str, Shape], str]] = {}

    # Mistakes and limits

    def report(self, span: Span, refusal: Refusal) -> None:
        self.fail()
        span = refusal.span or span
        if (span, refusal.rule) not in self.reported:
            self.reported.add((span, refusal.rule))
            self.problems.append(
                Problem(span, refusal.rule, refusal.message, refusal.hint, calls=tuple(reversed(self.calls[-8:])))
            )

    def fail(self) -> None:
        if self.failed_at is None:
            self.failed_at = len(self.nodes)

    def stop(self, span: Span, message: str, hint: str = "") -> Stop:
        self.report(span, Refusal(message, hint, rule="limit"))
        return Stop()

    def spend(self, effort: int) -> None:
        self.effort += effort
        if self.effort > MOST_STEPS:
            span = self.calls[-1].span if self.calls else Span(1, 1, 1, 2)
            raise self.stop(span, f"more than {MOST_STEPS:,} steps and values are looked at")

    # Evaluating

    def evaluate(self, expression: Expression, names: Evaluation) -> Datum:
        """The value of an expression; a mistake is reported where it stands, and then it is unknown."""
        try:
            return expression.run(names)
        except Refusal as refusal:
            self.report(expression.span, refusal)
            raise Unknown from None

    def truth(self, expression: Expression | None, names: Evaluation) -> bool:
        return expression is None or bool(self.evaluate(expression, names))

    def flag(self, expression: Expression | None, names: Evaluation, otherwise: bool) -> bool:
        if expression is None:
            return otherwise
        value = self.evaluate(expression, names)
        if type(value) is not bool:
            self.report(expression.span, Refusal(f"expected true or false, found {show(value)}", rule="bad-value"))
            raise Unknown
        return value

    # Steps

    def body(self, body: Body, frame: Frame, flow: Flow) -> Flow:
        for step in body.steps:
            result = self.step(step, frame, flow)
            if result is not SKIPPED:
                flow = result
        return flow

    def open(self, static: StaticScope, prefix: str, frame: Frame, parent: Scope | None) -> Scope:
        """A new scope for steps whose paths begin with `prefix`."""
        identity = prefix if frame.identity is None else f"{frame.identity}@{static.number - frame.origin}"
        return Scope(prefix, identity, parent, automatic_names(static, frame.variables), self.document.lost)

    def step(self, step: Step, frame: Frame, flow: Flow) -> Any:
        """Take one step; SKIPPED where `when` leaves it out, or where it is no part of the chain."""
        self.spend(1)
        name = step.name or frame.scope.automatic.get(step.number, "")
        path = frame.scope.prefix + name
        if self.nesting >= DEEPEST_STEPS:
            raise self.stop(step.span, f"steps are nested deeper than {DEEPEST_STEPS} levels")
        self.nesting += 1
        try:
            if step.broken:
                raise Unknown
            taken = self.taken(step, frame, flow, path)
            if taken is None:
                frame.scope.left_out.add(name)
                return SKIPPED
            if taken.rounds is not None and not any(taken.rounds) and step.what != "join":
                frame.scope.names[name] = taken  # all of its rounds are none
                return SKIPPED
            bound = taken
        except Refusal as refusal:
            self.report(self.span_of(step, refusal.argument), refusal)
            bound = Bound(path, None)
        except Unknown:
            self.fail()
            bound = Bound(path, None)
        finally:
            self.nesting -= 1
        if step.name:
            if step.name in frame.scope.names:
                self.report(step.span, Refusal(f"`{path}` is the name of two steps that are both taken", rule="duplicate-name"))
            frame.scope.names[step.name] = bound
        return SKIPPED if step.what == "output" else bound.flow

    def taken(self, step: Step, frame: Frame, flow: Flow, path: str) -> Bound | None:
        """What comes of a step, once or in rounds; None where `when` leaves it out."""
        if step.repeat is not None or step.bindings is not None:
            return self.repeated(step, frame, flow, path)
        names = Evaluation(self, frame, flow, step.sources)
        return self.once(step, frame, names, path) if self.truth(step.when, names) else None

    def span_of(self, step: Step, argument: str) -> Span:
        """Where an argument of a step is written."""
        if argument in step.arguments:
            return step.arguments[argument].span
        if argument and step.what == "layer" and step.value and next(iter(layer_class(step.word).fields)) == argument:
            return step.value[0].span
        return step.span

    def repeated(self, step: Step, frame: Frame, flow: Flow, path: str) -> Bound:
        """The rounds of a step, one after the other.

        They are a chain, but those of a side chain, which all begin where the main chain is.
        """
        chained = step.what != "output"
        first = Evaluation(self, frame, flow, step.sources)
        rounds: list[Bound | None] = []
        last: Bound | None = None
        for index, variables in enumerate(self.bindings_of(step, frame, first)):
            inner = frame._replace(variables=variables, repeats=frame.repeats + (step.repeat is not None))
            if frame.identity is not None and step.shared is None:
                inner = inner._replace(identity=f"{frame.identity}/{step.number - frame.origin}.{index}", origin=step.number)
            names = Evaluation(self, inner, flow, step.sources if last is None or not chained else None)
            self.calls.append(Call(f"round {index} of `{path}`", step.span))
            try:
                if step.when is not None and not self.truth(step.when, names):
                    rounds.append(None)
                    continue
                last = self.once(step, inner, names, f"{path}.{index}")
            except Refusal as refusal:
                self.report(self.span_of(step, refusal.argument), refusal)
                last = Bound(path, None)
            except Unknown:
                self.fail()
                last = Bound(path, None)
            finally:
                self.calls.pop()
            rounds.append(last)
            flow = last.flow if chained else flow
        if last is None:
            bound = Bound(path, f"`{path}` has no round")
            bound.rounds = rounds
            return bound
        bound = Bound(last.path, last.flow, last.scope)
        bound.pieces = last.pieces
        bound.rounds = rounds
        return bound

    def bindings_of(self, step: Step, frame: Frame, names: Evaluation) -> Iterator[dict[str, Datum]]:
        """The variables of each round."""
        if step.bindings is not None:
            yield from self.bound(step.bindings, frame, names)
            return
        if step.repeat is None:
            return
        count = whole(self.evaluate(step.repeat, names))
        if count is None or count < 0:
            self.report(
                step.repeat.span,
                Refusal(f"`repeat` is a count, 0 or more, found {show(step.repeat.run(names))}", rule="bad-value"),
            )
            raise Unknown
        self.take_rounds(count, step.repeat.span)
        for index in range(count):
            yield {**frame.variables, "i": AMBIGUOUS if frame.repeats else index}

    def bound(self, bindings: Bindings, frame: Frame, names: Evaluation) -> Iterator[dict[str, Datum]]:
        """The variables for each binding of `for` or `across`."""
        columns: dict[str, tuple[Datum, ...]] = {}
        for name, expression in bindings:
            value = self.evaluate(expression, names)
            if isinstance(value, tuple):
                self.take_rounds(len(value), expression.span, check_only=True)
                columns[name] = value
                continue
            count = whole(value)
            if count is None or count < 0:
                refusal = Refusal(f"`{name}` takes a list, or a count of 0 or more, found {show(value)}", rule="bad-value")
                self.report(expression.span, refusal)
                raise Unknown
            self.take_rounds(count, expression.span, check_only=True)
            columns[name] = tuple(range(count))
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
            self.report(bindings[0][1].span, Refusal(f"lists bound together have one length: {found}", rule="bad-value"))
            raise Unknown
        if not columns:
            raise Unknown
        self.take_rounds(next(iter(lengths.values())), bindings[0][1].span)
        for row in zip(*columns.values(), strict=True):
            yield {**frame.variables, **dict(zip(columns, row, strict=True))}

    def take_rounds(self, count: int, span: Span, check_only: bool = False) -> None:
        if self.rounds + count > MOST:
            raise self.stop(span, f"more than {MOST:,} repetitions in all, {count:,} asked for here")
        if not check_only:
            self.rounds += count

    def once(self, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
        """One round of a step that is taken."""
        if step.trainable is not None or step.shared is not None or step.unshared:
            frame = self.covered(step, frame, names)
        if step.what == "layer":
            return self.layer(step, step.word, frame, names, path)
        if step.what == "block":
            return self.block(self.document.blocks.get(step.word), step, frame, names, path)
        if step.what == "variable":
            return self.variable(step, frame, names, path)
        if step.what == "join":
            return self.join(step, frame, names, path)
        if step.what == "group":
            return self.group(step, frame, names, path)
        if step.what == "output":
            return self.output(step, frame, names, path)
        values = names.values()
        return Bound(self.path_of(values[0]), values)

    def covered(self, step: Step, frame: Frame, names: Evaluation) -> Frame:
        """What `trainable` and `shared` say for a step and all inside it."""
        frame = frame._replace(trainable=self.flag(step.trainable, names, frame.trainable))
        if step.shared is not None:
            within = frame.scope.prefix if frame.identity is None else frame.scope.identity
            identity = f"{within}#{step.shared}"
            return frame._replace(tag=step.shared, identity=identity, origin=step.number)
        return frame._replace(tag=None, identity=None) if step.unshared else frame

    def path_of(self, value: Value) -> str:
        if value.node < 0:
            return "input"
        path = self.nodes[value.node].path
        return path if value.part is None else f"{path}.{value.part}"

    # Layers and blocks

    def given(self, step: Step, names: Evaluation, params: list[str]) -> dict[str, Datum]:
        """The arguments of a call by name.  All are evaluated, so that every mistake in them is seen."""
        expressions = dict(zip(params, step.value, strict=False)) | step.arguments
        given = {}
        unknown = False
        for name, expression in expressions.items():
            try:
                given[name] = self.evaluate(expression, names)
            except Unknown:
                unknown = True
        if unknown:
            raise Unknown
        return given

    def layer(self, step: Step, kind: str, frame: Frame, names: Evaluation, path: str) -> Bound:
        cls = layer_class(kind)
        given = self.given(step, names, list(cls.fields))
        if cls.takes == (0, 0):
            return self.node(kind, given, (), frame, path, step)
        try:
            values = names.values()
        except Unknown:
            cls.read_arguments(given, None)
            raise
        return self.node(kind, given, values, frame, path, step)

    def node(
        self,
        kind: str,
        given: dict[str, Datum],
        inputs: tuple[Value, ...],
        frame: Frame,
        path: str,
        step: Step,
        start: int | None = None,
    ) -> Bound:
        """Add a layer, whose step began at node `start`, to the graph.  Raises Refusal where it cannot take what enters."""
        shapes = tuple([value.shape for value in inputs])
        key = (kind, tuple(given.items()), tuple(map(type, given.values())), shapes)
        made = self.made.get(key)
        if made is None:
            made = self.made[key] = make(kind, given, shapes)
        if len(self.nodes) >= MOST:
            raise self.stop(step.span, f"more than {MOST:,} layers")
        index = len(self.nodes)
        weight_key = self.weight_key(made, shapes, frame, path, step) if frame.identity is not None else None
        self.nodes.append(
            Node(
                path,
                made.layer,
                inputs,
                shapes,
                made.shape,
                made.pieces,
                step.span,
                frame.training_only,
                frame.trainable,
                frame.tag if weight_key else None,
                weight_key,
                index if start is None else start,
            )
        )
        if not made.pieces:
            return Bound(path, (Value(index, None, made.shape),))
        self.spend(len(made.pieces))
        name = step.name or "name"
        unnamed = "" if step.name else " (it needs a `name` for that)"
        bound = Bound(path, f"`{path}` is {len(made.pieces)} values: say which with `from`, as in `from: {name}[0]`{unnamed}")
        bound.pieces = tuple(Value(index, part, shape) for part, shape in enumerate(made.pieces))
        return bound

    def weight_key(self, made: Made, shapes: tuple[Shape, ...], frame: Frame, path: str, step: Step) -> str | None:
        """The name of the shared weights; those of earlier steps must have the same shapes."""
        weights = made.layer.weights(*shapes)
        if not weights:
            return None
        key = f"{frame.identity}/{step.number - frame.origin}"
        known, first = self.tensors.setdefault(key, (weights, path))
        if known != weights:
            found = " and ".join(
                ", ".join(f"{name} {shape}" for name, shape in tensors.items()) for tensors in (known, weights)
            )
            raise Refusal(f"`{path}` cannot share the weights of `{first}`: they are unequal, {found}", rule="shared")
        return key

    def variable(self, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
        """A step named by a variable: what it is shows only now."""
        kind = names.value(step.word)
        block = self.document.blocks.get(kind) if isinstance(kind, str) else None
        if block is not None and not (kind == frame.block and kind in LAYERS):
            return self.block(block, step, frame, names, path)
        if not isinstance(kind, str) or kind not in LAYERS:
            raise Refusal(f"`{step.word}` is {show(kind)}, which is no layer or block", rule="unknown-layer")
        if layer_class(kind).takes[1] is None:
            raise Refusal(f"`{step.word}` is {kind}, which takes operands: name it itself", rule="unknown-layer")
        if step.listed:
            value = tuple(self.evaluate(expression, names) for expression in step.value)
            text = show(value)
            listed = Expression(text, step.span, lambda _: value)
            step = step._replace(value=(listed,), listed=False)
        self.check_arguments(step, kind, list(layer_class(kind).fields))
        return self.layer(step, kind, frame, names, path)

    def check_arguments(self, step: Step, kind: str, params: list[str]) -> None:
        """What the reader of steps checks where the word itself says what the step is."""
        if len(step.value) > len(params):
            raise Refusal(f"{kind} takes {len(params)} arguments, found {len(step.value)}", rule="unknown-argument")
        for name in step.arguments:
            if name not in params:
                raise Refusal(f"unknown argument `{name}` of {kind}", did_you_mean(name, params), name, "unknown-argument")
            if name in params[: len(step.value)]:
                raise Refusal(
                    f"`{name}` is given twice", f"the value of `{step.word}` is its `{name}`", name, "duplicate-argument"
                )

    def block(self, block: Block | None, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
        if block is None:
            raise Unknown
        if step.what == "variable":
            self.check_arguments(step, block.name, list(block.params))
        if frame.calls >= DEEPEST_CALLS:
            raise self.stop(
                step.span,
                f"blocks call one another deeper than {DEEPEST_CALLS} levels",
                "a block that calls itself needs a `when`",
            )
        given = self.given(step, names, list(block.params))
        for name, default in block.params.items():
            if default is None and name not in given:
                raise Refusal(f"{block.name} needs `{name}`", rule="missing-argument")
        try:
            entering: tuple[Value, ...] | None = names.values()
        except Unknown:
            entering = None
        if entering is not None:
            check_block_inputs(block, entering)
        inner = frame._replace(
            variables=dict(self.variables), block=block.name, calls=frame.calls + 1, depth=frame.depth + 1, repeats=0
        )
        if frame.identity is not None:
            inner = inner._replace(identity=f"{frame.identity}/{step.number - frame.origin}", origin=0)
        self.calls.append(Call(f"block `{block.name}`", step.span))
        group = self.enter(path, block.name, arguments_text(block.params, given), frame, step.span)
        try:
            flow: Flow = None if entering is None else entering[:1]
            static = block.body.scope or StaticScope()
            scope = self.open(static, path + ".", inner, None)
            inner = inner._replace(scope=scope)
            bind_inputs(block, entering, scope)
            self.define(block, given, inner, Evaluation(self, inner, flow, None))
            # A step that a parameter names is numbered by what the parameter holds, which is known only now.
            scope.automatic = automatic_names(static, inner.variables)
            flow = self.body(block.body, inner, flow)
            if block.outputs is not None:
                flow = self.block_outputs(block.outputs, inner)
        finally:
            self.calls.pop()
        self.leave(group, flow)
        return Bound(path, flow, scope)

    def define(self, block: Block, given: dict[str, Datum], inner: Frame, names: Evaluation) -> None:
        """Parameters, defaults and `let`s, in order: each may read those before it."""
        for name, default in block.params.items():
            if name in given:
                inner.variables[name] = given[name]
            elif default is not None:
                inner.variables[name] = self.or_unknown(default, names)
        for name, expression in block.lets:
            inner.variables[name] = self.or_unknown(expression, names)

    def or_unknown(self, expression: Expression, names: Evaluation) -> Datum:
        try:
            return self.evaluate(expression, names)
        except Unknown:
            return UNKNOWN

    def block_outputs(self, outputs: tuple[tuple[Reference, Span], ...], frame: Frame) -> Flow:
        found: list[Value] = []
        names = Evaluation(self, frame, None, None)
        for reference, span in outputs:
            try:
                found += frame.scope.values(reference, names)
            except Refusal as refusal:
                self.report(span, refusal)
                return None
            except Unknown:
                return None
        return tuple(found)

    # Groups

    def enter(self, path: str, kind: str, arguments: str, frame: Frame, span: Span) -> int:
        self.groups.append(Group(path, kind, arguments, len(self.nodes), UNFINISHED, frame.depth, (), span))
        return len(self.groups) - 1

    def leave(self, group: int, flow: Flow) -> None:
        outputs = flow if isinstance(flow, tuple) else ()
        self.groups[group] = self.groups[group]._replace(end=len(self.nodes), outputs=outputs)

    def chain(self, body: Body, path: str, kind: str, frame: Frame, flow: Flow, span: Span) -> Bound:
        """Steps in a scope of their own, as one row."""
        inner = frame._replace(depth=frame.depth + 1)
        scope = self.open(body.scope or StaticScope(), path + ".", inner, frame.scope)
        group = self.enter(path, kind, "", frame, span)
        flow = self.body(body, inner._replace(scope=scope), flow)
        self.leave(group, flow)
        return Bound(path, flow, scope)

    def group(self, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
        if step.body is None:
            raise Unknown
        flow = names.entering()
        if step.body.scope is None:
            return Bound(path, self.body(step.body, frame, flow))
        return self.chain(step.body, path, "layers", frame, flow, step.span)

    def output(self, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
        if step.body is None:
            raise Unknown
        flow = names.entering()
        training_only = frame.training_only or self.flag(step.arguments.get("training_only"), names, False)
        bound = self.chain(step.body, path, "output", frame._replace(training_only=training_only), flow, step.span)
        values = flowing(bound)
        if len(values) != 1:
            raise Refusal(f"an output is one value, found {len(values)}", rule="several-values")
        self.outputs[path] = values[0]
        if training_only:
            self.training_outputs.add(path)
        return bound

    # Joins

    def join(self, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
        given = {name: self.evaluate(expression, names) for name, expression in step.arguments.items()}
        flow = names.entering()
        taken = Taken()
        start = len(self.nodes)
        rounds: list[Bound | None] | None = None
        scope: Scope | None = None
        if step.across is None and step.scope is not None:  # the rounds of a repeated join keep their paths apart
            scope = self.open(step.scope, path + ".", frame, frame.scope)
            self.operands(step, frame._replace(scope=scope), flow, taken)
            frame.scope.names |= scope.names  # what the last round names is seen from behind
        elif step.across is None:
            self.operands(step, frame, flow, taken)
        else:
            rounds = [
                self.binding(step, frame._replace(variables=variables), flow, taken, f"{path}.{index}", index)
                for index, variables in enumerate(self.bound(step.across, frame, names))
            ]
        if taken.unknown:
            raise Unknown
        if not taken.values:
            found = "joins numbers only" if taken.constants else "has no operand left"
            raise Refusal(f"{step.word} {found}", rule="missing-operands")
        if taken.constants:
            if "constants" not in layer_class(step.word).fields:
                raise Refusal(f"{step.word} takes no numbers as operands", rule="bad-operand")
            given["constants"] = taken.constants
        bound = self.node(step.word, given, tuple(taken.values), frame, path, step, start)
        bound.rounds = rounds
        bound.scope = scope
        return bound

    def binding(self, step: Step, frame: Frame, flow: Flow, taken: Taken, path: str, index: int) -> Bound:
        """The operands of one binding of `across`, in a scope of their own."""
        inner = frame._replace(depth=frame.depth + 1)
        if frame.identity is not None and step.shared is None:
            inner = inner._replace(identity=f"{frame.identity}/{step.number - frame.origin}.{index}", origin=step.number)
        scope = self.open(step.scope or StaticScope(), path + ".", inner, frame.scope)
        group = self.enter(path, "branch", "", frame, step.span)
        self.calls.append(Call(f"binding {index} of `{path.rpartition('.')[0]}`", step.span))
        before = len(taken.values)
        self.operands(step, inner._replace(scope=scope), flow, taken)
        self.calls.pop()
        values = tuple(taken.values[before:])
        self.leave(group, values)
        return Bound(path, values, scope)

    def operands(self, step: Step, frame: Frame, flow: Flow, taken: Taken) -> None:
        for operand in step.operands:
            try:
                self.operand(operand, frame, flow, taken)
            except Refusal as refusal:
                self.report(operand.span, refusal)
                taken.unknown = True
            except Unknown:
                taken.unknown = True

    def operand(self, operand: Operand, frame: Frame, flow: Flow, taken: Taken) -> None:
        """Take the value of an operand, or note that it is a number, or that it is left out."""
        several = False
        if operand.reference is not None and self.is_reference(operand, frame):
            values = frame.scope.values(operand.reference, Evaluation(self, frame, flow, None))
            several = operand.reference.parts[-1] == "*"
            bound = Bound(self.path_of(values[0]) if values else operand.text, values)
        elif operand.expression is not None:
            value = self.evaluate(operand.expression, Evaluation(self, frame, flow, None))
            if type(value) in (int, float):
                taken.constants += 1
                return
            if not isinstance(value, str) or operand.body is None:
                raise Refusal(f"expected a branch, a reference or a number, found {show(value)}", rule="bad-operand")
            bound = self.branch(operand, operand.body, frame, flow)
        elif operand.body is not None:
            bound = self.branch(operand, operand.body, frame, flow)
        else:
            raise Unknown
        if bound is SKIPPED:
            frame.scope.left_out.add(operand.name or "")
            return
        if operand.name:
            frame.scope.names[operand.name] = bound
        values = Evaluation(self, frame, flowing(bound), None).values()
        if len(values) != 1 and not several:
            raise Refusal(f"an operand is one value, found {len(values)}", rule="several-values")
        taken.values += values

    def is_reference(self, operand: Operand, frame: Frame) -> bool:
        """A word may be a step's name and a variable's: then it is the step."""
        return operand.expression is None or (
            operand.reference is not None and frame.scope.find(operand.reference.name) is not None
        )

    def branch(self, operand: Operand, body: Body, frame: Frame, flow: Flow) -> Bound:
        """The steps of an operand; SKIPPED where it is one step, without a list, that `when` leaves out."""
        path = frame.scope.prefix + (operand.name or "")
        if operand.name is None:
            result = self.step(body.steps[0], frame, flow) if operand.lone else self.body(body, frame, flow)
            return result if result is SKIPPED else Bound(path, result)
        if not operand.lone:
            return self.chain(body, path, "branch", frame, flow, operand.span)
        inner = frame._replace(depth=frame.depth + 1)
        scope = self.open(body.scope or StaticScope(), path + ".", inner, frame.scope)
        group = self.enter(path, "branch", "", frame, operand.span)
        result = self.step(body.steps[0], inner._replace(scope=scope), flow)
        self.leave(group, None if result is SKIPPED else result)
        return result if result is SKIPPED else Bound(path, result, scope)

    # The whole

    def run(self, inputs: dict[str, Shape], variables: dict[str, Datum], lone_input: bool) -> Scope:
        """Expand the network from its inputs; the names of its scope are what `expect` may refer to."""
        self.variables = variables
        frame = Frame(Scope("", "", None, {}, False), variables)
        scope = self.open(self.document.body.scope or StaticScope(), "", frame, None)
        frame = frame._replace(scope=scope)
        values = [Value(-1 - index, None, shape) for index, shape in enumerate(inputs.values())]
        for name, value in zip(inputs, values, strict=True):
            scope.names[name] = Bound(name, (value,))
        flow: Flow = tuple(values) if len(values) == 1 else "the network has several inputs: say which with `from`"
        if not values:
            flow = None
        if lone_input and values:
            scope.names["input"] = Bound("input", (values[0],))
        elif len(values) > 1 and "input" not in inputs:
            scope.names["input"] = Bound("input", flow)
        try:
            flow = self.body(self.document.body, frame, flow)
        except Stop:
            return scope
        if isinstance(flow, tuple) and len(flow) == 1:
            self.outputs = {"output": flow[0], **self.outputs}
        elif flow is not None and self.document.body.steps:
            message = flow if isinstance(flow, str) else f"the network ends in {len(flow)} values"
            hint = "end with one of them: {from: name[0]}"
            self.report(self.document.body.steps[-1].span, Refusal(message, hint, rule="several-values"))
        return scope


def automatic_names(static: StaticScope, variables: dict[str, Datum]) -> dict[int, str]:
    """The names of the steps of a scope that have none."""

    def kind_of(step: Step) -> str:
        value = variables.get(step.word, step.word) if step.what == "variable" else step.word
        return value if isinstance(value, str) else step.word

    return static.names(kind_of)


def make(kind: str, given: dict[str, Datum], shapes: tuple[Shape, ...]) -> Made:
    """Make a layer for what enters it.  Raises Refusal where it cannot take it."""
    layer = layer_class(kind).make(given, shapes)
    shape = layer.output(*shapes)
    if min(shape) < 1:
        if hasattr(layer, "kernel"):
            raise Refusal(
                f"{kind} leaves nothing of {shapes[0]}: its kernel of {'x'.join(map(str, layer.kernel))} "
                "is larger than the padded input",
                argument="kernel",
            )
        raise Refusal(f"{kind} leaves nothing of {' and '.join(map(str, shapes))}: it would come to {show(tuple(shape))}")
    return Made(layer, bounded(shape), layer.pieces(*shapes))


def bounded(shape: Shape) -> Shape:
    """Refuse a value that nobody could compute, and whose numbers could not be printed."""
    if len(shape) > MOST_AXES:
        raise Refusal(f"a value has at most {MOST_AXES} axes, found {len(shape)}", rule="limit")
    if shape.elements > LARGEST:
        raise Refusal(f"a value has at most 10^15 elements, found {shape}", rule="limit")
    return shape


def check_block_inputs(block: Block, values: tuple[Value, ...]) -> None:
    least = len(block.inputs) or (0 if block.rest else 1)
    if len(values) < least or (len(values) > least and block.rest is None):
        more = " or more" if block.rest else ""
        raise Refusal(f"block `{block.name}` takes {least}{more} value{'s' * (least != 1)}, found {len(values)}", rule="inputs")


def bind_inputs(block: Block, values: tuple[Value, ...] | None, scope: Scope) -> None:
    """`input` and the names that a block gives to what enters."""
    scope.names["input"] = Bound("input", None if values is None else values[:1])
    for index, name in enumerate(block.inputs):
        scope.names[name] = Bound(name, None if values is None else (values[index],))
    if block.rest:
        rest = Bound(block.rest, None if values is None else values[len(block.inputs) :])
        rest.pieces = () if values is None else values[len(block.inputs) :]
        scope.names[block.rest] = rest


def arguments_text(params: dict[str, Expression | None], given: dict[str, Datum]) -> str:
    """The arguments of a call in short: the values that must be given, then others by name."""
    told = [
        show(given[name]) if default is None else f"{name} {show(given[name])}"
        for name, default in params.items()
        if name in given
    ]
    return ", ".join(told)
