"""Programs of PyTorch made by hand: what their functions become."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cnncalc.importers.program import (
    ModuleCall,
    Operation,
    Program,
    StoredTensor,
    TensorRef,
    TensorSizes,
)
from cnncalc.importers.pytorch.lowering import lower
from cnncalc.sketch import Sketch

BATCH = 13
X = TensorRef("input", (BATCH, 6, 4), "x")


def lowered(*operations: Operation, parameters: Mapping[str, TensorSizes] = {}) -> Sketch:
    """The Sketch of a model of one input, whose output is that of the last operation."""
    last = len(operations) - 1
    program = Program(
        framework="torch 2.13.0",
        batch=BATCH,
        inputs=(X,),
        outputs=(("", result(operations, last)),),
        operations=operations,
        calls=(ModuleCall("", "Net", None, 0, len(operations)),),
        parameters={name: StoredTensor(sizes, True) for name, sizes in parameters.items()},
        buffers={},
    )
    return lower(program, "net", "")


def result(operations: tuple[Operation, ...], index: int) -> TensorRef:
    return TensorRef("output", operations[index].results[0], "", index)


def call(function: str, *arguments: object, sizes: TensorSizes) -> Operation:
    return Operation(function, arguments, {}, (sizes,), 0)


def test_parts_without_elements_are_joined_to_nothing() -> None:
    """Qwen3 rotates the positions after the first `n` of each image, and `n` is 0."""
    first = call("narrow", X, 1, 0, 0, sizes=(BATCH, 0, 4))
    active = call("relu", TensorRef("output", (BATCH, 0, 4), "", 0), sizes=(BATCH, 0, 4))
    rest = call("relu", X, sizes=X.sizes)
    both = (TensorRef("output", (BATCH, 0, 4), "", 1), TensorRef("output", X.sizes, "", 2))
    found = lowered(first, active, rest, call("cat", both, 1, sizes=X.sizes))
    assert [layer.kind for layer in found.layers] == ["relu"]


# torch.utils.flop_counter: `F.linear` of 6, 13 and 13 rows of 2 numbers and a matrix 4x2 takes
# 96, 208 and 208 operations; for the expanded table, these are 16 for each sample.
@pytest.mark.parametrize(
    ("rows", "is_spread", "macs"), [(6, False, 48), (13, False, 104), (13, True, 8)]
)
def test_products_of_parameters_are_told(rows: int, is_spread: bool, macs: int) -> None:
    """Tables that a network of their own calculates; one may have as many rows as the batch."""
    stored = (1 if is_spread else rows, 2)
    table = call("expand", TensorRef("parameter", stored, "table"), rows, 2, sizes=(rows, 2))
    if not is_spread:
        table = table._replace(function="tanh", arguments=table.arguments[:1])
    matrix = TensorRef("parameter", (4, 2), "matrix")
    product = call("linear", TensorRef("output", (rows, 2), "", 0), matrix, sizes=(rows, 4))
    mean = call("mean", TensorRef("output", (rows, 4), "", 1), 0, sizes=(4,))
    total = call("add", X, TensorRef("output", (4,), "", 2), sizes=X.sizes)
    found = lowered(table, product, mean, total, parameters={"table": stored, "matrix": (4, 2)})
    assert found.totals().macs == 0
    note = f"1 product of parameters ({macs} multiply-accumulates) is not counted"
    assert any(note in entry for entry in found.notes)
