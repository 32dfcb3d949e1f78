"""A network's numbers: each layer's costs, and what they add up to."""

from .calculation import analyse

__all__ = ["analyse"]
