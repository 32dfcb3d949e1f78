"""Reports and problems -> text.  Rounding, units and colour live here only."""
