"""Data types of tensors: their names, their sizes in bits, and the bytes of a tensor."""

from __future__ import annotations

from .named_tuple import NamedTuple

BITS = {
    "float64": 64,
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "float8": 8,
    "int64": 64,
    "int32": 32,
    "int16": 16,
    "int8": 8,
    "uint8": 8,
    "int4": 4,
    "uint4": 4,
    "int2": 2,
    "binary": 1,
}
"""The bits of one element of each type."""

PRECISIONS = {"1": "binary", "2": "int2", "4": "int4", "8": "int8", "16": "int16"}
"""The types that words such as `w4a8` name by their bits."""


class DataTypes(NamedTuple):
    """The types of the weights and of the activations of a layer, or of a network."""

    weights: str
    activations: str

    @property
    def text(self) -> str:
        """The types in words.

        >>> DataTypes("int8", "int8").text, DataTypes("int4", "int8").text
        ('int8', 'int4 weights, int8 activations')
        """
        if self.weights == self.activations:
            return self.weights
        return f"{self.weights} weights, {self.activations} activations"

    @property
    def value(self) -> str | dict[str, str]:
        """The types as files and JSON state them: one word, or a mapping if they differ."""
        return self.weights if self.weights == self.activations else self._asdict()

    @property
    def is_quantized(self) -> bool:
        """Whether the weights are integers."""
        return is_integer(self.weights)


FLOAT32 = DataTypes("float32", "float32")

UNSTATED = DataTypes("", "")
"""Of a layer whose types are those of the network."""

TYPES_BY_WORD = {
    **{name: DataTypes(name, name) for name in BITS},
    **{
        f"w{weights}a{activations}": DataTypes(PRECISIONS[weights], PRECISIONS[activations])
        for weights in PRECISIONS
        for activations in PRECISIONS
    },
}
"""The types that one word gives to weights and activations: `int8`, or `w4a8`."""

OTHER_NAMES = {
    "half": "float16",
    "single": "float32",
    "double": "float64",
    **{f"{prefix}{bits}": f"float{bits}" for prefix in ("f", "fp") for bits in (8, 16, 32, 64)},
    "bf16": "bfloat16",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "u8": "uint8",
}
"""What other tools call the types."""

LISTED_WORDS = (*BITS, "w8a8", "w8a16", "w4a8")
"""The words that hints name: `TYPES_BY_WORD` without most of the combinations."""


def usual_name(word: str) -> str:
    """The name here of a type that another tool calls by this word, or the word itself.

    >>> usual_name("fp16"), usual_name("float23")
    ('float16', 'float23')
    """
    return OTHER_NAMES.get(word.lower(), word)


def is_integer(dtype: str) -> bool:
    return dtype.startswith(("int", "uint", "binary"))


def packed_bytes(elements: int, dtype: str) -> int:
    """The bytes of a tensor whose elements have no gaps between them, rounded up.

    >>> packed_bytes(10, "float32"), packed_bytes(10, "int8"), packed_bytes(9, "int4")
    (40, 10, 5)
    """
    bits = BITS[dtype]
    return -(-elements * bits // 8) if bits % 8 else elements * (bits // 8)
