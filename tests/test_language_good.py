"""Each rule of the language in a small file, with the network that it must give, derived by hand.

One line per layer in file order: `path  type  shape  params  macs  <- inputs`, followed by
` [shared TAG]`, ` [frozen]` (for weights that are not trained), ` [TYPES]` (for data types other
than those of the network) and ` [training only]`; the shape of a chunk is that of its parts.  Then
the totals, the outputs, the limits of `budget`, and `x LINE NUMBER` for an expectation that is not
met.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncalc.check.expect import check_expect
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis, LayerAnalysis
from cnncalc.network import Network
from cnncalc.parser import Parsed, Request, parse

from .support.paths import TESTS

CASES = sorted((TESTS / "networks" / "good").glob("*.yaml"))


def listing(path: Path, *, pure: bool = False) -> str:
    data = path.read_bytes()
    parsed = parse(data, path.name, pure=pure)
    if not parsed.variants:
        return "\n".join(lines(parsed)) + "\n"
    return "".join(
        "\n".join([f"# variant {name}", *lines(parse(data, path.name, Request(name), pure=pure))])
        + "\n"
        for name in parsed.variants
    )


def lines(parsed: Parsed) -> Iterator[str]:
    network = parsed.network
    assert network is not None, parsed.problems
    report = analyse(network)
    for layer in report.layers:
        yield layer_line(layer, network)
    totals = report.totals
    yield (
        f"= params {totals.params}, trainable {totals.trainable_params}, "
        f"buffers {totals.buffers}, macs {totals.macs}, "
        f"peak {totals.peak_bytes} at {totals.peak_layer}"
    )
    yield "= outputs " + ", ".join(
        f"{name} {value.shape}" for name, value in network.outputs.items()
    )
    if network.budget:
        yield "= budget " + ", ".join(
            f"{limit.number} {limit.most.value}" for limit in network.budget
        )
    yield from failed_expectations(network, report)
    assert not parsed.problems


def layer_line(layer: LayerAnalysis, network: Network) -> str:
    node = layer.node
    shape = " + ".join(map(str, node.outputs)) if node.outputs else str(node.shape)
    inputs = ", ".join(network.path_of(value) for value in node.inputs)
    line = f"{node.path}  {node.layer.kind}  {shape}  {layer.params}  {layer.macs}  <- {inputs}"
    line = line.rstrip()
    if node.shared:
        line += f" [shared {node.shared}]"
    if layer.params and not node.trainable:
        line += " [frozen]"
    if node.dtype != network.types:
        line += f" [{node.dtype.text}]"
    return line + " [training only]" * node.training_only


def failed_expectations(network: Network, report: Analysis) -> Iterator[str]:
    failed = {problem.span for problem in check_expect(report)}
    for expectation in network.expect:
        if expectation.span in failed:
            reference = f"{expectation.reference} " if expectation.reference else ""
            yield f"x {expectation.span.line} {reference}{expectation.number}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_as_derived(path: Path) -> None:
    assert listing(path) == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_pure_parser_gives_the_same(path: Path) -> None:
    assert listing(path, pure=True) == listing(path)


def test_paths_are_unique() -> None:
    for path in CASES:
        network = parse(path.read_bytes(), path.name).network
        assert network is not None
        paths = [node.path for node in network.nodes]
        assert len(paths) == len(set(paths)), path.name
