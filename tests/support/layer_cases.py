"""The table of layers as PyTorch calculates them (tests/generate/layer_cases.py makes it)."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from .paths import TESTS


def cases() -> dict[str, list[dict[str, Any]]]:
    """The rows of the table by the kind of layer."""
    with open(TESTS / "data" / "layer_cases.jsonl") as file:
        assert json.loads(next(file))["torch"] == "2.14.1"
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in file:
            case = json.loads(line)
            found[case["kind"]].append(case)
    return found


CASES = cases()


def keras_cases() -> list[dict[str, Any]]:
    """The rows of the table of layers as Keras has them (tests/generate/keras_cases.py)."""
    with open(TESTS / "data" / "keras_cases.jsonl") as file:
        assert json.loads(next(file))["keras"] == "3.15.1"
        return [json.loads(line) for line in file]


KERAS_CASES = keras_cases()


def value(entry: Any) -> Any:
    """An argument as a layer has it: JSON has no tuples."""
    return tuple(value(one) for one in entry) if isinstance(entry, list) else entry
