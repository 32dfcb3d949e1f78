"""Values -> text: rounding, units and color are decided here."""
