"""What `cnncalc compare` writes in addition to tables: its networks as points."""
