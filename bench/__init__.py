"""Time and memory of the program: `python -m bench` in the checkout. Not part of the package."""
