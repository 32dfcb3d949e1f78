"""Runs a PyTorch model on tensors without data, and prints what it did as a Program in JSON.

This package runs in the user's interpreter, which need not have cnncalc: it imports torch and the
standard library alone.  `forward` runs under a TorchFunctionMode, which sees every function of
tensors, and hooks that see every call of a module.  Nothing is allocated: tensors are on the
device `meta`.
"""
