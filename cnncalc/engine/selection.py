"""The layers and groups that a word of the command line selects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..named_tuple import NamedTuple
from ..problem import Error
from .analysis import Analysis


class Selection(NamedTuple):
    """Selected layers, or groups, by their indices in the analysis."""

    layers: Sequence[int] = ()
    groups: Sequence[int] = ()


class SelectionError(Error, LookupError):
    """A word that selects nothing, or is ambiguous; the message suggests others."""

    def __init__(self, word: str, candidates: Sequence[str]) -> None:
        """`candidates` are the paths that the word may refer to."""
        super().__init__(choice_problem(word, candidates))


MAX_CANDIDATES = 4  # in a message


def choice_problem(word: str, candidates: Sequence[str]) -> str:
    """The error for a word that does not refer to one layer, with suggestions."""
    paths = candidates[:MAX_CANDIDATES]
    more = len(candidates) - len(paths)
    if any(path.endswith(f".{word}") for path in candidates):
        listed = ", ".join(paths) + (f", and {more} more" if more else "")
        hint = f"give more of its path, or a pattern such as '*.{word}'"
        return f"{word} could be {listed}: {hint}"
    hint = "cnncalc show NET --depth all lists them"
    if paths:
        hint = f"did you mean {' or '.join(paths)}?"
    return f"there is no layer, group or kind of layer {word or '``'}: {hint}"


class Selector:
    """The paths of a network, read once for all words.

    A word is a path, a pattern with `*` and `?`, the end of a path, or a kind of layer, in this
    order.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.layers = {layer.node.path: index for index, layer in enumerate(analysis.layers)}
        self.groups = {group.group.path: index for index, group in enumerate(analysis.groups)}

    def select(self, word: str) -> Selection:
        """One layer or group, or those of a pattern or a kind.

        Raises SelectionError if there is no match, or several paths end with the word.
        """
        found = self.by_path(word)
        if found is not None:
            return found
        ending = list(self.ending(word))
        if len(ending) > 1:
            raise SelectionError(word, ending)
        found = self.at(ending) if ending else Selection(self.of_kind(word))
        return self.checked(found, word)

    def select_all(self, word: str) -> Selection:
        """All layers and groups that a word may refer to: every end of a path, and every kind.

        Raises SelectionError if there are none.
        """
        found = self.by_path(word)
        if found is None:
            found = self.at(list(self.ending(word)))
            found = Selection([*found.layers, *self.of_kind(word)], found.groups)
        return self.checked(found, word)

    def checked(self, found: Selection, word: str) -> Selection:
        """The selection.  Raises SelectionError if it is empty."""
        if not any(found):
            raise SelectionError(word, similar_paths([*self.layers, *self.groups], word))
        return found

    def layers_of(self, words: Sequence[str]) -> list[int]:
        """The layers that words select, alone or in groups, in file order.

        Raises SelectionError if a word selects nothing.
        """
        chosen: set[int] = set()
        for word in words:
            found = self.select_all(word)
            chosen.update(found.layers)
            for index in found.groups:
                group = self.analysis.groups[index].group
                chosen.update(range(group.start, group.end))
        return sorted(chosen)

    def by_path(self, word: str) -> Selection | None:
        """The selection of a whole path or a pattern; None if the word is neither."""
        if word in self.layers or word in self.groups:
            return self.at([word])
        return self.by_pattern(word) if "*" in word or "?" in word else None

    def at(self, paths: Sequence[str]) -> Selection:
        """The layers and groups at paths; a path of both is a layer's."""
        layers = [self.layers[path] for path in paths if path in self.layers]
        groups = [self.groups[path] for path in paths if path not in self.layers]
        return Selection(layers, groups)

    def ending(self, word: str) -> Iterator[str]:
        end = f".{word}"
        return (path for path in {**self.layers, **self.groups} if path.endswith(end))

    def of_kind(self, kind: str) -> list[int]:
        layers = self.analysis.layers
        return [index for index, layer in enumerate(layers) if layer.node.layer.kind == kind]

    def by_pattern(self, pattern: str) -> Selection:
        """The layers that match a pattern; if there are none, the groups."""
        from fnmatch import fnmatchcase

        layers, groups = (
            [index for path, index in paths.items() if fnmatchcase(path, pattern)]
            for paths in (self.layers, self.groups)
        )
        return self.checked(Selection(layers) if layers else Selection((), groups), pattern)


MAX_COMPARED = 1000
"""Paths that are compared with an unknown word."""


def similar_paths(paths: Sequence[str], word: str) -> list[str]:
    """Up to three paths that resemble a word, or whose ends do."""
    from difflib import get_close_matches

    paths = paths[:MAX_COMPARED]
    by_name = {path.rpartition(".")[2]: path for path in paths} | {path: path for path in paths}
    return [by_name[match] for match in get_close_matches(word, by_name, n=3)]
