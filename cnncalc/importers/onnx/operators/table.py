"""The table of all operators."""

from __future__ import annotations

from . import (
    activation,
    arithmetic,
    convolution,
    dense,
    normalization,
    parts,
    pooling,
    quantized,
    resizing,
    shapes,
)
from .call import OperatorTable

FAMILIES = (
    activation,
    arithmetic,
    convolution,
    dense,
    normalization,
    parts,
    pooling,
    quantized,
    resizing,
    shapes,
)
OPERATORS: OperatorTable = {
    name: rule for family in FAMILIES for name, rule in family.OPERATORS.items()
}
"""The operators by name."""
