"""The difference between two networks, aligned as a person would align them."""

from .compare import compare
from .comparison import Comparison

__all__ = ["Comparison", "compare"]
