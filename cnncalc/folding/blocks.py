"""Modules of one class become one block, whose parameters are what differs between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..named_tuple import NamedTuple
from ..sketch import Sketch
from .clusters import (
    BlockInstance,
    InstanceCluster,
    grouped,
    instances_of,
    merged_instances,
    times_by_number,
    with_linear_residuals,
)
from .decomposition import decompose
from .defaults import default_values
from .drafts import MISSING, DraftBody, DraftRef, DraftStep, refers_to_input
from .equal_calls import CallNumbers
from .expressions import Expressions
from .groups import dissolve_groups, replace_groups_of_one
from .loops import fold_loops
from .merged import MergedStep, all_merged, merge_all
from .mining import MOST_STEPS, is_mined, mine_blocks
from .names import WIDTHS, block_name
from .order import in_order_of_need
from .parameters import ParameterSearch
from .runs import Context, fold_runs
from .scopes import ModuleScope
from .sections import factor_sections, inline_plain_groups
from .sharing import share_weights

MAX_MINED_PARAMETERS = 5

MANY_STEPS = 1_000
"""A network of more steps is folded before blocks are sought in it."""


class DraftBlock(NamedTuple):
    """A block.  Parameters without a default have MISSING."""

    name: str
    parameters: Mapping[str, Any]
    inputs: Sequence[str]
    outputs: Sequence[DraftRef]
    steps: Sequence[MergedStep]
    is_lone: bool


def is_downsampling(steps: Sequence[MergedStep]) -> bool:
    """True if a layer among some steps has a stride of 2 or more in every instance."""
    return any(
        all(isinstance(m.arguments.get("stride"), int) and m.arguments["stride"] > 1 for m in found)
        for found in (step.members.values() for step in all_merged(steps))
    )


def has_two_calls(steps: Sequence[DraftStep]) -> bool:
    """True for two calls alone, which in a stage may be a run whose first iteration differs."""
    return len(steps) == 2 and all(step.kind == "call" for step in steps)


class BlockFolder:
    """Folds a tree of modules from the inside out.

    `blocks` are those made so far, in the order of the file.  `calls` has for each module call of
    a block the block and the arguments, by the identity of the scope.  With `is_careful`, only
    bodies of one skeleton are merged, and no expressions are sought.
    """

    def __init__(self, sketch: Sketch, *, is_careful: bool = False) -> None:
        self.sketch = sketch
        self.is_careful = is_careful
        self.blocks: list[DraftBlock] = []
        self.names: set[str] = set()
        self.calls: dict[int, tuple[DraftBlock, dict[str, Any]]] = {}
        self.numbers = CallNumbers(sketch)

    def fold(self, tree: ModuleScope) -> DraftBody:
        """The steps of the network, after making all blocks."""
        for scopes in in_order_of_need(tree):
            self.make_blocks(scopes)
        body = self.body(tree)
        context = Context(body.steps, body.outputs)
        if len(body.steps) > MANY_STEPS:
            fold_runs(body.steps, context)
        if is_mined(self.sketch) and not self.is_careful:
            mine_blocks(body, self.mined_block)
        self.fold_steps(body.steps, context, "root")
        if not self.is_careful:
            factor_sections(body, self.mined_block, partial(self.mined_block, has_defaults=False))
            inline_plain_groups(body)
        return body

    # Bodies

    def body(self, scope: ModuleScope) -> DraftBody:
        """The steps of a module, not folded yet."""
        body = decompose(self.sketch, scope)
        self.complete(body.steps)
        share_weights(body.steps)
        keeps_groups = scope.role == "root" or scope.is_lone
        dissolve_groups(body.steps, body, inside=not keeps_groups)
        return body

    def short_body(self, scope: ModuleScope) -> DraftBody:
        """The steps of a module, folded as those of a stage."""
        body = self.body(scope)
        self.fold_body(body, "stage")
        return body

    def fold_body(self, body: DraftBody, kind: str = "") -> None:
        """Fold the repetitions of a body, whose kind is by default the role of its module."""
        context = Context(body.steps, body.outputs)
        self.fold_steps(body.steps, context, kind or body.scope.role)

    def complete(self, steps: list[DraftStep]) -> None:
        """Fill in the blocks of calls and the steps of groups."""
        for step in steps:
            if step.kind == "call" and step.scope is not None:
                step.block, arguments = self.calls[id(step.scope)]
                step.arguments = dict(arguments)
            elif step.kind == "group" and step.body is None and step.scope is not None:
                self.complete_group(step, step.scope)
            for branch in step.branches:
                self.complete(branch)
            if step.kind == "output":
                self.complete(step.body or [])

    def complete_group(self, step: DraftStep, scope: ModuleScope) -> None:
        """The steps of a group; one whose steps refer to its input is a block of its own."""
        steps = decompose(self.sketch, scope).steps
        if refers_to_input(steps):
            self.make_blocks([scope._replace(role="block")], known=scope)
            step.kind = "call"
            step.block, arguments = self.calls[id(scope)]
            step.arguments = dict(arguments)
        else:
            step.body = steps
            self.complete(steps)

    def fold_steps(self, steps: list[DraftStep], context: Context, kind: str) -> None:
        """Fold repetitions, from the inside out."""
        for step in steps:
            for branch in step.branches:
                self.fold_steps(branch, context, "branch")
            if step.body is not None:
                self.fold_steps(step.body, context, step.kind)
        replace_groups_of_one(steps, context)
        is_short = kind in ("group", "stage")
        if kind in ("root", "group"):
            fold_runs(steps, context, is_short=is_short, allow_nested=False)
            if len(steps) <= MOST_STEPS:
                fold_loops(steps, context, self.names)
        fold_runs(steps, context, is_short=is_short)

    # Blocks

    def make_blocks(self, scopes: Sequence[ModuleScope], known: ModuleScope | None = None) -> None:
        """Make the blocks of the calls of one class.

        `known` is the scope that the tree has, if another one stands for it here.
        """
        instances = self.instances(scopes)
        instances = with_linear_residuals(instances)
        for number, cluster in enumerate(self.clusters(instances)):
            self.make_block(cluster, is_first=number == 0)
        if known is not None:
            self.calls[id(known)] = self.calls[id(scopes[0])]

    def instances(self, scopes: Sequence[ModuleScope]) -> list[BlockInstance]:
        """The bodies of all calls that differ.

        Repetitions are folded only if the bodies differ otherwise: a width that happens to be the
        same in one instance would hide a repetition there.
        """
        calls = [scopes] if len(scopes) == 1 else self.numbers.together(scopes)
        plain = instances_of(calls, self.body)
        if len(scopes) > 1 and len({instance.skeleton for instance in plain}) == 1:
            return plain
        folded = plain
        for instance in folded:
            self.fold_body(instance.body)
        kinds = len({instance.skeleton for instance in folded})
        if kinds > 1 and any(has_two_calls(instance.body.steps) for instance in folded):
            # two steps are a run too where others of the class are runs
            short = instances_of(calls, self.short_body)
            if len({instance.skeleton for instance in short}) < kinds:
                return short
        return folded

    def clusters(self, instances: Sequence[BlockInstance]) -> list[list[BlockInstance]]:
        """The instances that are one block each; the careful form merges those of one skeleton."""
        groups = grouped(instances)
        if self.is_careful:
            return groups
        found: list[InstanceCluster] = []
        for group in groups:
            for place, cluster in enumerate(found):
                joint = cluster.joint_with(group)
                if joint is not None:
                    found[place] = joint
                    break
            else:
                found.append(InstanceCluster(group))
        return [cluster.instances for cluster in found]

    def make_block(
        self, cluster: Sequence[BlockInstance], *, is_first: bool, has_defaults: bool = True
    ) -> None:
        """Make one block of a cluster; without equal references, one of each instance."""
        steps = merged_instances(cluster)
        if steps is None and len(cluster) > 1:
            for number, instance in enumerate(cluster):
                self.make_block([instance], is_first=is_first and number == 0)
            return
        first = cluster[0]
        if steps is None:
            steps = merge_all(first.body.steps, first.number)
        name = block_name(self.class_word(first.scope, steps, is_first=is_first), self.names)
        self.names.add(name)
        parameters = self.solved(cluster, steps)
        ordered = self.with_defaults(parameters, cluster, has_defaults=has_defaults)
        body = first.body
        block = DraftBlock(name, ordered, body.inputs, body.outputs, steps, first.scope.is_lone)
        self.blocks.append(block)
        for instance in cluster:
            arguments = {
                name: default
                if parameters[name].get(instance.number) is None
                else parameters[name][instance.number]
                for name, default in ordered.items()
            }
            for scope in (instance.scope, *instance.copies):
                self.calls[id(scope)] = (block, arguments)

    def with_defaults(
        self,
        parameters: Mapping[str, Mapping[int, Any]],
        cluster: Sequence[BlockInstance],
        *,
        has_defaults: bool,
    ) -> dict[str, Any]:
        """The parameters in the order of the file, with their defaults: the width comes first."""
        found = dict(default_values(parameters, times_by_number(cluster)))
        if not has_defaults:
            whole = {name for name, values in parameters.items() if len(values) == len(cluster)}
            found = {n: MISSING if n in whole else default for n, default in found.items()}
        names = sorted(found, key=lambda name: (found[name] is not MISSING, name not in WIDTHS))
        return {name: found[name] for name in names}

    def mined_block(
        self, instances: Sequence[BlockInstance], *, has_defaults: bool = True
    ) -> list[DraftStep] | None:
        """Make a block of some instances; their calls, or None if it is not worth it."""
        steps = merged_instances(instances)
        if steps is None or len(self.solved(instances, steps)) > MAX_MINED_PARAMETERS:
            return None
        self.make_block(instances, is_first=True, has_defaults=has_defaults)
        calls = []
        for instance in instances:
            block, arguments = self.calls[id(instance.scope)]
            call = DraftStep("call", arguments)
            call.block = block
            calls.append(call)
        return calls

    def class_word(self, scope: ModuleScope, steps: Sequence[MergedStep], *, is_first: bool) -> str:
        """What a block is called after."""
        word = scope.class_name
        if scope.is_container or not word:
            names = [part for part in scope.path.split(".") if not part.isdigit()]
            word = names[-1] if names else word
        kinds = {step.kind for step in all_merged(steps)}
        if not is_first and "depthwise" in kinds and "conv" not in kinds:
            found = re.sub(r"[Cc]onv(\dd)?", "Depthwise", word, count=1)
            return found if found != word else f"{word}Depthwise"
        return f"{word}Down" if not is_first and is_downsampling(steps) else word

    def solved(
        self, cluster: Sequence[BlockInstance], steps: Sequence[MergedStep]
    ) -> dict[str, dict[int, Any]]:
        """The parameters of a block; the expressions of its steps are set."""
        names = cluster[0].body.inputs or ["input"]
        shapes = [
            (
                name,
                {i.number: i.body.input_shapes[n] for i in cluster if n < len(i.body.input_shapes)},
            )
            for n, name in enumerate(names)
        ]
        channels = {
            i.number: i.body.input_shape.channels if i.body.input_shape else None for i in cluster
        }
        expressions = Expressions(channels, "input", shapes, is_careful=self.is_careful)
        features = self.features(cluster)
        parameters = ParameterSearch(
            steps, times_by_number(cluster), expressions, features, self.names
        )
        parameters.solve()
        return parameters.values

    def features(self, cluster: Sequence[BlockInstance]) -> dict[str, dict[int, Any]]:
        """The constructor's arguments; those that are true, false or nothing as flags."""
        found: dict[str, dict[int, Any]] = {}
        for instance in cluster:
            constructor = self.sketch.scopes[instance.scope.call].constructor
            for name, value in constructor.items():
                found.setdefault(name, {})[instance.number] = value
        for values in found.values():
            if all(value is None or isinstance(value, bool) for value in values.values()):
                for number, value in values.items():
                    values[number] = bool(value)
        return found
