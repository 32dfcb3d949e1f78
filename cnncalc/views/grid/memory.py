"""The memory plan of TensorFlow Lite Micro as rows: one per buffer, in the order of their use."""

from __future__ import annotations

from ...devices.memory_plan import MemoryPlan
from .grid import Grid, GridColumn, Remark

BUFFERS = (
    GridColumn("offset", "offset", "integer", rank=8),
    GridColumn("bytes", "bytes", "integer", rank=8),
    GridColumn("first", "first", "integer", rank=6),
    GridColumn("last", "last", "integer", rank=6),
    GridColumn("operator", "operator", rank=5),
    GridColumn("role", "role", rank=4),
    GridColumn("holds", "holds", rank=9, least=12, color="bold"),
)


def memory_grid(plan: MemoryPlan) -> Grid:
    """The buffers, with the operators between which they are live; `operator` is the first."""
    names = ["", *(operator.name for operator in plan.program.operators)]
    rows = [
        (one.offset, one.bytes, one.first, one.last, names[one.first], one.role, one.name)
        for one in sorted(plan.placements, key=lambda one: (one.first, one.last))
    ]
    return Grid(BUFFERS, tuple(rows), remark=Remark(summary(plan), {}), title="Memory plan")


def summary(plan: MemoryPlan) -> str:
    """The arena, and what placement costs."""
    above = plan.arena_bytes - plan.liveness_bytes
    return (
        f"arena {plan.arena_bytes:,} B: {plan.liveness_bytes:,} B are live at once at most, and"
        f" {above:,} B are lost by placement"
    )
