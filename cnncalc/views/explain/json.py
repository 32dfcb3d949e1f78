"""Explanations as JSON: the document of documents/explain.py."""

from __future__ import annotations

from collections.abc import Sequence

from ...documents.explain import Explanation
from ...engine.analysis import Analysis
from ...explain import GroupExplanation, LayerExplanation, Overview


def explain_json(
    analysis: Analysis,
    layers: Sequence[LayerExplanation],
    groups: Sequence[GroupExplanation],
    overview: Overview | None = None,
) -> str:
    """The text of the document, one line per layer."""
    return Explanation.of(analysis, layers, groups, overview).to_json() + "\n"
