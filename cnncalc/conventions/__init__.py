"""How other tools count the operations of a network, by rules measured with those tools."""

from .convention import Convention
from .recount import Uncounted, count, recount
from .table import CONVENTIONS, load

__all__ = [
    "CONVENTIONS",
    "Convention",
    "Uncounted",
    "count",
    "load",
    "recount",
]
