"""How each layer's numbers are calculated, as data of the page; equal layers share their data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...engine.analysis import Analysis
from ...explain import Section
from ...explain.layer import sections, users_of_weights
from ...explain.receptive_field import last_step
from ...layers.formula import Terms
from ...named_tuple import NamedTuple
from ..explain.receptive_field import field_text, step_text
from ..explain.text import TITLES, equation, merged, why_none

MORE_TITLES = {"weight_bytes": "bytes of weights", "activation_bytes": "bytes of output"}


class Equation(NamedTuple):
    """A term: the axes, tensors or operations it is the number `of`, its sides, and the reason."""

    of: str
    sides: tuple[str, ...]
    reason: str


class NumberCard(NamedTuple):
    """One number of a layer as the page shows it; `number` is its key in the document of `show`."""

    number: str
    title: str
    amount: str
    equations: tuple[Equation, ...]
    remarks: tuple[str, ...]


def explanations(analysis: Analysis) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """All different cards, and for each layer the indices of its cards among them."""
    indices: dict[NumberCard, int] = {}
    users = users_of_weights(analysis)
    of_layers = [
        [indices.setdefault(card, len(indices)) for card in cards(analysis, index, users)]
        for index in range(len(analysis.layers))
    ]
    return [card_object(card) for card in indices], of_layers


def card_object(card: NumberCard) -> dict[str, Any]:
    return card._asdict() | {"equations": [equation._asdict() for equation in card.equations]}


def cards(
    analysis: Analysis, index: int, users: Mapping[str, Sequence[str]]
) -> Iterator[NumberCard]:
    """The cards of a layer; its numbers are those of one sample.

    `users` are the layers that use each key of shared weights.
    """
    layer = analysis.layers[index]
    node = layer.node
    shape = " + ".join(map(str, node.shapes))
    terms = node.layer.shape_terms(*node.input_shapes)
    yield NumberCard("output_shape", "output", shape, equations(terms), ())
    for section in sections(analysis, index, users):
        if section.total or section.number in TITLES:
            yield section_card(section)
    if layer.receptive_field is not None:
        found = last_step(analysis, index)
        grows = found is not None and found[1].before != found[1].after
        remarks = (step_text(found[1]),) if found and grows else ()
        field = field_text(layer.receptive_field)
        yield NumberCard("receptive_field", "receptive field", field, (), remarks)


def section_card(section: Section) -> NumberCard:
    number, title = section.number, (TITLES | MORE_TITLES)[section.number]
    if not section.total:
        return NumberCard(number, title, "none", (), (why_none(section),))
    amount = f"{section.total:,}"
    return NumberCard(number, title, amount, equations(section.terms), section.remarks)


def equations(terms: Terms) -> tuple[Equation, ...]:
    return tuple(
        Equation(", ".join(labels), tuple(equation(term)), term.reason)
        for labels, term in merged(terms)
    )
