"""The layers or groups that a path or pattern selects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine.analysis import Analysis
from ..named_tuple import NamedTuple
from ..problem import Error


class Selection(NamedTuple):
    """Selected layers, or groups, by their indices in the analysis."""

    layers: Sequence[int] = ()
    groups: Sequence[int] = ()


class SelectionError(Error, LookupError):
    """A path that selects nothing, or is ambiguous; `candidates` are the paths it may refer to."""

    def __init__(self, word: str, candidates: Sequence[str]) -> None:
        super().__init__(word)
        self.candidates = candidates


def select(analysis: Analysis, word: str) -> Selection:
    """The selection of a path, a unique end of a path, or a pattern with `*` and `?`.

    Raises SelectionError if there is no match, or several ends of paths match.
    """
    layers = {layer.node.path: index for index, layer in enumerate(analysis.layers)}
    groups = {group.group.path: index for index, group in enumerate(analysis.groups)}
    if word in layers:
        return Selection(layers=[layers[word]])
    if word in groups:
        return Selection(groups=[groups[word]])
    if "*" in word or "?" in word:
        return select_by_pattern(layers, groups, word)
    ending = [path for path in (*layers, *groups) if path.endswith(f".{word}")]
    if len(ending) == 1:
        return select(analysis, ending[0])
    raise SelectionError(word, ending or similar_paths([*layers, *groups], word))


def similar_paths(paths: Sequence[str], word: str) -> list[str]:
    """Up to three paths that resemble a word, or whose ends do."""
    from difflib import get_close_matches

    by_name = {path.rpartition(".")[2]: path for path in paths} | {path: path for path in paths}
    return [by_name[match] for match in get_close_matches(word, by_name, n=3)]


def select_by_pattern(
    layers: Mapping[str, int], groups: Mapping[str, int], pattern: str
) -> Selection:
    """The layers that match a pattern; if there are none, the groups."""
    from fnmatch import fnmatchcase

    matching = [
        [index for path, index in paths.items() if fnmatchcase(path, pattern)]
        for paths in (layers, groups)
    ]
    if not any(matching):
        raise SelectionError(pattern, [])
    return Selection(layers=matching[0]) if matching[0] else Selection(groups=matching[1])
