"""The architecture language as a JSON Schema (2020-12) for editors: the output of `cnncalc schema`.

It is derived from the keys that the parser knows and from the classes of layers.  `document` has
the top level, `steps` the steps, `kinds` the layers, `values` the values.

It is made for the YAML language server, which VS Code, Neovim and others use.  The type of a step
is decided by one `if` per kind, so that an error is marked at its position and with a message for
that kind: for alternatives (`anyOf`), a message could name only some.  `markdownDescription`,
`errorMessage`, `defaultSnippets` and `doNotSuggest` are keywords of that server, which other tools
ignore.
"""

from .document import language_schema
from .text import schema_text

__all__ = ["language_schema", "schema_text"]
