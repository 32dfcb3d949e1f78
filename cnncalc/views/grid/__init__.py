"""Rows of networks, one row each, in every format."""
