"""`--join` of `compare`: further columns of the networks, from a table with their names."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ..escape import safe
from ..problem import count
from ..sources.bundled import plain
from ..sweep.csv_table import CsvRow
from ..sweep.errors import InvalidSweep
from ..sweep.network_table import NetworkTable, parse_network_table
from ..views.grid.compare import NamedAnalysis
from .table_files import table_text
from .terminal import first_names, note

MAX_LISTED = 5


def joined_networks(path: str, networks: Sequence[NamedAnalysis]) -> list[NamedAnalysis]:
    """The networks with the cells of their rows; a note states what has no counterpart.

    Raises InvalidSweep or UnreadableFile.
    """
    table = parse_network_table(table_text(path), path)
    matched = matches(table, networks)
    rows = {position: row for row, positions in matched for position in positions}
    unmatched = [row.cells[table.key] or "``" for row, positions in matched if not positions]
    if unmatched:
        verb = "matches" if len(unmatched) == 1 else "match"
        rows_text = count(len(unmatched), "row")
        note(f"{safe(path)}: {rows_text} {verb} no network: {first_names(unmatched, MAX_LISTED)}")
    without = [one.name for number, one in enumerate(networks) if number not in rows]
    if without:
        note(f"{safe(path)}: no row for {first_names(without, MAX_LISTED)}")
    nothing: Mapping[str, str] = dict.fromkeys(table.columns, "")
    return [
        network._replace(
            joined={
                name: rows[number].cells[name] if number in rows else nothing[name]
                for name in table.columns
            }
        )
        for number, network in enumerate(networks)
    ]


def matches(
    table: NetworkTable, networks: Sequence[NamedAnalysis]
) -> list[tuple[CsvRow, list[int]]]:
    """Each row with the positions of the networks that it is about.

    Raises InvalidSweep for a row of several networks, or several rows of one.
    """
    lines: dict[int, int] = {}
    found = []
    for row in table.rows:
        positions = positions_of(row.cells[table.key], networks)
        names = list(dict.fromkeys(networks[position].name for position in positions))
        if len(names) > 1:
            message = f"{row.cells[table.key]} is {' and '.join(names)}: write one of these"
            raise InvalidSweep(f"{table.path}, line {row.line}: {message}")
        for position in positions:
            if position in lines:
                message = f"{names[0]} is also in line {lines[position]}"
                raise InvalidSweep(f"{table.path}, line {row.line}: {message}")
            lines[position] = row.line
        found.append((row, positions))
    return found


def positions_of(text: str, networks: Sequence[NamedAnalysis]) -> list[int]:
    """The networks with a name or a path; if there is none, those with the same letters."""
    exact = [place for place, one in enumerate(networks) if text in names_of(one)]
    letters = plain(text)
    if exact or not letters:
        return exact
    return [place for place, one in enumerate(networks) if letters in map(plain, names_of(one))]


def names_of(network: NamedAnalysis) -> set[str]:
    """What a network is called: as on the command line, by its variant, or by its path."""
    found = network.analysis.network
    names = {network.name, os.path.normpath(network.name)}
    return (
        names if found.variant is None else {*names, found.variant, f"{found.file}@{found.variant}"}
    )
