"""The text of a file -> networks, or the problems in it."""

from .pipeline import (
    Parsed,
    ReadFile,
    TracedNetwork,
    build,
    build_traced,
    parse,
    read_architecture,
    read_document,
    variables_of,
)
from .request import Request, RequestError

__all__ = [
    "Parsed",
    "ReadFile",
    "Request",
    "RequestError",
    "TracedNetwork",
    "build",
    "build_traced",
    "parse",
    "read_architecture",
    "read_document",
    "variables_of",
]
