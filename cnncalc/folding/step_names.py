"""Names for the steps of a block or of the network.

A step gets a name if something refers to it.  In the network, calls, groups and layers with weights
get one as well if it says more than their kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from .drafts import DraftRef, DraftStep
from .merged import MergedStep, all_merged
from .names import UsedNames, singular, step_name, wanted_name

WEIGHTED = frozenset(
    ("conv", "linear", "depthwise", "conv_transpose", "lstm", "gru", "attention", "embedding")
)
STAGE = "stage"
"""The block of several repeated blocks of one kind."""

RESULTS = {
    "chunk": "part",
    "reshape": "reshaped",
    "permute": "permuted",
    "select": "selected",
    "concat": "joined",
    "add": "summed",
    "matmul": "product",
    "mul": "scaled",
    "maxpool": "pooled",
    "avgpool": "pooled",
    "conv": "features",
}
"""What the outputs of layers without a name are called."""

UNTELLING = frozenset(
    (
        *("feature", "features", "layer", "layers", "model", "module", "modules", "net", "body"),
        *("main", "seq", "sequential", "block", "blocks", "conv", "convs", "op", "ops"),
    )
)
"""The names of lists that say nothing of the steps in them."""

MAX_DEPTH = 2  # of the path of a layer whose name is kept


def target_step(ref: DraftRef) -> DraftStep | str:
    """What a reference is to now: folding may have replaced the step."""
    target = ref.target
    while not isinstance(target, str) and target.replaced_by is not None:
        target = target.replaced_by
    return target


def name_steps(
    steps: Sequence[MergedStep],
    outputs: Iterable[DraftRef],
    taken: Collection[str],
    *,
    is_network: bool,
) -> None:
    """Set the names of the steps."""
    used = UsedNames(taken)
    targets = [*referred_to(steps), *map(target_step, outputs)]
    for target in targets:
        if not isinstance(target, str):
            give_name(target.merged, word_for(target.merged), used)
    if is_network:
        for step in steps:
            word = telling_word(step)
            if not step.name and word:
                give_name(step, word, used)
        number_stages(steps, used)


def number_stages(steps: Sequence[MergedStep], used: set[str]) -> None:
    """Name the calls of a block of stages that have no name: stage1, stage2, ..."""
    calls = (step for step in steps if step.kind == "call" and step.one.block.name == STAGE)
    for number, step in enumerate(calls, 1):
        give_name(step, f"{STAGE}{number}", used)


def referred_to(steps: Sequence[MergedStep]) -> Iterator[DraftStep | str]:
    for merged in all_merged(steps):
        for step in merged.members.values():
            yield from map(target_step, step.references)
        if merged.kind == "for":
            yield from referred_to(merged.body or [])


def give_name(step: MergedStep, word: str, used: set[str]) -> None:
    if not step.name:
        step.name = step_name(word, used)
        used.add(step.name)


def word_for(step: MergedStep) -> str:
    """What a step that needs a name is called."""
    one = step.one
    word = ""
    if is_telling_path(one.path):
        word = wanted_name(one.path, one.paths, one.repeat, one.has_own_name)
    if one.kind == "call":
        return word or f"{one.block.name}_out"
    return word or RESULTS.get(one.kind, f"{one.kind}_out")


def is_telling(word: str) -> bool:
    """True for a word that says what a step is."""
    return bool(re.search("[A-Za-z]", word)) and word not in UNTELLING


def is_telling_path(path: str) -> bool:
    """True for a module with a name of its own, or in a list that says what its members are."""
    parts = path.split(".")
    if not parts[-1].isdigit():
        return bool(parts[-1])
    words = [part for part in parts if not part.isdigit()]
    return bool(words) and is_telling(words[-1])


def telling_word(step: MergedStep) -> str:
    """The name of a step that says more than its kind; empty if it does not."""
    one = step.one
    words = one.path.split(".")
    if not one.path or not re.search("[A-Za-z]", one.path):
        return ""
    if step.kind == "for":
        return singular(words[-1])
    if step.kind == "output":
        return words[-1]
    if not is_telling_path(one.path):
        return ""
    if step.kind in ("call", "group") or one.has_own_name:
        return word_for(step)
    says_more = not words[-1].isdigit() and not re.fullmatch(rf"{step.kind}\d*", words[-1])
    is_layer = step.kind in WEIGHTED and len(words) <= MAX_DEPTH
    return words[-1] if is_layer and says_more else ""
