"""The bounds of the language: any file takes bounded time and memory.

A file that exceeds one of them is refused with a message that names it.  `DESCRIPTIONS` makes the
table in docs/language.md.
"""

MAX_FILE_BYTES = 5_000_000
MAX_YAML_NESTING = 64
MAX_YAML_NODES = 1_000_000
MAX_PROBLEMS = 500

MAX_VALUE = 10**15
MAX_AXES = 16
MAX_FIELD = 10**15

MAX_EXPRESSION_LENGTH = 200
MAX_EXPRESSION_NESTING = 20
MAX_EXPONENT = 64
MAX_LIST_LENGTH = 10_000
MAX_LIST_NESTING = 20
MAX_REFERENCE_LENGTH = 4_000
MAX_NAME_LENGTH = 500
MAX_PATH_TEXT = 40_000_000

MAX_WRITTEN_STEPS = 100_000
MAX_ITERATIONS = 100_000
MAX_EVALUATED_STEPS = 500_000
MAX_ENTRIES_PER_STEP = 8
MAX_LAYERS = 100_000
MAX_CALL_DEPTH = 50
MAX_STEP_NESTING = 400
MAX_CHECK_EFFORT = 200_000

MAX_COMPARED_WORDS = 1_000

MAX_ALIGNMENT_EFFORT = 1_000_000
MAX_CONFIGURATION_BYTES = 500_000
MAX_CONFIGURATION_KEY_PARTS = 16
MAX_FIX_EFFORT = 2_000_000

DESCRIPTIONS = {
    "MAX_FILE_BYTES": "bytes of a file",
    "MAX_YAML_NESTING": "levels of nested lists and mappings in YAML",
    "MAX_YAML_NODES": "words, lists and mappings in YAML",
    "MAX_PROBLEMS": "problems that are reported for one file",
    "MAX_VALUE": "the largest number, and the largest number of elements of a value",
    "MAX_AXES": "axes of a value",
    "MAX_FIELD": "the largest size, stride and position of a receptive field; a larger field is "
    "given as the whole axis",
    "MAX_EXPRESSION_LENGTH": "characters of an expression",
    "MAX_EXPRESSION_NESTING": "levels of nesting in an expression",
    "MAX_EXPONENT": "the largest exponent of `**`, with either sign",
    "MAX_LIST_LENGTH": "entries of a list, with those of the lists in it",
    "MAX_LIST_NESTING": "levels of nested lists in a value",
    "MAX_REFERENCE_LENGTH": "characters of a reference",
    "MAX_NAME_LENGTH": "characters of a name",
    "MAX_PATH_TEXT": "characters of all paths of steps and operands, and of the arguments of "
    "block calls, in a network",
    "MAX_WRITTEN_STEPS": "steps in a file",
    "MAX_ITERATIONS": "iterations of `repeat`, `for` and `across` in a network",
    "MAX_EVALUATED_STEPS": "steps (with each iteration, skipped or not), list entries, and learned "
    "tensors of a network",
    "MAX_ENTRIES_PER_STEP": "parameters, counters and other values that count as one step",
    "MAX_LAYERS": "layers of a network",
    "MAX_CALL_DEPTH": "levels of blocks that call blocks",
    "MAX_STEP_NESTING": "levels of steps inside steps",
    "MAX_CHECK_EFFORT": "steps, iterations and layers of all variants of a file, after which "
    "`cnncalc check` and `cnncalc diff` build no further variant",
    "MAX_COMPARED_WORDS": "known words with which an unknown one is compared for a hint",
    "MAX_ALIGNMENT_EFFORT": "steps of the search for corresponding layers of two networks with "
    "little in common (and 20 more for each layer), after which `cnncalc diff` aligns the rest "
    "coarsely and reports that",
    "MAX_CONFIGURATION_BYTES": "bytes of a `pyproject.toml` with the table `[tool.cnncalc]`",
    "MAX_CONFIGURATION_KEY_PARTS": "parts of a dotted key in it",
    "MAX_FIX_EFFORT": "characters and layers that `--fix` checks again to find the fixes of a file "
    "that cause an error",
}
"""The description of each bound."""
