"""The form of each kind of layer in PyTorch, in a module for each family."""
