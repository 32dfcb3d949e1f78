"""TensorFlow Lite Micro: a network as the operators that it executes."""

from .program import tflm_program
from .support import UnsupportedOnDevice

__all__ = ["UnsupportedOnDevice", "tflm_program"]
