"""Differences in every format."""
