"""The tokens of an expression."""

from __future__ import annotations

import re

from ..problem import Refusal

TOKEN = r"""(?xa)\s*(?:
    (?P<sizes>\d+(?:x\d+)+(?![\w.]))
    |(?P<number>(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<mark>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],=])
)"""

SIZES = re.compile(r"\s*[(\[]?\s*[0-9]+(?:\s*[xX\u00d7*,;]\s*[0-9]+|\s+[0-9]+)+\s*,?\s*[)\]]?\s*")
"""Sizes as other languages write them."""


def sizes_meant(text: str) -> str:
    """The sizes in a text as they are written here; empty if it is not a list of sizes.

    >>> sizes_meant("(3, 32, 32)"), sizes_meant("3*32*32"), sizes_meant("32")
    ('3x32x32', '3x32x32', '')
    """
    return "x".join(re.findall("[0-9]+", text)) if re.fullmatch(SIZES, text) else ""


SPELLINGS = {
    "\u201c": "write straight quotes",
    "\u201d": "write straight quotes",
    "\u2018": "write straight quotes",
    "\u2019": "write straight quotes",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=`",
    "=": "compare with `==`",
}
"""Hints for the operators of other languages."""


class TokenStream:
    """The tokens of a text: `token` is the next one, `kind` its kind (empty at the end)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.pattern = re.compile(TOKEN)  # at the first use: re caches it
        self.kind = self.token = ""
        self.advance()

    def advance(self) -> str:
        """Go to the next token; returns the one before."""
        last = self.token
        found = self.pattern.match(self.text, self.position)
        if found:
            self.kind, self.token = found.lastgroup or "", found[found.lastgroup or 0]
            self.position = found.end()
        else:
            rest = self.text[self.position :].strip()
            if rest:
                raise Refusal(
                    f"invalid expression `{self.text}`: found `{rest[:20]}`",
                    self.hint(rest),
                    rule="expression",
                )
            self.kind = self.token = ""
        return last

    def unexpected(self, wanted: str = "") -> Refusal:
        found = f"found `{self.token}`" if self.kind else "found the end"
        message = f"invalid expression `{self.text}`: expected {wanted or 'an operator'}, {found}"
        return Refusal(message, self.hint(self.token) if self.kind else "", rule="expression")

    def hint(self, found: str) -> str:
        """The hint for an unexpected text."""
        if re.fullmatch(r"\s*0,[0-9]+\s*", self.text):
            return f"decimals have a point: {self.text.strip().replace(',', '.')}"
        if meant := sizes_meant(self.text):
            return f"did you mean {meant}?"
        if re.fullmatch(r"\s*\([^()]+,[^()]*\)\s*", self.text):
            return f"write a list in brackets: [{self.text.strip()[1:-1].rstrip(', ')}]"
        if re.match("[0-9][0-9_]*_", found):
            return "digits can be separated by single underscores: 1_000"
        argument = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*=\s*([^=].*)", self.text)
        if found[0] == "=" and argument:
            key = f"{argument[1]}: {argument[2]}"
            return f"write an argument as a key of the step: {key} (`==` compares)"
        return SPELLINGS.get(
            found[0], "an expression consists of numbers, names, lists and `+ - * / // % **`"
        )

    def accept(self, *tokens: str) -> bool:
        if self.kind in ("mark", "name") and self.token in tokens:
            self.advance()
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise self.unexpected(f"`{token}`")

    def names_argument(self) -> bool:
        """True if the token is a name before a `=`, as in `divisor=8`."""
        return (
            self.kind == "name" and re.match(r"\s*=(?!=)", self.text[self.position :]) is not None
        )

    def within_brackets(self) -> str:
        """The text up to the closing bracket; the next token is the one after it."""
        start = end = self.position
        depth = 1
        while end < len(self.text) and depth:
            depth += (self.text[end] == "(") - (self.text[end] == ")")
            end += 1
        if depth:
            raise Refusal(
                f"invalid expression `{self.text}`: a bracket is not closed", rule="expression"
            )
        self.position = end
        return self.text[start : end - 1].strip()
