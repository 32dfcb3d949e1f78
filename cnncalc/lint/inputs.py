"""The inputs of the networks of a file, as they are written in it."""

from __future__ import annotations

from collections.abc import Iterator

from ..document import Document
from ..engine.input_layout import suspect_inputs
from ..problem import Span
from .context import LintContext
from .finding import Violation


def input_spans(document: Document, variant: str | None) -> dict[str, Span]:
    """The position of the shape of each input of a network, by its name."""
    own = document.variants[variant].metadata.input if variant else None
    spec = own or document.metadata.input
    return {name or "input": shape.span for name, shape in spec.shapes} if spec else {}


def suspect_violations(context: LintContext, is_batched: bool) -> Iterator[Violation]:
    """A violation for each input that probably has a batch axis, or its channels last."""
    for built in context.networks:
        spans = input_spans(context.document, built.network.variant)
        for found in suspect_inputs(built.network):
            if found.is_batched == is_batched:
                yield Violation(spans[found.name], found.reading, found.advice)
