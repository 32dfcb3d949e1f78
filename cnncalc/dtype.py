"""Data types of tensors: their sizes in bits, and the bytes of a tensor."""

from __future__ import annotations

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


def packed_bytes(elements: int, dtype: str) -> int:
    """The bytes of a tensor whose elements have no gaps between them, rounded up.

    >>> packed_bytes(10, "float32"), packed_bytes(10, "int8"), packed_bytes(9, "int4")
    (40, 10, 5)
    """
    return -(-elements * BITS[dtype] // 8)
