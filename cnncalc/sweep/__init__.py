"""Sweeps: the totals of many variants of a network, and what to learn from them."""
