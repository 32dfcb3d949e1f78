"""Writes the examples of imported models, from recorded programs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.programs import imported

EXAMPLES = (
    *("resnet50", "googlenet", "densenet121", "mobilenet_v3_large", "efficientnet_b0"),
    *("inception_v3", "regnet_y_400mf", "shufflenet_v2_x1_0", "convnext_tiny"),
    *("deeplabv3_resnet50", "UNet", "DetectionHead"),
)
"""The recorded models whose files are in docs/examples/imported/."""


def imported_text(name: str) -> str:
    """The file of a model."""
    return imported(name).text


def import_page() -> str:
    """docs/import.md with the example in it."""
    text = Path(__file__).with_name("import.md").read_text("utf-8")

    def example(found: re.Match[str]) -> str:
        return f"<!-- file: {found[1]} -->\n\n```yaml\n{imported_text(found[1])}```\n\n<!-- end -->"

    return re.sub(r"<!-- file: (\w+) -->\n.*?<!-- end -->", example, text, flags=re.DOTALL)
