"""The functions of PyTorch as layers of the catalogue, in a module for each family."""
