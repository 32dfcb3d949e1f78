"""Several networks compared: one row per network, the best value of a column marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeGuard

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...engine.measure import Measure
from ...engine.quantity_values import applies, number_of
from ...escape import safe
from ...metrics import METRICS
from ...named_tuple import NamedTuple
from ...quantities import QUANTITIES, TABLE, folded, names_for
from ..show.deployment import RUNTIME_TITLES
from ..values import Cell, Ratio, Stated, kind_of, shapes
from .grid import Grid, GridColumn, Remark
from .sweep import stated

Best = Literal["", "min", "max"]
DEPTHS = ("depth", "layers")
"""Numbers for which smaller is not better."""


SECONDARY = "top5"
"""The metric that few read."""
SOURCE = GridColumn("accuracy_source", "source of the accuracy", rank=1, least=16)


class NamedAnalysis(NamedTuple):
    """A network and what the user calls it; `joined` are the cells of further columns."""

    name: str
    analysis: Analysis
    joined: Mapping[str, str] = {}


class CompareColumn(NamedTuple):
    """A column that a comparison may have: its cells, and which of its numbers is the best.

    `is_usual`: it is shown if nobody names the columns.
    """

    column: GridColumn
    value: Callable[[NamedAnalysis], Cell]
    best: Best = ""
    is_usual: bool = True

    @property
    def name(self) -> str:
        return self.column.name

    def is_called(self, text: str) -> bool:
        """Whether a text is its name or its title, whatever its case."""
        return folded(text) in (folded(self.column.name), folded(self.column.title))


# The columns


def known_columns(networks: Sequence[NamedAnalysis]) -> tuple[CompareColumn, ...]:
    """All columns that a comparison of these networks may have, in their order."""
    joined = {column.name: column for column in joined_columns(networks)}
    known = (*described(), *accuracies(networks), *counted(networks))
    own = [joined.pop(column.name, column) for column in known]
    return (*own, *joined.values())


def described() -> Iterator[CompareColumn]:
    """What the networks are."""
    yield CompareColumn(GridColumn("name", "network", rank=9, color="bold"), lambda one: one.name)
    yield CompareColumn(
        GridColumn("input", "input", rank=5, right=True, color="cyan"),
        lambda one: shapes(one.analysis.network.inputs),
    )
    yield CompareColumn(
        GridColumn("output", "output", rank=3, right=True, color="cyan"),
        lambda one: shapes({"output": one.analysis.network.outputs["output"]}),
    )


def accuracies(networks: Sequence[NamedAnalysis]) -> Iterator[CompareColumn]:
    """What the files of the networks state of trained weights, where any does."""
    found = [one.analysis.network.accuracy for one in networks]
    stated = [accuracy for accuracy in found if accuracy is not None]
    for metric in METRICS.values():
        if any(metric.name in accuracy.numbers for accuracy in stated):
            column = GridColumn(metric.name, metric.title, "ratio", rank=7)
            value = partial(accuracy_cell, metric.name)
            yield CompareColumn(column, value, "max", metric.name != SECONDARY)
    if stated:
        yield CompareColumn(SOURCE, lambda one: "; ".join(accuracy_source(one)), "", False)


def accuracy_cell(name: str, network: NamedAnalysis) -> Cell:
    accuracy = network.analysis.network.accuracy
    text = accuracy.numbers.get(name) if accuracy is not None else None
    return None if text is None else Stated(float(text), text)


def accuracy_source(network: NamedAnalysis) -> list[str]:
    """What an accuracy was measured on, and who states it."""
    accuracy = network.analysis.network.accuracy
    return [text for text in (accuracy.data, accuracy.source) if text] if accuracy else []


def joined_columns(networks: Sequence[NamedAnalysis]) -> Iterator[CompareColumn]:
    """The columns of a table of the user, which replace those that files state."""
    for name in networks[0].joined if networks else ():
        cells = [joined_cell(name, one) for one in networks]
        numbers = all(cell is None or number_in(cell) is not None for cell in cells)
        title = METRICS[name].title if name in METRICS else safe(name)
        column = GridColumn(name, title, "ratio" if numbers else "text", rank=7)
        yield CompareColumn(
            column, partial(joined_cell, name), "max" if numbers and name in METRICS else ""
        )


def joined_cell(name: str, network: NamedAnalysis) -> Cell:
    text = network.joined.get(name, "")
    return stated(text) if text else None


def counted(networks: Sequence[NamedAnalysis]) -> Iterator[CompareColumn]:
    """The quantities that any network has; a measurement follows the one that it measures."""
    usual = names_for("compare")
    for quantity in TABLE:
        if quantity.unit == "shape" or not is_known(quantity.name, networks):
            continue
        name = quantity.name
        is_shown = name in usual and any(applies(name, one.analysis) for one in networks)
        column = GridColumn(name, quantity.title, kind_of(quantity), quantity.rank)
        best: Best = "" if name in DEPTHS else "min"
        yield CompareColumn(column, partial(quantity_cell, name), best, is_shown)
        if name == "macs":
            yield from map(measured, networks[0].analysis.measures)


def is_known(name: str, networks: Sequence[NamedAnalysis]) -> bool:
    """Whether a quantity is one of a whole network, or a supplement of any of them has it."""
    return bool(QUANTITIES[name].path) or any(applies(name, one.analysis) for one in networks)


def quantity_cell(name: str, network: NamedAnalysis) -> Cell:
    return number_of(network.analysis, name)


def measured(measure: Measure) -> CompareColumn:
    """The count of another tool."""
    column = GridColumn(measure.column, measure.name, "count", 7)
    return CompareColumn(column, partial(measured_cell, measure.column), "min")


def measured_cell(name: str, network: NamedAnalysis) -> Cell:
    totals = {measure.column: measure.total for measure in network.analysis.measures}
    return totals.get(name)


# The rows


NAMED = 4
"""Networks that a caption names."""


def listed(names: Sequence[str]) -> str:
    """The names in a sentence.

    >>> listed(["a", "b", "c"]), listed("abcdef")
    ('a, b and c', '6 networks')
    """
    *others, last = names
    if len(names) > NAMED:
        return f"{len(names)} networks"
    return f"{', '.join(others)} and {last}" if others else last


def compare_grid(
    networks: Sequence[NamedAnalysis], columns: Sequence[CompareColumn] | None = None
) -> Grid:
    """One row per network with these columns, or the usual ones."""
    if columns is None:
        columns = [one for one in known_columns(networks) if one.is_usual]
    rows = [tuple([column.value(network) for column in columns]) for network in networks]
    best = frozenset(best_positions(columns, rows))
    shown = tuple([column.column for column in columns])
    title = f"Comparison of {listed([network.name for network in networks])}"
    return Grid(shown, tuple(rows), best, remark(networks, [one.name for one in shown]), title)


def best_positions(
    columns: Sequence[CompareColumn], rows: Sequence[tuple[Cell, ...]]
) -> Iterator[tuple[int, int]]:
    """The positions (row, column) of the best number of each column whose numbers differ."""
    for position, column in enumerate(columns):
        values = [number_in(line[position]) for line in rows]
        found = [value for value in values if value is not None]
        if not column.best or len(set(found)) < 2:
            continue
        best = min(found) if column.best == "min" else max(found)
        yield from ((index, position) for index, value in enumerate(values) if value == best)


def number_in(cell: Cell) -> int | float | None:
    """The number of a cell; None for a text."""
    value = cell.value if isinstance(cell, Stated) else cell
    return value if is_number(value) else None


def relative_to(first: tuple[Cell, ...], grid: Grid) -> Grid:
    """The numbers of all rows but the first network's as multiples of those of the first."""
    rows = [row if row is first else ratios(row, first) for row in grid.rows]
    return grid._replace(rows=tuple(rows))


