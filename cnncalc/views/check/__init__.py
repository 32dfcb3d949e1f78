"""The findings of `cnncalc check` in every format."""
