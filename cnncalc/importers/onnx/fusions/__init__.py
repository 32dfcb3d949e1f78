"""Several nodes that are one layer: patterns, and what they become."""
