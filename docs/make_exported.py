"""Writes the examples of exported networks."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.exports import bundled_trace, exported

EXPORTED = (
    *("resnet50", "mobilenet_v3_large", "densenet121", "googlenet", "unet", "convnext_tiny"),
    *("efficientnet_b0", "yolov3", "repvgg_a0", "shufflenet_v2_x1_0", "ssd300"),
)
"""The bundled networks whose PyTorch sources are in docs/examples/export/."""

EXPORTED_KERAS = ("resnet50", "mobilenet_v3_large", "unet", "efficientnet_b0")
"""Those whose Keras sources are in docs/examples/export/keras/."""


def exported_source(name: str, form: str) -> str:
    """The source of a bundled network."""
    return exported(bundled_trace(name), form=form).content
