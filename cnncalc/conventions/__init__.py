"""How other tools count the operations of a network, by rules measured with those tools."""

from .convention import Convention, Count, CountRule
from .recount import Uncounted, count, recount
from .table import CONVENTIONS, load

__all__ = [
    "CONVENTIONS",
    "Convention",
    "Count",
    "CountRule",
    "Uncounted",
    "count",
    "load",
    "recount",
]
