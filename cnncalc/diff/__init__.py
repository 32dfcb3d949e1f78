"""The difference between two networks, aligned as a person would align them."""

from .comparison import compare, nothing
from .difference import Comparison, Declarations

__all__ = ["Comparison", "Declarations", "compare", "nothing"]
