"""Plots: points of two numbers, or the distribution of one, in a terminal and as SVG."""
