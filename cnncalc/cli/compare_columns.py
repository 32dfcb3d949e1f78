"""`--columns` and `--sort` of `compare`: the columns that are named, among those that there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from ..escape import safe
from ..problem import suggestion
from ..quantities import names_for, quantity_called
from ..views.grid.compare import CompareColumn
from .device import DeviceOptions
from .options import sort_order


class ColumnChoice:
    """The columns of a comparison by their names and titles."""

    def __init__(self, known: Sequence[CompareColumn], target: DeviceOptions) -> None:
        self.known = {column.name: column for column in known}
        self.target = target

    def shown(self, text: str | None) -> list[str]:
        """The columns of `--columns`; `+NAME` adds to the usual ones.  Raises UsageError."""
        usual = [name for name, column in self.known.items() if column.is_usual]
        if text is None:
            return usual
        words = text.removeprefix("+").split(",")
        named = [self.called(word, "--columns") for word in words]
        return list(dict.fromkeys([*usual, *named] if text.startswith("+") else named))

    def sorting(self, text: str | None) -> tuple[bool, str | None]:
        """Whether `--sort` reverses the order, and its column.  Raises UsageError."""
        backwards, name = sort_order(text)
        return backwards, None if name is None else self.called(name, "--sort")

    def called(self, text: str, option: str) -> str:
        """The name of the column that a name or a title refers to.  Raises UsageError."""
        text = text.strip()
        found = [name for name, column in self.known.items() if column.is_called(text)]
        quantity = quantity_called(text)
        if not found and quantity is not None and quantity.name in self.known:
            found = [quantity.name]
        if found:
            return text if text in found else found[0]
        if quantity is not None:
            reason = self.missing(quantity.name)
        else:
            reason = suggestion(text, self.known)
        raise click.UsageError(f"{option}: there is no column `{safe(text)}`: {reason}")

    def missing(self, name: str) -> str:
        """Why networks do not have a quantity."""
        if name in ("training_bytes", "saved_bytes"):
            return "it needs --training"
        if name in names_for("device-budget"):
            return "the device does not state it" if self.target else "it needs --device NAME"
        return "it is a number of layers"

    def in_use(self, names: Sequence[str], *others: str | None) -> Iterator[CompareColumn]:
        """Columns, and after them others that are used but not shown."""
        for name in dict.fromkeys((*names, *filter(None, others))):
            yield self.known[name]
