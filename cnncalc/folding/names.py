"""Names of blocks, parameters and steps, from those in the model's code."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ..document import COMMON_KEYS, INPUT_VARIABLES, STRUCTURES
from ..expression.functions import FUNCTIONS, SHAPE_FUNCTIONS
from ..layers import LAYERS

WORDS = frozenset(
    (
        *COMMON_KEYS,
        *STRUCTURES,
        *INPUT_VARIABLES,
        *FUNCTIONS,
        *SHAPE_FUNCTIONS,
        *("input", "inputs", "outputs", "none", "true", "false", "i", "and", "or", "not", "if"),
        *("else", "params", "let", "channels", "size", "shape", "same", "causal"),
    )
)
"""Words that have a meaning in a file, which nothing else can have."""

PARAMETER_WORDS = {
    "out_channels": "out",
    "out_chs": "out",
    "out_planes": "out",
    "outplanes": "out",
    "out_ch": "out",
    "oup": "out",
    "outp": "out",
    "cout": "out",
    "out_features": "out",
    "out_dim": "out",
    "outchannels": "out",
    "output_channels": "out",
    "num_output_features": "out",
    "num_init_features": "out",
    "output": "out",
    "kernel_size": "kernel",
    "dw_kernel_size": "kernel",
    "exp_ratio": "expand",
    "expand_ratio": "expand",
    "expansion_factor": "expand",
    "activation_layer": "act",
    "act_layer": "act",
    "norm_layer": "norm",
    "num_layers": "depth",
    "#0": "factor",
    "#1": "factor",
    "shape": "sizes",
    "params": "weights",
    "channels": "width",
    "size": "extent",
    "range": "stretch",
    "min": "least",
    "max": "most",
    "name": "label",
    "scale": "factor",
}
"""Shorter or other words for what constructors and arguments are called."""


WIDTHS = frozenset(("out", "planes", "width", "dim", "out_channels", "filters"))
"""The names of a parameter that is given first."""


def parameter_name(
    wanted: str, used: Collection[str], taken: Collection[str], prefix: str = ""
) -> str:
    """A name for a parameter, like the wanted one; `prefix` is put before words that are taken."""
    word = PARAMETER_WORDS.get(wanted, wanted).lstrip(".")
    word = re.sub(r"\W", "_", word) or "value"
    if word[0].isdigit():
        word = f"p{word}"
    if word in WORDS or word in taken:
        word = f"{prefix}{word}" if prefix else f"{word}_"
    return unique(word, used)


class UsedNames(set[str]):
    """Names of which there are only ever more.

    `numbers` has what was counted up to for a word, so that many names like it take little time.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        super().__init__(names)
        self.numbers: dict[tuple[str, int], int] = {}


def unique(word: str, used: Collection[str], separator: str = "") -> str:
    """A word that is not used: with a number from 2 on, if it is."""
    return numbered(f"{word}{separator}", used, 2) if word in used else word


def numbered(word: str, used: Collection[str], first: int = 1) -> str:
    """A word with the first number, from `first` on, that is not used."""
    known = used.numbers if isinstance(used, UsedNames) else {}
    number = known.get((word, first), first)
    while f"{word}{number}" in used:
        number += 1
    known[word, first] = number
    return f"{word}{number}"


def block_name(class_name: str, used: Collection[str]) -> str:
    """The name of a block for a class: InvertedResidual becomes inverted_residual."""
    word = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    word = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", word).lower()
    word = re.sub(r"\W|^_+", "", word) or "block"
    if word in LAYERS or word in WORDS:
        word += "_block"
    if word[0].isdigit():
        word = f"b{word}"
    return unique(word, used)


def step_name(wanted: str, used: Collection[str]) -> str:
    """The name of a step, like the wanted one."""
    word = re.sub(r"\W", "_", wanted) or "step"
    if not re.search(r"[A-Za-z]", word):
        word = f"x{word}"
    if word in LAYERS:
        return numbered(word, used)
    if word in WORDS or word in used:
        word += "_" if word in WORDS else ""
    if word[0].isdigit():
        word = f"_{word}"
    return unique(word, used, "_" if word[-1].isdigit() else "")


def input_names(wanted: Iterable[str]) -> list[str]:
    """The names of several inputs, like the wanted ones; `input` means all of them in a file."""
    names: list[str] = []
    used = UsedNames()
    for name in wanted:
        names.append(step_name("x" if name == "input" else name, used))
        used.add(names[-1])
    return names


def singular(word: str) -> str:
    """A plural as the name of one: blocks becomes block."""
    if len(word) < 3:
        return word
    return re.sub(r"(?<=ch)es$|(?<=sh)es$|(?<=ss)es$|(?<=x)es$|s$", "", word)


def wanted_name(path: str, paths: Collection[str], repeat: int, has_own_name: bool) -> str:
    """What a step would be called after its module: layer1.0 becomes layer1_0.

    The members of a list that are repeated have the name of the list.
    """
    numbered = list(paths)
    if len(numbered) > 1 and repeat > 1 and not has_own_name:
        stem = re.sub(r"[._]?\d+$", "", numbered[0]).rpartition(".")[2]
        number = re.search(r"(\d+)$", numbered[0])
        if number and int(number[1]) <= 1 and stem and not stem.isdigit():
            return singular(stem)
    parts = [part for part in path.split(".") if part]
    if not parts or not parts[-1].isdigit():
        return parts[-1] if parts else ""
    words = [part for part in parts if not part.isdigit()]
    digits = [part for part in parts if part.isdigit()]
    return f"{singular(words[-1]) if words else ''}{'_'.join(digits)}"
