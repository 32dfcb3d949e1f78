"""Attention that a model writes as its products: as the layer `attention` of the catalogue."""