def ratios(line: tuple[Cell, ...], first: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(
        Ratio(cell, whole) if is_number(cell) and is_number(whole) and whole else cell
        for cell, whole in zip(line, first, strict=True)
    )


def is_number(cell: object) -> TypeGuard[int | float]:
    return isinstance(cell, int | float)


def remark(networks: Sequence[NamedAnalysis], columns: Sequence[str]) -> Remark | None:
    """The sources of numbers that are not our own, and the device, for people and machines."""
    parts = [*measure_remarks(networks[0].analysis), *accuracy_remarks(networks, columns)]
    if not parts:
        return None
    keys: dict[str, Any] = {}
    for part in parts:
        keys |= part.keys
    return Remark("\n".join([part.text for part in parts]), keys)


def measure_remarks(analysis: Analysis) -> Iterator[Remark]:
    """How other tools count, the device, and the training step."""
    if analysis.measures:
        from ...documents.show_parts import measure_objects  # few comparisons have any

        lines = [
            f"{one.name}: its {one.unit}, as version {one.version} counts them: {one.remark}"
            for one in analysis.measures
        ]
        yield Remark("\n".join(lines), measure_objects(analysis.measures))
    found, trained = analysis.supplement(Deployment), analysis.supplement(Training)
    if found is not None:
        device = found.device and found.device.name
        yield Remark(on_device(found), {"device": device, "runtime": found.runtime})
    if trained is not None:
        from ..show.training import training_title

        memory = trained.memory
        keys = {"optimizer": memory.optimizer, "amp": memory.amp}
        yield Remark(training_title(memory), keys)


def accuracy_remarks(networks: Sequence[NamedAnalysis], columns: Sequence[str]) -> Iterator[Remark]:
    """Who states the accuracies, if any is shown: one line for each source."""
    shown = METRICS.keys() & set(columns)
    if not shown - set(networks[0].joined):
        return
    names: dict[str, list[str]] = {}
    for one in networks:
        if source := ", ".join(accuracy_source(one)):
            names.setdefault(source, []).append(one.name)
    if len(names) > NAMED:
        text = f"accuracies from {len(names)} sources: see the column accuracy_source"
        yield Remark(text, {"accuracy_sources": names})
        return
    for source, of in names.items():
        yield Remark(
            f"accuracy of {listed(list(dict.fromkeys(of)))}: {source}", {"accuracy_sources": names}
        )


def on_device(found: Deployment) -> str:
    """The device and the runtime that the numbers are for."""
    runtime = RUNTIME_TITLES[found.runtime]
    return f"on {found.device.title}: {runtime}" if found.device else f"in {runtime}"
