"""The text of a file -> a network, or the problems in it."""

from .parsing import Parsed, parse
from .request import Request, RequestError

__all__ = ["Parsed", "Request", "RequestError", "parse"]
