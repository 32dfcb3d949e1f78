"""Layers without a file: their explanations, or the file that states them."""
