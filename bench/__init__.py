"""How fast the program is: `python -m bench` from the checkout.  Read by no test as a time, and no part of the package."""
