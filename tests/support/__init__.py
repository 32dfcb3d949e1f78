"""Helpers that several test modules share, one module per subject.

A test module imports from here, never from another test module.
"""
