"""Groups that say nothing: they are replaced by the steps in them."""

from __future__ import annotations

from ..dtype import UNSTATED
from .drafts import DraftBody, DraftStep, redirect
from .inner_types import filled
from .runs import Context


def dissolve_groups(steps: list[DraftStep], body: DraftBody, *, inside: bool) -> None:
    """Groups in branches, in groups and in blocks are the steps in them."""
    index = 0
    while index < len(steps):
        step = steps[index]
        for branch in step.branches:
            dissolve_groups(branch, body, inside=True)
        if step.body is not None:
            dissolve_groups(step.body, body, inside=True)
        if inside and is_plain_group(step) and step.body:
            last = step.body[-1]
            steps[index : index + 1] = step.body
            redirect(body.steps, step, last, body.outputs)
            step.replaced_by = last
            index += len(step.body)
        else:
            index += 1


def is_plain_group(step: DraftStep) -> bool:
    """True for a group without keys of its own that does not end with an output."""
    if step.kind != "group" or not step.body or step.body[-1].kind == "output":
        return False
    has_types = step.types != UNSTATED
    return step.shared is None and step.repeat == 1 and not step.sources and not has_types


def replace_groups_of_one(steps: list[DraftStep], context: Context) -> None:
    """A group of one step is that step, under the group's name."""
    for index, step in enumerate(steps):
        if step.kind != "group" or step.scope is None or len(step.body or ()) != 1:
            continue
        only = (step.body or [])[0]
        if only.kind in ("output", "from") or only.shared is not None:
            continue
        only.path, only.paths, only.has_own_name = step.path, [step.path], True
        only.sources = step.sources or only.sources
        only.shared, only.weights = step.shared, step.weights
        only.types = filled(only.types, step.types)
        steps[index] = only
        redirect(context.everything, step, only, context.outputs)
        only.is_read = only.is_read or step.is_read
        step.replaced_by = only
