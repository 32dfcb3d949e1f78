"""Data types of what is in the branches of a join that has types of its own.

`dtype` of a join is also that of its branches: steps in them state those of the network again.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..dtype import UNSTATED, DataTypes
from .drafts import DraftStep

WITHOUT_TYPES = frozenset(("output", "from"))


def state_inner_types(steps: Iterable[DraftStep], network: DataTypes) -> None:
    """Set the types of steps in branches that are not those of their join."""
    for step in steps:
        inner = [found for branch in step.branches for found in branch]
        if step.types != UNSTATED:
            repeated = DataTypes(
                network.weights if step.types.weights else "",
                network.activations if step.types.activations else "",
            )
            for found in inner:
                if found.kind not in WITHOUT_TYPES:
                    found.types = filled(found.types, repeated)
        state_inner_types(inner, network)


def filled(types: DataTypes, others: DataTypes) -> DataTypes:
    """The types that are stated, and others where they are not."""
    return DataTypes(
        types.weights or others.weights,
        types.activations or others.activations,
    )
