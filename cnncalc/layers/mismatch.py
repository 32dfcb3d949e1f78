"""What is usually done about operands of a join whose shapes do not fit."""

from ..shape import Shape
from .layer import axis_names


def remedy(shapes: tuple[Shape, ...]) -> str:
    """The axes on which the shapes of operands differ, and the usual step that makes them equal.

    >>> print(remedy((Shape((64, 56, 56)), Shape((256, 56, 56)))))
    their channels differ (64, 256): {conv: 256, kernel: 1} on one of them changes its channels
    """
    first, *others = shapes
    if any(len(shape) != len(first) for shape in others):
        return "they differ in their number of axes: `reshape` or a global pooling changes it"
    names = [
        name
        for name, sizes in zip(axis_names(first), zip(*shapes, strict=True), strict=True)
        if len(set(sizes)) > 1
    ]
    return channel_remedy(shapes) if names == ["channels"] else size_remedy(shapes, names)


def channel_remedy(shapes: tuple[Shape, ...]) -> str:
    channels = [shape.channels for shape in shapes]
    found = ", ".join(map(str, dict.fromkeys(channels)))
    step = f"{{conv: {max(channels)}, kernel: 1}}"
    return f"their channels differ ({found}): {step} on one of them changes its channels"


def size_remedy(shapes: tuple[Shape, ...], names: list[str]) -> str:
    """How to make spatial sizes equal, and the channels too if they differ."""
    spatial = [name for name in names if name != "channels"]
    sizes = ", ".join(dict.fromkeys("x".join(map(str, shape.spatial)) for shape in shapes))
    text = f"their {' and '.join(names)} differ"
    less, more = min(shape.positions for shape in shapes), max(shape.positions for shape in shapes)
    large = next(shape for shape in shapes if shape.positions == more)
    small = next(shape for shape in shapes if shape.positions == less)
    factors = {a / b for a, b in zip(large.spatial, small.spatial, strict=True)}
    if len(factors) == 1 and (factor := factors.pop()).is_integer() and factor > 1:
        stride = int(factor)
        hint = f"give the branch of {large} a `stride: {stride}`, or {{upsample: {stride}}} {small}"
    else:
        hint = "a `padding` in one branch, {pad: 1} or `crop` makes them equal"
    return f"{text} ({sizes}): {hint}" if spatial else text
