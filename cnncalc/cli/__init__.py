"""The command line: one module per command, on top of click."""

from .main import run

__all__ = ["run"]
