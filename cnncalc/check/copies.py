"""Copies of one network of a file: without variants, and without what the network does not use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import lru_cache

from ..engine import analyse
from ..engine.analysis import Analysis, LayerAnalysis
from ..escape import safe
from ..layers.layer import Layer
from ..lint.finding import Finding
from ..lint.selection import select_rules
from ..parser import Request, parse, read_document
from ..parser.network_builder import combined
from ..problem import Error
from ..shape import Shape
from ..sources.resolve import Source
from ..sources.starter import MODELINE
from ..sources.text_edit import apply_edits
from ..sources.variant_copy import VariantsFile
from ..unparse.document import unparse
from .file import check_file
from .unused_parts import removals

MAX_PASSES = 20
"""What is not used any more after one removal is removed in the next pass."""
FEW_TEXTS = 4
"""The texts whose findings are kept: the last text of one step is the first one of the next."""
SUPPRESSION = re.compile(r"(cnncalc: ignore\[[^\]]*)\]\s*$")


class UncopiedFile(Error, ValueError):
    """A file of which no copy with the same network can be made."""


def copy_of(source: Source) -> str:
    """The text of a file with the network of a source, whose file must be valid, alone.

    Findings that the whole file does not have are resolved: what this network does not use is
    removed, and any other finding gets a comment.  Raises UncopiedFile.
    """
    text = re.sub("\r\n?", "\n", source.data.decode("utf-8"))
    original = VariantsFile(text)
    text = re.sub(r"\A# yaml-language-server:.*\n", "", text)
    if not original.variants:
        return MODELINE + VariantsFile(text).without_accuracy()
    wanted = network_of(source.data, source.variant)
    chosen = source.variant or next(iter(original.variants))
    copied = VariantsFile(text).only(chosen)
    warning = "Comments may refer to other networks of that file."
    if not is_same(wanted, network_of(copied.encode())):  # a layout that the edits do not fit
        copied, warning = without_comments(source, chosen), "Its comments are not copied."
    if not is_same(wanted, network_of(copied.encode())):
        raise UncopiedFile(f"{source.name} cannot be copied: copy the file and edit it")
    origin = f"# Made from {safe(chosen)} of {safe(os.path.basename(source.name))}."
    known = {subject(finding) for finding in findings_of(source.data)}
    copied = pruned(f"{MODELINE}{origin}  {warning}\n{copied}", known, wanted)
    return suppressed(copied, known, wanted)


def without_comments(source: Source, chosen: str) -> str:
    """The text of a valid file with one of its variants as the only network, laid out anew."""
    document = read_document(source.data, source.name).document
    assert document is not None
    variant = document.variants[chosen]
    metadata = combined(document.metadata, variant.metadata)
    alone = document._replace(
        metadata=metadata._replace(budget=metadata.budget or None, accuracy=None),
        vars=document.vars | variant.vars,
        variants={},
    )
    return unparse(alone)


def pruned(text: str, known: set[tuple[str, str]], wanted: Analysis | None) -> str:
    """The text without what new findings report as unused, as long as the network is the same."""
    rejected: set[tuple[str, str]] = set()
    for _ in range(MAX_PASSES):
        changed = False
        for finding in reversed(new_findings(text, known)):
            edited = with_removal(text, finding)
            if subject(finding) in rejected or edited is None:
                continue
            if is_same(wanted, network_of(edited.encode())):
                text, changed = edited, True
                break  # the positions of the others are those before
            rejected.add(subject(finding))
        if not changed:
            return text
    return text


def with_removal(text: str, finding: Finding) -> str | None:
    """The text without what a finding is about; None if it cannot be removed."""
    try:
        edits = removals(text, finding)
        return apply_edits(text, edits) if edits else None
    except ValueError:  # the edits overlap
        return None


def suppressed(text: str, known: set[tuple[str, str]], wanted: Analysis | None) -> str:
    """The text with a comment on the line of each new finding."""
    lines = text.split("\n")
    for finding in new_findings(text, known):
        at, rule = finding.problem.span.line - 1, finding.problem.rule
        line = lines[at]
        if SUPPRESSION.search(line):
            lines[at] = SUPPRESSION.sub(rf"\1, {rule}]", line)
        elif "#" in line:
            lines[at] = f"{line}, cnncalc: ignore[{rule}]"
        else:
            lines[at] = f"{line}  # cnncalc: ignore[{rule}]"
    edited = "\n".join(lines)
    return edited if is_same(wanted, network_of(edited.encode())) else text


# What is found, and what must stay the same


def subject(finding: Finding) -> tuple[str, str]:
    return finding.problem.rule, finding.problem.message


@lru_cache(maxsize=FEW_TEXTS)
def findings_of(data: bytes) -> Iterable[Finding]:
    result = check_file(data, "copy.yaml", select_rules(None, ()))
    return result.findings if result else ()


def new_findings(text: str, known: set[tuple[str, str]]) -> list[Finding]:
    """The findings of rules that the original file does not have."""
    found = findings_of(text.encode())
    return [one for one in found if one.problem.severity != "error" and subject(one) not in known]


@lru_cache(maxsize=FEW_TEXTS)
def network_of(data: bytes, variant: str | None = None) -> Analysis | None:
    """The analysis of a network; None if there is an error."""
    network = parse(data, "copy.yaml", Request(variant)).network
    return analyse(network) if network else None


def is_same(one: Analysis | None, other: Analysis | None) -> bool:
    """Whether two analyses have the same layers by the same names, shapes, totals, and as many
    expectations.
    """
    if one is None or other is None:
        return False
    layers = [list(map(identity, analysis.layers)) for analysis in (one, other)]
    totals = [analysis.totals._replace(peak_layer="") for analysis in (one, other)]
    networks = one.network, other.network
    stated = [
        (len(network.expect), len(network.budget), network.device_budget is None)
        for network in networks
    ]
    return all(first == second for first, second in (layers, totals, stated))


def identity(layer: LayerAnalysis) -> tuple[str, Layer, Shape, int]:
    """What stays the same of a layer in a copy of its file: automatic names too."""
    return layer.node.path, layer.node.layer, layer.node.shape, layer.params
