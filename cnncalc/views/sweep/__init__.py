"""What `cnncalc sweep` writes in addition to tables: plots of its rows."""
