"""The bounds of the language: no file, however small, takes more time or memory than these allow.

A file beyond one of them is refused with a message that names it.
"""

MAX_FILE_BYTES = 5_000_000
MAX_YAML_NESTING = 64
MAX_YAML_NODES = 1_000_000
MAX_PROBLEMS = 500
"""Problems that are reported for one file."""

MAX_VALUE = 10**15
"""The largest number, and the most elements of a value."""
MAX_AXES = 16

MAX_EXPRESSION_LENGTH = 200
MAX_EXPRESSION_NESTING = 20
MAX_EXPONENT = 64
MAX_LIST_LENGTH = 10_000
MAX_LIST_NESTING = 20
MAX_REFERENCE_LENGTH = 4_000

MAX_WRITTEN_STEPS = 100_000
"""Steps as the file has them."""
MAX_ITERATIONS = 100_000
"""Iterations of `repeat` and `for`, over the whole network."""
MAX_TAKEN_STEPS = 500_000
"""Steps looked at, skipped or not, and values and list entries read."""
MAX_LAYERS = 100_000
MAX_CALL_DEPTH = 50
"""Blocks that call blocks."""
MAX_STEP_NESTING = 400
MAX_CHECK_EFFORT = 200_000
"""Steps, iterations and layers of all variants of a file, after which no further variant is built."""

MAX_COMPARED_WORDS = 1_000
"""Known words that a wrong one is compared with: a file may have a hundred thousand, and hundreds
of mistakes."""
