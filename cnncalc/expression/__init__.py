"""Expressions: the text of a value -> a function of the names that it reads.

Only the operators and functions of this package are evaluated, never Python code.  Numbers,
lengths and exponents are bounded, so that every value takes little time.
"""
