"""Python source: expressions, identifiers, docstrings and their layout."""
