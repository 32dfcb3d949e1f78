"""The difference between two networks, aligned as a person would align them."""

from .compare import compare, nothing
from .comparison import Comparison, Declarations

__all__ = ["Comparison", "Declarations", "compare", "nothing"]
