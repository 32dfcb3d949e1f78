"""The lint rules: what is suspicious in one file, though it is valid."""
