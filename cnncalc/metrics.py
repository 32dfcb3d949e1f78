"""The metrics of trained networks that a file may state.

Nothing here calculates them: they are measured with trained weights, by those who publish these.
"""

from __future__ import annotations

from collections.abc import Mapping

from .named_tuple import NamedTuple


class Metric(NamedTuple):
    """One metric, in percent: its key in files, its heading in tables, and what it is."""

    name: str
    title: str
    summary: str


METRICS = {
    metric.name: metric
    for metric in (
        Metric("top1", "top-1", "the images whose first answer is right"),
        Metric("top5", "top-5", "the images of which one of the first five answers is right"),
        Metric("map", "mAP", "the mean average precision of boxes, as COCO averages it"),
        Metric("miou", "mIoU", "the mean intersection over union of segmented classes"),
    )
}


class Accuracy(NamedTuple):
    """What a network reaches with certain weights, at its own input: texts of numbers by metric.

    `data` is what it was measured on, `source` the weights and who states it.
    """

    numbers: Mapping[str, str]
    data: str = ""
    source: str = ""

    @property
    def value(self) -> dict[str, float | str]:
        """The JSON value."""
        numbers = {name: float(text) for name, text in self.numbers.items()}
        texts = {"data": self.data, "source": self.source}
        return {**numbers, **{key: text for key, text in texts.items() if text}}

    @property
    def texts(self) -> dict[str, str]:
        """Its keys in a file, with their texts."""
        texts = {**self.numbers, "data": self.data, "source": self.source}
        return {key: text for key, text in texts.items() if text}


ACCURACY_KEYS = (*METRICS, "data", "source")
