"""Expressions: the text of a value -> a function of the names that it reads.

Nothing is run that is not listed here; numbers, lengths and exponents are bounded, so that a value costs little
whatever it says.
"""
