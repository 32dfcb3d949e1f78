"""The findings of `cnncalc check` in each format."""
