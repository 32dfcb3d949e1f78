"""Explanations as JSON, `cnncalc/explain/1`: every number as terms of formula, values and result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ...documents.report import field_object, share_object
from ...engine.analysis import Analysis
from ...engine.quantities import network_number
from ...engine.receptive_field import AxisField
from ...explain import GroupExplanation, LayerExplanation, Overview
from ...explain.group import GroupPart
from ...explain.layer import Held
from ...explain.receptive_field import FieldStep
from ...layers.formula import Terms

SCHEMA = "cnncalc/explain/1"


def explain_json(
    report: Analysis,
    layers: Sequence[LayerExplanation],
    groups: Sequence[GroupExplanation],
    story: Overview | None = None,
) -> str:
    """The whole document, a layer a line.  What terms make is that of one sample, `held` that of the batch."""
    network = report.network
    head = {
        "schema": SCHEMA,
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "dtype": network.dtype,
    }
    convention = {"convention": convention_object(report)} if report.measures else {}
    parts = [
        json.dumps({**head, "batch": report.batch, **convention})[1:-1],
        f'"layers": {listed(map(layer_object, layers))}',
    ]
    if groups:
        parts.append(f'"groups": {listed(map(group_object, groups))}')
    if story is not None:
        parts.append(f'"story": {json.dumps(story_object(story))}')
    return "{" + ",\n".join(parts) + "}\n"


def listed(entries: Iterable[dict[str, Any]]) -> str:
    lines = ",\n".join(map(json.dumps, entries))
    return f"[\n{lines}]" if lines else "[]"


def layer_object(explained: LayerExplanation) -> dict[str, Any]:
    node = explained.layer.node
    return {
        "path": node.path,
        "type": node.layer.kind,
        "line": node.span.line,
        "inputs": explained.inputs,
        "input_shapes": node.input_shapes,
        "output_shape": node.shape,
        "shape": terms_list(explained.shape),
        "windows": {
            axis: dict(zip(WINDOW, along, strict=True)) for axis, along in explained.windows.items()
        },
        "numbers": [
            {
                "number": one.number,
                "total": one.total,
                "terms": terms_list(one.terms),
                "remarks": one.remarks,
            }
            for one in explained.sections
        ],
        "held": held_list(explained.held),
        "receptive_field": field_object(explained.layer.receptive_field),
        "receptive_field_steps": [step_object(step) for step in explained.field],
        "notes": explained.layer.notes,
        **({"convention": explained.elsewhere._asdict()} if explained.elsewhere else {}),
    }


def convention_object(report: Analysis) -> dict[str, Any]:
    """Another tool's count of the network, and the kinds of layers that it counts otherwise."""
    from ...explain.convention import differences

    recount = report.measure("convention")
    assert recount is not None
    return {
        "name": recount.name,
        "version": recount.version,
        "unit": recount.unit,
        "total": recount.total,
        "beside": recount.quantity,
        "ours": network_number(report, recount.quantity),
        "differences": [one._asdict() for one in differences(report)],
    }


WINDOW = ("size", "kernel", "stride", "padding", "padding_end", "dilation")


def terms_list(terms: Terms) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "formula": term.formula,
            "values": term.values,
            "with_numbers": term.with_numbers,
            "result": term.result,
            "reason": term.reason,
        }
        for name, term in terms.items()
    ]


def held_list(held: Sequence[Held]) -> list[dict[str, Any]]:
    return [value._asdict() for value in held]


def step_object(step: FieldStep) -> dict[str, Any]:
    def fields(axes: Sequence[AxisField | None]) -> Any:
        return field_object(tuple(axes)) if any(axes) else None

    return {
        "path": step.path,
        "type": step.kind,
        "before": fields(step.before),
        "after": fields(step.after),
    }


def group_object(explained: GroupExplanation) -> dict[str, Any]:
    group = explained.group
    return {
        "path": group.group.path,
        "type": group.group.kind,
        "line": group.group.span.line,
        "inputs": explained.inputs,
        "output_shapes": [value.shape for value in group.group.outputs],
        "params": group.params,
        "macs": group.macs,
        "parts": parts_list(explained.parts),
        "params_counted_twice": explained.twice,
    }


def parts_list(parts: Sequence[GroupPart]) -> list[dict[str, Any]]:
    return [
        {
            "path": part.path,
            "type": part.kind,
            "layers": part.layers,
            "params": part.params,
            "macs": part.macs,
        }
        for part in parts
    ]


def story_object(story: Overview) -> dict[str, Any]:
    report = story.report
    return {
        "totals": report.totals._asdict(),
        "breakdown": [share_object(share) for share in report.breakdown],
        "most_params": parts_list(story.params),
        "most_macs": parts_list(story.macs),
        "peak_held": held_list(story.peak),
        "sight": story.sight
        and {**story.sight._asdict(), "field": field_object(story.sight.field)},
    }
