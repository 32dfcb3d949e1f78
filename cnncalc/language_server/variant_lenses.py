"""The line above each variant that chooses it for the numbers in the text."""

from __future__ import annotations

from ..escape import safe
from ..named_tuple import NamedTuple
from ..problem import Span
from .edited_file import EditedFile
from .yaml_index import pairs_at


class VariantLens(NamedTuple):
    """A text above a line, and the variant that it chooses; None if that is chosen already."""

    span: Span
    title: str
    variant: str | None


def variant_lenses(edited: EditedFile) -> list[VariantLens]:
    """A line above `variants`, which names the shown one, and one above each other variant."""
    pairs = list(pairs_at(edited.read.root, "variants"))
    shown = edited.shown_variant
    found = []
    for key, _ in pairs:
        if key.text == shown:
            found.append(VariantLens(key.span, "the numbers are of this variant", None))
        elif key.text in edited.read.variants:
            title = f"show the numbers of {safe(key.text)}"
            found.append(VariantLens(key.span, title, key.text))
    return found
