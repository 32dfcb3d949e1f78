"""How the numbers of every layer come about, as the data of a page; layers that say the same share it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ...engine.analysis import Analysis
from ...explain.layer import Section, sections
from ...explain.receptive_field import way_back
from ...layers.formula import Terms
from ..explain.receptive_field import field_words, step_words
from ..explain.text import NOTHING, TITLES, equation, merged

MORE_TITLES = {"weight_bytes": "bytes of weights", "activation_bytes": "bytes of output"}


def explanations(report: Analysis) -> tuple[list[Any], list[list[int]]]:
    """Every entry that there is, and for each layer the places of its own among them."""
    places: dict[str, int] = {}
    own = [
        [places.setdefault(json.dumps(one), len(places)) for one in entries(report, index)]
        for index in range(len(report.layers))
    ]
    return [json.loads(text) for text in places], own


def entries(report: Analysis, index: int) -> Iterator[dict[str, Any]]:
    """A layer number by number: its key in `show`, its title, how much it is for one sample, its equations, and remarks."""
    layer = report.layers[index]
    node = layer.node
    shape = " + ".join(map(str, node.shapes))
    yield entry("output_shape", "output", shape, node.layer.shape_terms(*node.input_shapes))
    for section in sections(report, index):
        if section.total or section.number in NOTHING:
            yield section_entry(section)
    if layer.receptive_field is not None:
        step = way_back(report, index)
        grew = [step_words(step[1])] if step and step[1].before != step[1].after else []
        yield entry(
            "receptive_field", "receptive field", field_words(layer.receptive_field), {}, grew
        )


def section_entry(section: Section) -> dict[str, Any]:
    title = (TITLES | MORE_TITLES)[section.number]
    if not section.total:
        return entry(section.number, title, "none", {}, [NOTHING[section.number]])
    return entry(section.number, title, f"{section.total:,}", section.terms, section.remarks)


def entry(
    number: str, title: str, amount: str, terms: Terms, remarks: Sequence[str] = ()
) -> dict[str, Any]:
    equations = [
        {"of": ", ".join(labels), "sides": equation(term), "reason": term.reason}
        for labels, term in merged(terms)
    ]
    return {
        "number": number,
        "title": title,
        "amount": amount,
        "equations": equations,
        "remarks": list(remarks),
    }
