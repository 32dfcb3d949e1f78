"""What does not hold of a network, and what its file should not say: promises, limits and rules."""
