"""`accuracy`: what a file states of the network with trained weights."""

from __future__ import annotations

import re

from ...metrics import ACCURACY_KEYS, METRICS, Accuracy
from ..yaml_nodes import YamlNode
from .context import ReadContext

PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")


def read_accuracy(context: ReadContext, node: YamlNode) -> Accuracy | None:
    """The metrics, and where they come from; None if there is none."""
    pairs = context.mapping(node, "`accuracy`", ACCURACY_KEYS)
    numbers, texts = {}, {"data": "", "source": ""}
    for name, (_, value) in pairs.items():
        text = context.text(value, f"`{name}`").strip()
        if name in METRICS and is_percent(context, name, text, value):
            numbers[name] = text
        elif name in texts:
            texts[name] = text
    if pairs and not METRICS.keys() & pairs.keys():
        message = "`accuracy` states no metric"
        hint = f"add one of {', '.join(METRICS)}, in percent"
        context.report(node.span, "missing-argument", message, hint)
    return Accuracy(numbers, **texts) if numbers else None


def is_percent(context: ReadContext, name: str, text: str, node: YamlNode) -> bool:
    """Whether a text is a number from 0 to 100; reported if not."""
    if PERCENT.fullmatch(text) and float(text) <= 100:
        return True
    if node.kind == "scalar" and not node.broken:
        message = f"`{name}` must be a number from 0 to 100, found `{text[:40]}`"
        context.report(node.span, "bad-value", message, "an accuracy is in percent: 76.13")
    return False
