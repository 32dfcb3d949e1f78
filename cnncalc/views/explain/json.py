"""Explanations as JSON: the document of documents/explain.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...documents.explain import ExplainedLayer, Explanation
from ...engine.analysis import Analysis
from ...explain import GroupExplanation, LayerExplanation, Overview


def explain_json(
    analysis: Analysis,
    layers: Iterable[LayerExplanation],
    groups: Sequence[GroupExplanation],
    overview: Overview | None = None,
) -> Iterator[str]:
    """The lines of the document, one per layer."""
    document = Explanation.of(analysis, (), groups, overview)
    for line in document.json_lines(map(ExplainedLayer.of, layers)):
        yield line + "\n"
