"""The formats of `cnncalc layer`: those of an explanation, and an architecture file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...document import Document
from ...engine.analysis import Analysis
from ...named_tuple import NamedTuple
from ...problem import count
from ..explain import formats as explain_formats
from ..explain.formats import ExplainRequest


class LayerRequest(NamedTuple):
    """Layers, as the file that states them and as the explanation of their numbers."""

    document: Document
    explanation: ExplainRequest


def render(form: str, request: LayerRequest) -> Iterable[str]:
    """Layers in a format, as parts of whole lines."""
    return FORMATS[form](request)


def as_text(request: LayerRequest) -> Iterator[str]:
    analysis = request.explanation.analysis
    yield from explain_formats.as_text(request.explanation)
    if len(analysis.layers) > 1:
        yield f"\n\n{total_text(analysis)}\n"


def total_text(analysis: Analysis) -> str:
    totals, layers = analysis.totals, count(len(analysis.layers), "layer")
    return f"total: {layers}, {totals.params:,} parameters, {totals.macs:,} MACs"


def as_markdown(request: LayerRequest) -> Iterator[str]:
    return explain_formats.as_markdown(request.explanation)


def as_latex(request: LayerRequest) -> Iterator[str]:
    return explain_formats.as_latex(request.explanation)


def as_json(request: LayerRequest) -> Iterator[str]:
    return explain_formats.as_json(request.explanation)


def as_yaml(request: LayerRequest) -> Iterator[str]:
    from ...unparse.document import unparse

    yield unparse(request.document)


FORMATS: dict[str, Callable[[LayerRequest], Iterable[str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "latex": as_latex,
    "json": as_json,
    "yaml": as_yaml,
}
EXPLAINED = ("text", "markdown", "latex", "json")
OPTION_FORMATS = {
    **explain_formats.OPTION_FORMATS,
    **dict.fromkeys(("--exact", "--batch", "--convention"), EXPLAINED),
}
"""The formats that an option applies to; an option that is not here applies to all."""
