"""The lint rules by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from .rule import Rule

RULES = (
    "unused-variable",
    "unused-parameter",
    "unused-name",
    "unused-block",
    "shadowed-name",
    "unread-value",
    "unread-input",
    "when-never-true",
    "when-always-true",
    "implicit-kernel",
    "channels-last-input",
    "batch-axis",
    "bias-before-norm",
    "dropout-before-norm",
    "missing-activation",
    "lone-operand",
    "stride-leftover",
    "kernel-larger-than-input",
    "padding-copy",
    "receptive-field",
    "dense-on-map",
    "tensor-core-channels",
    "missing-expect",
    "stale-suppression",
)
"""All rules.  Each is RULE in the module of its name, with `_` for `-`."""


@cache
def load_rule(name: str) -> Rule:
    """Import the rule of a name.  Raises KeyError if there is none."""
    if name not in RULES:
        raise KeyError(name)
    found: Rule = import_module(f"{__package__}.rules.{name.replace('-', '_')}").RULE
    return found
