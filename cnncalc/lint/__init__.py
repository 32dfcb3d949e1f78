"""The lint rules: they find what is valid but suspicious in one file."""
