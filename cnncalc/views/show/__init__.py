"""The layers and totals of a network in every format."""
