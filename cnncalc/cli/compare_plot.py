"""`--pareto` and `--plot` of `compare`: the front of the networks, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from ..escape import safe
from ..problem import count
from ..sweep.errors import InvalidSweep
from ..sweep.objectives import Objective, parse_objectives, parse_plot, usual_objectives
from ..views.compare.points import compare_plot, front_of
from ..views.grid.compare import CompareColumn, NamedAnalysis, number_in
from ..views.plot.plot import Plot
from .compare_columns import ColumnChoice
from .terminal import first_names, note

USUAL_PLOT = "macs,top1"
"""The axes, if no option names them and the networks have both."""

MAX_NAMED = 3
"""The networks that a message names, at most."""


def front_networks(
    text: str, networks: Sequence[NamedAnalysis], choice: ColumnChoice
) -> list[NamedAnalysis]:
    """The networks on the front of `--pareto`.  Raises InvalidSweep."""
    objectives = parse_objectives(text, choice.known)
    columns = [choice.known[one.name] for one in objectives]
    check_numbers(columns, networks)
    front = front_of(networks, columns, objectives)
    return [network for place, network in enumerate(networks) if place in front]


def plot_of(
    text: str | None,
    pareto: str | None,
    networks: Sequence[NamedAnalysis],
    choice: ColumnChoice,
) -> Plot:
    """The plot that the options ask for.  Raises InvalidSweep."""
    asked = parse_objectives(pareto, choice.known) if pareto is not None else ()
    if text is None and not asked and "top1" in choice.known:
        text = USUAL_PLOT
    axes = [choice.known[name] for name in parse_plot(text, choice.known, asked)]
    check_numbers(axes, networks)
    objectives: tuple[Objective, ...] = asked
    if len(axes) == 2 and not asked:
        objectives = usual_objectives(axes[0].name, axes[1].name)
    columns = [choice.known[one.name] for one in objectives]
    check_numbers(columns, networks)
    drawn = [one for one in networks if has_numbers(one, axes)]
    if not drawn:
        listed = " and ".join(axis.name for axis in axes)
        raise InvalidSweep(f"no network has {listed}: there is nothing to plot")
    omitted = [one.name for one in networks if not has_numbers(one, axes)]
    if omitted:
        note(omission(omitted, axes))
    return compare_plot(drawn, axes, front_of(drawn, columns, objectives), objectives)


def omission(names: Sequence[str], axes: Sequence[CompareColumn]) -> str:
    """How many networks are not drawn, and the names of the first ones."""
    missing = " or ".join(axis.name for axis in axes)
    total = count(len(names), "network")
    return f"{total} without {safe(missing)}: not drawn\n  {first_names(names, MAX_NAMED)}"


def has_numbers(network: NamedAnalysis, columns: Sequence[CompareColumn]) -> bool:
    return all(number_in(column.value(network)) is not None for column in columns)


def check_numbers(columns: Sequence[CompareColumn], networks: Sequence[NamedAnalysis]) -> None:
    """Raise InvalidSweep for a column that has no numbers."""
    for column in columns:
        cells = [column.value(network) for network in networks]
        if not any(number_in(cell) is not None for cell in cells) and any(cells):
            text = next(cell for cell in cells if cell)
            raise InvalidSweep(f"{column.name} is {text}, not a number")
