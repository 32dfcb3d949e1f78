"""Lanes: many variants of a network calculated at once, with numpy."""
