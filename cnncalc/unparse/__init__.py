"""Documents and graphs -> the text of an architecture file."""
