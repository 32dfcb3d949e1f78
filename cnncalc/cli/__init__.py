"""The command line: translates words to values and outcomes to exit codes."""

from .main import run

__all__ = ["run"]
