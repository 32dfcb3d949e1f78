"""Patterns of operators that are one layer: shared by the formats whose files have operators."""
