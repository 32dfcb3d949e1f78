"""The docstrings of generated code: what a file says, as text that is never code."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ...engine import analyse
from ...escape import safe
from ...network import Network, Value
from ...parser.expansion.trace import TracedStep
from ...shape import Shape

COLUMNS = 80
FEW = 4
"""The shapes that are all stated."""
LONGEST = 500
"""The characters of a name or source; the rest is cut off."""


def text(value: str) -> str:
    """A text of a file on one line, without characters that cannot be seen."""
    found = safe(" ".join(value.split()))
    return found if len(found) <= LONGEST else f"{found[:LONGEST]}..."


def shapes(values: Sequence[Shape]) -> str:
    return ", ".join(map(str, values))


def value_shapes(values: Sequence[Value]) -> str:
    """The shapes of the inputs or outputs of a call: of many, the first and the last."""
    found = [value.shape for value in values]
    if len(found) > FEW:
        return f"{found[0]}, ..., {found[-1]} ({len(found)})"
    return shapes(found)


def block_docstring(occurrences: Sequence[TracedStep]) -> str:
    """The shapes of the first call of a block, and how often it is called."""
    more = f", the first of {len(occurrences)}" if len(occurrences) > 1 else ""
    return f"{call_docstring(occurrences[0])[:-1]}{more}."


def iteration_docstring(occurrences: Sequence[TracedStep]) -> str:
    """The shapes of the first iteration of a loop, and how many there are."""
    return call_docstring(occurrences[0])[:-1] + f", the first of {len(occurrences)}."


def call_docstring(occurrence: TracedStep) -> str:
    """The shapes of one call of a block."""
    return f"{value_shapes(occurrence.inputs)} -> {value_shapes(occurrence.outputs)}."


def network_docstring(network: Network) -> str:
    """The name, source, shapes and totals of a network."""
    totals = analyse(network).totals
    name = text(network.name)
    if network.variant is not None and text(network.variant) != name:
        name = f"{name} ({text(network.variant)})"
    inputs = shapes(list(network.inputs.values()))
    kept = [value for key, value in network.outputs.items() if key not in network.training_outputs]
    outputs = shapes([value.shape for value in kept])
    numbers = f"{totals.params:,} parameters, {totals.macs:,} multiply-accumulates."
    paragraphs = [f"{name}: {inputs} -> {outputs}.", text(network.source), numbers]
    filled = [textwrap.fill(one, COLUMNS, break_long_words=False) for one in paragraphs if one]
    return "\n\n".join(filled)
