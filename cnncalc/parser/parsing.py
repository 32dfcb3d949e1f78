"""The text of a file -> its network, or the problems in it."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import NamedTuple

from ..document import Document
from ..network import Network
from ..problem import Problem
from .build import Builder, choose
from .decoding import decode, split_lines
from .problem_list import FatalProblem, ProblemList
from .reading.context import ReadContext
from .reading.document import FileReader
from .request import Request
from .source import YamlNode, read


class Parsed(NamedTuple):
    """What came of a text.  `network` is there if nothing is wrong; `rows` are what there is before a step that failed.

    `root` is the text as it was written, `document` what was read of it.
    """

    network: Network | None
    rows: Network | None
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    variants: tuple[str, ...]
    root: YamlNode | None = None
    document: Document | None = None


def parse(data: bytes, file: str, request: Request = Request(), *, pure: bool = False) -> Parsed:
    """The text of a file -> a network or problems, in reading order.

    Raises WrongRequest.  `pure` reads with PyYAML's pure parser even where libyaml is there.
    """
    problems = ProblemList()
    lines: list[str] = []
    variants: tuple[str, ...] = ()
    try:
        text = decode(data)
        lines = split_lines(text)
        root = read(text, lines, problems, pure=pure)
        document = FileReader(ReadContext(problems)).read(root)
        variants = tuple(document.variants)
        network = Builder(document, choose(document, request), request, problems, file).build()
    except FatalProblem as fatal:
        return Parsed(None, None, (*sorted(problems), fatal.problem), tuple(lines), variants)
    whole = None if problems.wrong else network
    return Parsed(whole, network, tuple(sorted(problems)), tuple(lines), variants, root, document)
