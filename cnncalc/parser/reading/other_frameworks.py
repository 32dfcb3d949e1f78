"""Hints for words and arguments of other frameworks that are written in another way here."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ...layers.aliases import argument_names, kind_for, plain_name
from ...problem import nearest_of
from ..yaml_nodes import YamlNode

SEPARABLE = "it is two steps: {depthwise: 3, padding: 1}, then {conv: 64, kernel: 1}"
UNIT_AXIS = "`reshape` adds and removes axes of size 1, as in {reshape: 512} for 512x1x1"
WORDS = {
    "separableconv": SEPARABLE,
    "sepconv": SEPARABLE,
    "depthwiseseparable": SEPARABLE,
    "depthwiseseparableconv": SEPARABLE,
    "dsconv": SEPARABLE,
    "stack": "{concat: [a, b]} joins values along an axis that they have; `reshape` adds one",
    "squeeze": UNIT_AXIS,
    "unsqueeze": UNIT_AXIS,
    "expanddims": UNIT_AXIS,
    "route": "write {from: a} to continue from an earlier step, {concat: [a, b]} to join several",
    "weightnorm": "it is an argument: {conv: 64, kernel: 3, weight_norm: true}",
    "timedistributed": "give every frame its own branch, with `shared: a` for the same weights",
    "einsum": "did you mean `matmul`?",
    "clamp": "did you mean `hardtanh`?",
}
"""Hints for words that no layer has, by their plain names."""

TYPE_KEYS = ("type", "layer", "op", "kind", "class", "class_name", "module", "operation")
ACTIVATION_KEYS = ("activation", "act", "activation_fn", "act_layer", "nonlinearity")
NORM_KEYS = ("norm", "batch_norm", "batchnorm", "batch_normalize", "norm_layer", "use_bn")


def word_hint(word: str) -> str:
    """The hint for a word of another framework that has no layer of its own here; else empty."""
    return WORDS.get(plain_name(word), "")


def type_key_hint(word: str, value: YamlNode | None, is_known: Callable[[str], bool]) -> str:
    """The hint for a step as `{type: conv, ...}`; else empty."""
    if word not in TYPE_KEYS or value is None or value.kind != "scalar":
        return ""
    kind = value.text if is_known(value.text) else kind_for(value.text)
    if not kind:
        return ""
    return f"the key of a step is its layer: write `{kind}:` for `{word}: {value.text}`"


def step_argument_hint(name: str, node: YamlNode, is_call: Callable[[str], bool]) -> str:
    """The hint for an argument that is a step here, as `activation: relu`; else empty."""
    if name in NORM_KEYS:
        return f"a norm is a separate step: put `{kind_of(node, is_call) or 'bn'}` after this one"
    if name in ACTIVATION_KEYS:
        kind = kind_of(node, is_call) or "relu"
        return f"an activation is a separate step: put `{kind}` after this one"
    return ""


def kind_of(node: YamlNode, is_call: Callable[[str], bool]) -> str:
    """The layer that a value names; empty if it names none."""
    if node.kind != "scalar":
        return ""
    return node.text if is_call(node.text) else kind_for(node.text)


def similar_argument(name: str, known: Collection[str]) -> str:
    """The argument that is most similar, or whose name elsewhere is; empty if there is none.

    >>> similar_argument("kernal_size", ["out", "kernel"])
    'kernel'
    """
    ours = {theirs: own for own in known for theirs in argument_names().get(own, ())}
    near = nearest_of(name, (*known, *ours))
    return ours.get(near, near)
