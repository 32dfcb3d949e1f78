"""Models of Keras 2 and 3, read from their files without Keras."""
