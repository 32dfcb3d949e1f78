"""The text of an expression, token by token."""

from __future__ import annotations

import re

from ..problem import Refusal

TOKEN = r"""(?xa)\s*(?:
    (?P<sizes>\d+(?:x\d+)+(?![\w.]))
    |(?P<number>(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<mark>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],=])
)"""

SPELLINGS = {
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=`",
    "=": "compare with `==`",
}
"""What to do about the marks of other languages."""


class TokenStream:
    """A text, of which `token` is the next to be read and `kind` says what it is; the empty kind is the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.pattern = re.compile(TOKEN)  # once: re remembers it
        self.kind = self.token = ""
        self.advance()

    def advance(self) -> str:
        """Go to the next token and return the last one."""
        last = self.token
        found = self.pattern.match(self.text, self.position)
        if found:
            self.kind, self.token = found.lastgroup or "", found[found.lastgroup or 0]
            self.position = found.end()
        else:
            rest = self.text[self.position :].strip()
            if rest:
                raise Refusal(
                    f"`{self.text}` is no expression: found `{rest[:20]}`",
                    self.hint(rest),
                    rule="expression",
                )
            self.kind = self.token = ""
        return last

    def unexpected(self, wanted: str = "") -> Refusal:
        found = f"found `{self.token}`" if self.kind else "found the end"
        message = f"`{self.text}` is no expression: expected {wanted or 'an operator'}, {found}"
        return Refusal(message, self.hint(self.token) if self.kind else "", rule="expression")

    def hint(self, found: str) -> str:
        """What to write in place of what was found."""
        if re.fullmatch(r"[0-9]+(\s*[xX\u00d7*]\s*[0-9]+)+", self.text):
            return f"sizes are written {'x'.join(re.findall('[0-9]+', self.text))}"
        if re.match("[0-9][0-9_]*_", found):
            return "the digits of a number may be parted by one `_` at a time: 1_000"
        argument = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*=\s*([^=].*)", self.text)
        if found[0] == "=" and argument:
            return f"an argument stands beside: {argument[1]}: {argument[2]} (and `==` compares)"
        return SPELLINGS.get(
            found[0], "an expression has numbers, names, lists and `+ - * / // % **`"
        )

    def accept(self, *tokens: str) -> bool:
        if self.kind in ("mark", "name") and self.token in tokens:
            self.advance()
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise self.unexpected(f"`{token}`")

    # The grammar, from what binds least to what binds most

    def names_argument(self) -> bool:
        """Whether the token is a name with a `=` behind it, as in `divisor=8`."""
        return (
            self.kind == "name" and re.match(r"\s*=(?!=)", self.text[self.position :]) is not None
        )

    def within_brackets(self) -> str:
        """What stands between the bracket that is open and the one that closes it, behind which the next token is."""
        start = end = self.position
        depth = 1
        while end < len(self.text) and depth:
            depth += (self.text[end] == "(") - (self.text[end] == ")")
            end += 1
        if depth:
            raise Refusal(
                f"`{self.text}` is no expression: a bracket is not closed", rule="expression"
            )
        self.position = end
        return self.text[start : end - 1].strip()
