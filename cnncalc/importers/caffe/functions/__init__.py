"""What each type of layer is: one module for each family."""
