"""The architecture language as a JSON Schema (2020-12), for editors: what `cnncalc schema` writes.

It is derived from the words that the parser knows and from the classes of layers; `document` has the top level, `steps`
what a step can be, `kinds` what each kind of layer takes, `values` what stands as a value.

It is shaped for the YAML language server, which VS Code, Neovim and others use.  What a step is, is told apart by `if`,
one kind at a time, so that a mistake is marked where it stands, in words of that kind: of alternatives (`anyOf`) a
message could name only some.  `markdownDescription`, `errorMessage`, `defaultSnippets` and `doNotSuggest` are its own
keywords, which others read over.
"""

from .document import language_schema
from .text import schema_text

__all__ = ["language_schema", "schema_text"]
