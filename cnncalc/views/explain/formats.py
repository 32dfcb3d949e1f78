"""The formats of `cnncalc explain` and `layer`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

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
    layers: Sequence[LayerExplanation]
    numbers: Collection[str]
    style: Style


def render(form: str, request: ExplainRequest) -> str:
    """An explanation in a format."""
    return FORMATS[form](request)


def as_text(request: ExplainRequest) -> str:
    from .group import group_text
    from .overview import overview_text
    from .text import layer_text

    analysis, name, overview, groups, layers, numbers, style = request
    parts = [overview_text(overview, name, style, numbers)] if overview else []
    parts += [group_text(group, analysis, name, numbers, style) for group in groups]
    parts += [layer_text(layer, analysis, style, numbers) for layer in layers]
    return "\n\n".join(parts)


def as_markdown(request: ExplainRequest) -> str:
    from .markdown import group_markdown, layer_markdown, overview_markdown

    analysis, name, overview, groups, layers, numbers, style = request
    parts = [overview_markdown(overview, name, numbers, style.exact)] if overview else []
    parts += [group_markdown(group, numbers) for group in groups]
    parts += [layer_markdown(layer, analysis, numbers) for layer in layers]
    return "\n".join(parts)


def as_json(request: ExplainRequest) -> str:
    from .json import explain_json

    return explain_json(request.analysis, request.layers, request.groups, request.overview)


FORMATS: dict[str, Callable[[ExplainRequest], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
OPTION_FORMATS = {"--only": ("text", "markdown"), "--color": ("text",)}
"""The formats that an option applies to; an option that is not here applies to all."""
