"""What each operator is: one module for each family."""
