"""The method `forward` of a class, without any layout."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from ..python.evaluation import parsed
from ..python.identifiers import identifier, unused
from ..python.layout import COLUMNS, UNREAD
from ..python.sites import Variable
from .construction import indented
from .names import LOCALS
from .program import (
    ClassPlan,
    ExpressionStep,
    ForwardStep,
    GuardStep,
    LoopStep,
    MapStep,
    ModuleStep,
    ParameterStep,
    TrainingStep,
    readers,
)

RUNNING = "x"
"""The name of the value that runs through a class."""
LONGEST = COLUMNS - 8
"""The characters of a statement of a method."""


class Statement:
    """Lines of `forward`: if `variable` is what the only one assigns, the text after the `=`."""

    def __init__(self, lines: Sequence[str], variable: Variable | None = None, text: str = ""):
        self.lines = tuple(lines)
        self.variable = variable
        self.text = text


class ForwardWriter:
    """Writes the statements of `forward`, and gives names to its values."""

    def __init__(
        self, plan: ClassPlan, steps: Sequence[ForwardStep], attributes: Mapping[int, str]
    ) -> None:
        self.plan = plan
        self.steps = steps
        self.attributes = attributes
        self.left = readers(all_steps(steps), (*plan.outputs, *plan.training_outputs))
        self.total = dict(self.left)
        self.kept = kept_values(steps)
        self.names: dict[Variable, str] = {}
        self.statements: list[Statement] = []

    def lines(self) -> Iterator[str]:
        """The definition of `forward`, after an empty line."""
        names = {variable: self.input_name(variable) for variable in self.plan.inputs}
        parameters = [given_text(variable, name) for variable, name in names.items()]
        yield ""
        yield f"def forward({', '.join(['self', *parameters])}):"
        for step in self.steps:
            self.write(step)
        returned = list(self.returned())
        for statement in self.statements:
            yield from indented(iter(statement.lines))
        yield from indented(iter(returned))

    def input_name(self, variable: Variable) -> str:
        is_only = len(self.plan.inputs) == 1 and not variable.is_list
        name = RUNNING if is_only else variable.hint
        name = identifier(name, LOCALS - {RUNNING})
        self.names[variable] = unused(name, set(self.names.values()))
        return self.names[variable]

    # Names

    def live_names(self) -> set[str]:
        """The names of values that are read later."""
        return {name for variable, name in self.names.items() if self.left.get(variable, 0) > 0}

    def read(self, variable: Variable) -> str:
        self.left[variable] -= 1
        return self.names[variable]

    def assign(self, variable: Variable, *, runs: bool = True) -> str:
        """The name of a new value: `x`, unless an `x` is read later."""
        live = self.live_names()
        name = identifier(variable.hint, LOCALS)
        is_named = variable.is_named or variable in self.kept
        if runs and not is_named and RUNNING not in live:
            name = RUNNING
        self.names[variable] = unused(name, live)
        return self.names[variable]

    # Statements

    def write(self, step: ForwardStep) -> None:
        match step:
            case ModuleStep():
                self.write_call(step)
            case ParameterStep():
                self.names[step.outputs[0]] = f"self.{self.attributes[id(step)]}"
            case ExpressionStep():
                self.write_expression(step)
            case GuardStep():
                self.write_guard(step)
            case TrainingStep():
                self.write_training(step)
            case LoopStep():
                self.write_loop(step)
            case MapStep():
                self.write_map(step)

    def write_call(self, step: ModuleStep) -> None:
        given = [given_text(variable, self.read(variable)) for variable in step.inputs]
        for index in reversed(range(len(given))):
            self.write_entry(step, given, index)
        text = f"self.{self.attributes[id(step)]}({', '.join(given)})"
        self.assigned(step.outputs, text)

    def write_entry(self, step: ModuleStep, given: list[str], index: int) -> None:
        """Replace a name by the entry of a list that was assigned to it last."""
        last = self.statements[-1] if self.statements else None
        variable = step.inputs[index]
        if last is None or last.variable is not variable or self.total[variable] != 1:
            return
        if last.text.endswith("]"):
            given[index] = last.text
            self.statements.pop()

    def assigned(self, outputs: Sequence[Variable], text: str) -> None:
        """A statement that assigns values; one that nothing reads has no name."""
        if len(outputs) == 1 and not self.left.get(outputs[0]):
            self.statements.append(Statement([text]))
            return
        if len(outputs) == 1:
            name = self.assign(outputs[0])
            self.statements.append(Statement([f"{name} = {text}"], outputs[0], text))
            return
        names = [
            self.assign(variable, runs=not index) if self.left.get(variable) else UNREAD
            for index, variable in enumerate(outputs)
        ]
        self.statements.append(Statement([f"{', '.join(names)} = {text}"]))

    def write_expression(self, step: ExpressionStep) -> None:
        """An expression, in which calls that only it reads are written themselves."""
        if step.text == "{0}":
            self.names[step.outputs[0]] = self.read(step.inputs[0])
            return
        texts = [self.read(variable) for variable in step.inputs]
        if step.is_join:
            self.write_inside(step, texts)
        self.assigned(step.outputs, step.text.format(*texts))

    def write_inside(self, step: ExpressionStep, texts: list[str]) -> None:
        """Replace names by what was assigned to them last, all of them if that is short enough."""
        before = list(self.statements), list(texts)
        calls = 0
        for index in reversed(range(len(texts))):
            calls += self.write_operand(step, texts, index)
        left = [one for one in step.inputs if self.is_call(one) and self.total[one] == 1]
        target = max("return ", f"{step.outputs[0].hint} = ", key=len)
        longest = LONGEST * 2 if step.text.startswith("torch.cat") else LONGEST
        is_short = len(f"{target}{step.text.format(*texts)}") <= longest
        if not is_short or (calls and len(left) > 0):
            self.statements, texts[:] = before

    def is_call(self, variable: Variable) -> bool:
        """Whether a statement that is left assigns a call to a value."""
        return any(one.variable is variable and one.text[-1:] == ")" for one in self.statements)

    def write_operand(self, step: ExpressionStep, texts: list[str], index: int) -> bool:
        """Replace a name by what was assigned to it last; returns whether that is done."""
        variable = step.inputs[index]
        last = self.statements[-1] if self.statements else None
        if last is None or last.variable is not variable or self.total[variable] != 1:
            return False
        if step.text.count(f"{{{index}}}") > 1:
            return False
        if not last.text.endswith((")", "]")) or last.text.startswith("("):
            return False
        texts[index] = as_operand(last.text)
        self.statements.pop()
        return True

    def write_guard(self, step: GuardStep) -> None:
        """The value keeps its name if the steps are not taken, unless it is read later."""
        [output] = step.outputs
        before = target = self.names[step.inputs[0]]
        lines = []
        if before in self.live_names_after(step):
            target = self.assign(output)
            lines.append(f"{target} = {before}")
        [result] = step.steps[-1].outputs
        self.left[result] = self.left.get(result, 0) + 1  # after the steps, by what follows here
        inner = self.inner_statements(step.steps)
        self.left[result] -= 1
        name = self.names[result]
        if name != target:
            last = inner[-1].replace(f"{name} = ", f"{target} = ", 1)
            inner = [*inner[:-1], last]
        for variable in step.inputs:
            self.left[variable] -= 1
        self.names[output] = target
        lines += [f"if self.{self.attributes[id(step)]}:", *indented(iter(inner))]
        self.statements.append(Statement(lines))

    def live_names_after(self, step: GuardStep) -> set[str]:
        """The names of values that are read after a step and those inside it."""
        inside = readers(all_steps([step]), ())
        return {
            name
            for variable, name in self.names.items()
            if self.left.get(variable, 0) > inside.get(variable, 0)
        }

    def inner_statements(self, steps: Sequence[ForwardStep]) -> list[str]:
        """The lines of steps inside of another."""
        outside, self.statements = self.statements, []
        for step in steps:
            self.write(step)
        found = [line for statement in self.statements for line in statement.lines]
        self.statements = outside
        return found

    def write_training(self, step: TrainingStep) -> None:
        lines = self.inner_statements(step.steps)
        for variable in step.inputs:
            self.left[variable] -= 1
        inner = ["if self.training:", *indented(iter(lines))]
        self.statements.append(Statement(inner))

    def write_loop(self, step: LoopStep) -> None:
        """A loop over modules, which collects values in lists."""
        attribute = f"self.{self.attributes[id(step)]}"
        texts = [self.read(variable) for variable in step.inputs]
        carried = self.assign(step.outputs[0])
        live = self.live_names() | {carried}
        lists = []
        for variable in step.outputs[1:]:
            self.names[variable] = unused(identifier(variable.hint, LOCALS), live)
            lists.append(self.names[variable])
            live.add(self.names[variable])
        item = unused(identifier(step.item, LOCALS), live)
        taken = {*live, item}
        results = [carried]
        for name in step.names:
            results.append(unused(identifier(name, LOCALS), taken))
            taken.add(results[-1])
        targets = ", ".join([item, *step.targets])
        source = f"zip({', '.join([attribute, *step.sources])})" if step.targets else attribute
        given = [argument.format(*texts) for argument in step.arguments]
        lines = [f"{name} = []" for name in lists]
        if carried != texts[0]:
            lines.append(f"{carried} = {texts[0]}")
        lines.append(f"for {targets} in {source}:")
        lines.append(f"    {', '.join(results)} = {item}({', '.join([carried, *given])})")
        for name, which in zip(lists, step.collected, strict=True):
            lines.append(f"    {name}.append({results[which or 0]})")
        self.statements.append(Statement(lines))

    def write_map(self, step: MapStep) -> None:
        """A list of what modules return for one value, or for each value of a list."""
        [variable] = step.inputs
        given = self.read(variable)
        item = unused(identifier(step.item, LOCALS), {*self.live_names(), given, RUNNING})
        attribute = f"self.{self.attributes[id(step)]}"
        text = f"[{item}({given}) for {item} in {attribute}]"
        if variable.is_list:
            text = f"[{item}({RUNNING}) for {item}, {RUNNING} in zip({attribute}, {given})]"
        self.assigned(step.outputs, text)

    def returned(self) -> Iterator[str]:
        """The statements that return."""
        everything = [*self.plan.outputs, *self.plan.training_outputs]
        last = self.statements[-1] if self.statements else None
        if self.plan.training_outputs:
            yield "if self.training:"
            yield f"    return {', '.join(self.names[one] for one in everything)}"
        elif len(everything) == 1 and last is not None and last.variable is everything[0]:
            self.statements.pop()
            yield f"return {last.text}"
            return
        yield f"return {', '.join(self.names[one] for one in self.plan.outputs)}"


def kept_values(steps: Sequence[ForwardStep]) -> set[Variable]:
    """The values of named steps that are read after others that follow each other.

    They keep their names, so that those others are `x`.
    """
    places: dict[Variable, list[int]] = {}
    for index, step in enumerate(steps):
        for variable in step.inputs:
            places.setdefault(variable, []).append(index)
    found: set[Variable] = set()
    for index, step in enumerate(steps):
        if isinstance(step, ModuleStep) and step.is_named and len(step.outputs) == 1:
            last = max(places.get(step.outputs[0], [index]))
            between = [one for other in steps[index + 1 : last] for one in other.outputs]
            if any(place < last for one in between for place in places.get(one, [])):
                found.add(step.outputs[0])
    return found


def given_text(variable: Variable, name: str) -> str:
    """A value in the head of a function or in a call: the entries of a list, with a star."""
    return f"*{name}" if variable.is_list else name


def as_operand(text: str) -> str:
    """An expression that may be an operand of any operator.

    >>> as_operand("self.conv(x)[0]"), as_operand("self.one(x) + self.two(x)")
    ('self.conv(x)[0]', '(self.one(x) + self.two(x))')
    """
    is_primary = isinstance(parsed(text), ast.Call | ast.Subscript)
    return text if is_primary else f"({text})"


def all_steps(steps: Sequence[ForwardStep]) -> Iterator[ForwardStep]:
    """All steps, with those inside of others."""
    for step in steps:
        yield step
        if isinstance(step, GuardStep | TrainingStep):
            yield from all_steps(step.steps)
