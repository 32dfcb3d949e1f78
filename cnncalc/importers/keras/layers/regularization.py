"""Layers that act in training only, and those that change nothing."""

from __future__ import annotations

from ...axes import TensorView
from ..context import LayerCall
from .resizing import resizing


def dropout(call: LayerCall) -> TensorView:
    """Dropout; one that drops whole samples is a `droppath`."""
    rate = round(call.config.number("rate", 0.5), 8)
    if not rate:
        return call.view
    shape = call.config.values.get("noise_shape")
    drops_samples = isinstance(shape, list) and len(shape) > 2 and set(shape[1:]) == {1}
    return call.apply("droppath" if drops_samples else "dropout", {"p": rate}, call.view)


def stochastic_depth(call: LayerCall) -> TensorView:
    """StochasticDepth of keras.applications.convnext."""
    rate = call.config.number("drop_path_rate", 0.0)
    return call.apply("droppath", {"p": rate}, call.view) if rate else call.view


def unchanged(call: LayerCall) -> TensorView:
    return call.view


def augmented(call: LayerCall) -> TensorView:
    call.note(f"{call.layer.kind} changes images in training only, and is not in the file")
    return call.view


KINDS = {"dropout": dropout, "identity": unchanged}
CLASSES = {
    "GaussianDropout": dropout,
    "StochasticDepth": stochastic_depth,
    **dict.fromkeys(("ActivityRegularization", "GaussianNoise", "Masking"), unchanged),
    **dict.fromkeys(
        (
            *("RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast", "RandomHue"),
            *("RandomTranslation", "RandomBrightness", "RandomSaturation", "RandomShear"),
            *("RandomSharpness", "RandomPerspective", "RandomPosterization", "RandomInvert"),
            *("RandomGrayscale", "RandomGaussianBlur", "RandomErasing", "RandomElasticTransform"),
            *("RandomColorJitter", "RandomColorDegeneration", "RandomHeight", "RandomWidth"),
            *("RandAugment", "AugMix", "MixUp", "CutMix", "Solarization", "Equalization"),
        ),
        augmented,
    ),
    "RandomCrop": resizing,
}
