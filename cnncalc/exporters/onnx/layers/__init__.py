"""The nodes of each kind of layer, in a module for each family."""
