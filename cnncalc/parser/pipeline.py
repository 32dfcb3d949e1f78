"""Bytes of a file -> its networks, or the problems in it.

Reading a file is the same for all of its networks, so there are two functions:

    file = read_document(data, "resnet.yaml")
    networks = [build(file, Request(name)).network for name in file.variants]

`parse` does both for one network.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from ..datum import Datum
from ..document import Document
from ..named_tuple import NamedTuple
from ..network import Network
from ..problem import Problem, Span
from .decoding import decode, split_lines
from .expansion.build_cache import BuildCache
from .expansion.trace import Trace, TraceRecorder
from .network_builder import NetworkBuilder, select_variant
from .problem_list import FatalProblem, ProblemList
from .reading.context import ReadContext
from .reading.document import DocumentReader
from .recognition import is_architecture, looks_like_architecture
from .request import Request
from .yaml_nodes import YamlNode
from .yaml_reader import read_yaml


class ReadFile(NamedTuple):
    """A file after reading and checking: the input of `build`, which never changes it.

    `root` is None if the text is not YAML, `document` if reading stopped early.  `problems` are in
    reading order and concern the file itself; those of a single variant are found by `build`.
    `is_imported`: the text is that of an imported model, so that nobody has its lines in a file.
    """

    name: str
    lines: tuple[str, ...]
    root: YamlNode | None
    document: Document | None
    problems: tuple[Problem, ...]
    is_imported: bool = False

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants in file order; empty if the file has none."""
        return tuple(self.document.variants) if self.document is not None else ()

    @property
    def is_valid(self) -> bool:
        """True if no errors were found in reading; a variant may have some nevertheless."""
        return self.document is not None and not ProblemList(self.problems).has_errors


class Parsed(NamedTuple):
    """The outcome of building one network of a file.

    `network` is None if there are errors.  `partial` then holds the layers before the first step
    that failed, if any.  `problems` are those of the file and of this network, in reading order.
    `conditions` are the values that each `when` evaluated to, by its position; `effort` is the
    number of steps, iterations, values and layers that it took (see MAX_CHECK_EFFORT).
    """

    file: ReadFile
    network: Network | None
    partial: Network | None
    problems: tuple[Problem, ...]
    conditions: Mapping[Span, Set[bool]]
    effort: int

    @property
    def lines(self) -> tuple[str, ...]:
        return self.file.lines

    @property
    def variants(self) -> tuple[str, ...]:
        return self.file.variants

    @property
    def root(self) -> YamlNode | None:
        return self.file.root

    @property
    def document(self) -> Document | None:
        return self.file.document


def read_document(data: bytes, name: str, *, pure: bool = False) -> ReadFile:
    """Read and check a file once, for any number of calls of `build`.  Problems are collected.

    `name` is what messages call the file.  `pure` selects PyYAML's pure Python parser even if
    libyaml is available.
    """
    return with_document(read_nodes(data, name, pure))


def read_architecture(data: bytes, name: str) -> ReadFile | None:
    """Like `read_document`, but None for YAML (or other text) that is not an architecture file."""

    file = read_nodes(data, name)
    if file.root is not None:
        accepted = is_architecture(file.root)
    else:
        accepted = looks_like_architecture(data.decode("utf-8", "replace"))
    return with_document(file) if accepted else None


def read_nodes(data: bytes, name: str, pure: bool = False) -> ReadFile:
    """The first half of reading: bytes -> YAML nodes with positions."""
    problems = ProblemList()
    lines: tuple[str, ...] = ()
    try:
        text = decode(data)
        lines = tuple(split_lines(text))
        root = read_yaml(text, lines, problems, pure=pure)
    except FatalProblem as fatal:
        return ReadFile(name, lines, None, None, (*sorted(problems), fatal.problem))
    return ReadFile(name, lines, root, None, tuple(problems))


def with_document(file: ReadFile) -> ReadFile:
    """The second half of reading: YAML nodes -> a document of the language."""
    if file.root is None:
        return file
    problems = ProblemList(file.problems)
    try:
        document = DocumentReader(ReadContext(problems)).read(file.root)
    except FatalProblem as fatal:
        return file._replace(problems=(*sorted(problems), fatal.problem))
    return file._replace(document=document, problems=tuple(sorted(problems)))


def build(
    file: ReadFile,
    request: Request = Request(),
    recorder: TraceRecorder | None = None,
    cache: BuildCache | None = None,
) -> Parsed:
    """Build the network of one variant of a file that was read.

    A recorder is given what is done for each step.  Builds of a file with the same `cache` make
    equal layers and block calls once.  Raises RequestError if the request does not fit the file.
    """
    if file.document is None:
        return Parsed(file, None, None, file.problems, {}, 0)
    problems = ProblemList(file.problems)
    variant = select_variant(file.document, request)
    builder = NetworkBuilder(file.document, variant, request, problems, file.name, recorder, cache)
    network: Network | None = None
    found: tuple[Problem, ...] = ()
    try:
        network = builder.build()
        found = tuple(sorted(problems))
    except FatalProblem as fatal:
        found = (*sorted(problems), fatal.problem)
    complete = None if problems.has_errors else network
    return Parsed(file, complete, network, found, builder.conditions, builder.effort)


def variables_of(file: ReadFile, request: Request = Request()) -> Mapping[str, Datum]:
    """The values of the variables of a file for a request; none if it has errors.

    Raises RequestError if the request does not fit the file.
    """
    if file.document is None:
        return {}
    variant = select_variant(file.document, request)
    builder = NetworkBuilder(file.document, variant, request, ProblemList(), file.name)
    builder.set_variables()
    return builder.variables


class TracedNetwork(NamedTuple):
    """A network with the file that it is from, and what was done for each of its steps."""

    network: Network
    document: Document
    trace: Trace


def build_traced(
    file: ReadFile, request: Request = Request()
) -> tuple[Parsed, TracedNetwork | None]:
    """Like `build`, with a trace; None instead of that if there are errors."""
    recorder = TraceRecorder()
    parsed = build(file, request, recorder)
    if parsed.network is None or file.document is None:
        return parsed, None
    trace = Trace(tuple(recorder.occurrences), recorder.variables)
    return parsed, TracedNetwork(parsed.network, file.document, trace)


def parse(data: bytes, name: str, request: Request = Request(), *, pure: bool = False) -> Parsed:
    """Read a file and build one network of it: `read_document`, then `build`.

    Raises RequestError if the request does not fit the file.
    """
    return build(read_document(data, name, pure=pure), request)
