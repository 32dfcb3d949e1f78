"""The formats of `cnncalc explain`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain

from ...engine.analysis import Analysis
from ...explain import GroupExplanation, LayerExplanation, Overview
from ...named_tuple import NamedTuple
from ..style import Style


class ExplainRequest(NamedTuple):
    """An explanation of a network, and how it is shown.

    `name` is the network as the user named it; `numbers` are those of NUMBERS that are shown.
    """

    analysis: Analysis
    name: str
    overview: Overview | None
    groups: Sequence[GroupExplanation]
    layers: Iterable[LayerExplanation]
    numbers: Collection[str]
    style: Style


def render(form: str, request: ExplainRequest) -> Iterable[str]:
    """An explanation in a format, as parts of whole lines."""
    return FORMATS[form](request)


def as_text(request: ExplainRequest) -> Iterator[str]:
    from .group import group_text
    from .overview import overview_text
    from .text import layer_text

    analysis, name, overview, groups, layers, numbers, style = request
    parts = [overview_text(overview, name, style, numbers)] if overview else []
    parts += [group_text(group, analysis, name, numbers, style) for group in groups]
    texts = (layer_text(layer, analysis, style, numbers) for layer in layers)
    yield from separated("\n\n", parts, texts)


def as_markdown(request: ExplainRequest) -> Iterator[str]:
    from .markdown import group_markdown, layer_markdown, overview_markdown

    analysis, name, overview, groups, layers, numbers, style = request
    parts = [overview_markdown(overview, name, numbers, style.exact)] if overview else []
    parts += [group_markdown(group, numbers) for group in groups]
    texts = (layer_markdown(layer, analysis, numbers) for layer in layers)
    yield from separated("\n", parts, texts)


def separated(separator: str, *texts: Iterable[str]) -> Iterator[str]:
    """Texts one after the other, with a separator between them."""
    before = ""
    for text in chain.from_iterable(texts):
        yield before + text
        before = separator


def as_json(request: ExplainRequest) -> Iterator[str]:
    from .json import explain_json

    return explain_json(request.analysis, request.layers, request.groups, request.overview)


def as_latex(request: ExplainRequest) -> Iterator[str]:
    from .latex import explanation_document, group_latex, layer_latex, overview_parts

    analysis, name, overview, groups, layers, numbers, style = request
    parts = [*overview_parts(overview, name, numbers, style.exact)] if overview else []
    parts += [group_latex(group, numbers) for group in groups]
    texts = (layer_latex(layer, analysis, numbers) for layer in layers)
    yield from explanation_document(chain(parts, texts))


FORMATS: dict[str, Callable[[ExplainRequest], Iterable[str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "latex": as_latex,
    "json": as_json,
}
OPTION_FORMATS = {"--only": ("text", "markdown", "latex"), "--color": ("text",)}
"""The formats that an option applies to; an option that is not here applies to all."""
