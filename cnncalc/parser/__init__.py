"""The text of a file -> networks, or the problems in it."""

from .pipeline import Parsed, ReadFile, build, parse, read_architecture, read_document
from .request import Request, RequestError

__all__ = [
    "Parsed",
    "ReadFile",
    "Request",
    "RequestError",
    "build",
    "parse",
    "read_architecture",
    "read_document",
]
