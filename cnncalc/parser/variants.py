"""A whole file: its document, the networks of all of its variants, and every mistake in any of them."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..document import COMMON_KEYS, STRUCTURES, TOP, Document, Variant
from ..layers import LAYERS
from ..limits import MAX_CHECK_EFFORT
from ..network import Network
from ..problem import Call, Problem, Span, nearest
from .build import Builder, choose
from .decoding import decode, split_lines
from .problem_list import FatalProblem, ProblemList
from .reading.context import ReadContext
from .reading.document import FileReader
from .request import Request
from .source import YamlNode, read


class Survey(NamedTuple):
    """What a file comes to.  `document` is there if the file could be read without a mistake.

    `networks` has an entry a variant (one of the name None where there are none), which is None where it cannot be
    built; `whens` is what each `when` has come to, by its place, in all of them.
    """

    document: Document | None
    networks: dict[str | None, Network | None]
    whens: dict[Span, set[bool]]
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]


def survey(
    data: bytes, file: str, variant: str | None = None, *, if_ours: bool = False
) -> Survey | None:
    """The text of a file -> all of its networks, or the one that is asked for, with each mistake once.

    `if_ours` gives None for YAML that is another tool's.  Raises WrongRequest where there is no such variant.
    """
    problems = ProblemList()
    lines: tuple[str, ...] = ()
    try:
        text = decode(data)
        lines = tuple(split_lines(text))
        root = read(text, list(lines), problems)
        if if_ours and not is_ours(root):
            return None
        document = FileReader(ReadContext(problems)).read(root)
    except FatalProblem as fatal:
        if if_ours and not looks_ours(data.decode("utf-8", "replace")):
            return None
        return Survey(None, {}, {}, (*sorted(problems), fatal.problem), lines)
    return surveyed(document, chosen(document, variant), problems, file, lines)


def surveyed(
    document: Document,
    variants: list[Variant | None],
    problems: ProblemList,
    file: str,
    lines: tuple[str, ...],
) -> Survey:
    """The networks of variants of a document in which the reader has found these problems."""
    networks: dict[str | None, Network | None] = {}
    whens: dict[Span, set[bool]] = {}
    found: list[tuple[Variant | None, ProblemList]] = []
    effort = 0
    for variant in variants:
        name = variant and variant.name
        networks[name] = None
        if variant and effort > MAX_CHECK_EFFORT:
            message = f"more than {MAX_CHECK_EFFORT:,} steps, rounds and values are looked at in the variants above"
            found.append(
                (variant, ProblemList([*problems, Problem(variant.span, "limit", message)]))
            )
            networks.update({rest.name: None for rest in variants[len(networks) :] if rest})
            break
        own = ProblemList(problems)
        found.append((variant, own))
        builder = Builder(document, variant, Request(), own, file)
        try:
            network = builder.build()
            networks[name] = None if own.wrong else network
        except FatalProblem as fatal:
            list.append(own, fatal.problem)
        account = builder.expansion.account
        effort += account.effort + account.rounds + len(builder.expansion.graph.nodes)
        for span, outcomes in account.whens.items():
            whens.setdefault(span, set()).update(outcomes)
    return Survey(None if problems.wrong else document, networks, whens, merged(found), lines)


def chosen(document: Document, variant: str | None) -> list[Variant | None]:
    if variant is not None:
        return [choose(document, Request(variant))]
    return list(document.variants.values()) or [None]


def merged(found: list[tuple[Variant | None, ProblemList]]) -> tuple[Problem, ...]:
    """Each mistake once, in reading order; one that not all variants have says in which it is found first."""
    counts: dict[tuple[Span, str, str], int] = {}
    for _, problems in found:
        for key in {(problem.span, problem.rule, problem.message) for problem in problems}:
            counts[key] = counts.get(key, 0) + 1
    kept: dict[tuple[Span, str], Problem] = {}
    for variant, problems in found:
        for problem in problems:
            everywhere = counts[problem.span, problem.rule, problem.message] == len(found)
            if variant is not None and not everywhere:
                problem = problem._replace(
                    calls=(*problem.calls, Call(f"variant `{variant.name}`", variant.span))
                )
            kept.setdefault((problem.span, problem.rule), problem)
    return tuple(sorted(kept.values()))


# Whose file it is


def is_ours(root: YamlNode) -> bool:
    """Whether YAML is an architecture file: `layers` with a step that the language knows, and few keys that it does not."""
    pairs = {key.text: value for key, value in root.pairs}
    if "layers" not in pairs or pairs["layers"].kind == "mapping":
        return False
    strangers = [key for key in pairs if key not in TOP and not nearest(key, TOP)]
    if strangers and ("input" not in pairs or len(strangers) >= len(pairs) - len(strangers)):
        return False
    known = {*LAYERS, *STRUCTURES, "from"}
    for key in ("blocks", "vars"):
        known |= {name.text for name, _ in pairs[key].pairs} if key in pairs else set()
    steps = list(words_of(pairs["layers"]))
    return any(word in known for word in steps) if steps else "input" in pairs


def words_of(layers: YamlNode) -> Iterator[str]:
    """The word that says what each step is."""
    for step in layers.items:
        if step.kind == "scalar":
            yield step.text
        for key, _ in step.pairs:
            if key.text not in COMMON_KEYS or (key.text == "from" and len(step.pairs) == 1):
                yield key.text
                break


def looks_ours(text: str) -> bool:
    """The same of a text that is no YAML, by the keys at the start of its lines."""
    keys = set(re.findall(r"^[\"']?(\w+)[\"']?[ ]*:", text, re.MULTILINE))
    return (
        {"input", "layers"} <= keys
        and len(keys - set(TOP)) < len(keys & set(TOP))
        and "{%" not in text
    )
