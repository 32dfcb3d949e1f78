"""Which layers or groups a word names."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Sequence
from typing import NamedTuple

from ..engine.analysis import Analysis
from ..problem import Error


class Chosen(NamedTuple):
    """The layers, or the groups, that a word names, by their places in the report."""

    layers: Sequence[int] = ()
    groups: Sequence[int] = ()


class NotOne(Error, LookupError):
    """A word that names nothing, or could be several; `candidates` are the paths that it may mean."""

    def __init__(self, word: str, candidates: Sequence[str]) -> None:
        super().__init__(word)
        self.candidates = candidates


def choose(report: Analysis, word: str) -> Chosen:
    """What a path names, or the end of one that has no other, or a pattern with `*` and `?`.  Raises NotOne."""
    layers = {layer.node.path: index for index, layer in enumerate(report.layers)}
    groups = {group.group.path: index for index, group in enumerate(report.groups)}
    if word in layers:
        return Chosen(layers=[layers[word]])
    if word in groups:
        return Chosen(groups=[groups[word]])
    if "*" in word or "?" in word:
        return by_pattern(layers, groups, word)
    ending = [path for path in (*layers, *groups) if path.endswith(f".{word}")]
    if len(ending) == 1:
        return choose(report, ending[0])
    if ending:
        raise NotOne(word, ending)
    from difflib import get_close_matches

    near = {path.rpartition(".")[2]: path for path in (*layers, *groups)} | {
        path: path for path in (*layers, *groups)
    }
    raise NotOne(word, [near[match] for match in get_close_matches(word, near, n=3)])


def by_pattern(layers: dict[str, int], groups: dict[str, int], word: str) -> Chosen:
    """The layers that a pattern fits; the groups, where it fits no layer."""
    from fnmatch import fnmatchcase

    fitting = [
        [index for path, index in paths.items() if fnmatchcase(path, word)]
        for paths in (layers, groups)
    ]
    if not any(fitting):
        raise NotOne(word, [])
    return Chosen(layers=fitting[0]) if fitting[0] else Chosen(groups=fitting[1])
