"""A network and its report -> what does not hold."""
