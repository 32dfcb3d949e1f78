"""Weights in another form: pruned, stored as a direction and a norm, or a value of the network."""

from collections.abc import Mapping
from typing import Any, Self

from ..datum import Datum
from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .formula import Formula, Formulas
from .layer import Layer


class StoredWeight(Layer):
    """A layer whose `weight` may be pruned (`density`), normalized (`weight_norm`) or a value.

    The rules of a subclass give its weights and MACs as if it were none of these, and pass them
    through the functions here.  A value that is the weight (`weights`) is a second input.
    """

    weights_: bool = False
    weight_norm: bool = False
    density: float = 1

    def __init__(self, **values: Any) -> None:
        if "weights" in values:
            values["weights_"] = values.pop("weights")
        super().__init__(**values)

    @classmethod
    def create(cls, given: Mapping[str, Datum], inputs: tuple[Shape, ...]) -> Self:
        """A layer for these inputs, of which a second one is its weight."""
        if "weights" not in given:
            super().check_inputs(inputs)
        return super().create(given, inputs)

    @classmethod
    def check_inputs(cls, inputs: tuple[Shape, ...]) -> None:
        super().check_inputs(inputs[:1] if cls.arity == (1, 1) else inputs)

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        super().check_arguments(values)
        for name, usual in USUAL.items() if values.get("weights") else ():
            if values.get(name, usual) != usual:
                message = f"`{name}` is for weights of the layer, and `weights` gives it a value"
                raise Refusal(message, f"remove `{name}`", name, "bad-value")

    def all_weights(self, x: Shape) -> dict[str, Shape]:
        """The weights before pruning, also a weight that is a value."""
        raise NotImplementedError

    def check_weight(self, x: Shape, *given: Shape) -> None:
        """Raise Refusal if a value cannot be the weight."""
        for found in given:
            needed = self.all_weights(x)["weight"]
            if found != needed:
                message = f"the weights of {self.kind} for {x} have the shape {needed}"
                hint = transposed_hint(found, needed)
                raise Refusal(f"{message}, found {found}", hint, "weights")

    def reads_all(self, position: int, inputs: tuple[Shape, ...]) -> bool:
        return position > 0

    def stored(self, weights: dict[str, Shape]) -> dict[str, Shape]:
        """The tensors that are stored; of a pruned weight, the elements that are kept."""
        if self.weights_:
            return {name: shape for name, shape in weights.items() if name != "weight"}
        if self.density == 1 and not self.weight_norm:
            return weights
        weight = weights["weight"]
        form = Shape((self.kept(weight),)) if self.density < 1 else weight
        others = {name: shape for name, shape in weights.items() if name != "weight"}
        if not self.weight_norm:
            return {"weight": form} | others
        return {"weight_g": Shape((weight[0],)), "weight_v": form} | others

    def kept(self, weight: Shape) -> int:
        """The elements of a pruned weight: ceil(density x elements), exact in decimals."""
        from fractions import Fraction  # slow to import, and few networks are pruned

        density = Fraction(str(self.density))
        return -(-weight.elements * density.numerator // density.denominator)

    def done(self, macs: int, weight: Shape) -> int:
        """The MACs of the weights that are kept, of those that a layer with all weights has."""
        if self.density == 1:
            return macs
        return macs // weight.elements * self.kept(weight)

    def stored_formulas(self, formulas: Formulas, norms: str) -> Formulas:
        """The formulas of the tensors that are stored, of which `norms` is the number of norms."""
        if self.weights_:
            return {name: term for name, term in formulas.items() if name != "weight"}
        weight, *_ = formulas.values()
        if self.density < 1:
            reason = "the weights that pruning keeps; their positions are not counted"
            weight = Formula(f"ceil(density x {weight.text})", reason, **weight.values)
        found = {"weight": weight}
        if self.weight_norm:
            norm = Formula(norms, "the norm of each of these parts of the weight")
            found = {"weight_g": norm, "weight_v": weight}
        return found | {name: term for name, term in formulas.items() if name != "weight"}

    def done_formulas(self, formulas: Formulas, weight: Formula, uses: str) -> Formulas:
        """The formulas of the MACs, of which each weight has as many as `uses` says."""
        if self.density == 1:
            return formulas
        text = f"ceil(density x {weight.text})" + (f" x {uses}" if uses else "")
        reason = "each weight that pruning keeps is used once"
        if uses:
            reason += " at every position"
        return {"products": Formula(text, reason, **weight.values)}

    def arguments(self) -> Arguments:
        """The displayed arguments, without these if the weight is stored as it is."""
        return {
            name.rstrip("_"): value
            for name, value in super().arguments().items()
            if value != USUAL.get(name)
        }

    def form_label(self) -> str:
        """The form of the weight at the end of a label."""
        if self.weights_:
            return ", given weights"
        norm = ", weight norm" if self.weight_norm else ""
        return norm + (f", density {self.density:g}" if self.density < 1 else "")


USUAL = {"weights_": False, "weight_norm": False, "density": 1}
"""The arguments that are displayed only if they have another value."""


def transposed_hint(found: Shape, needed: Shape) -> str:
    """The hint for a matrix that would fit transposed."""
    if len(found) == 2 and found[::-1] == needed:
        return "transpose it: {permute: [1, 0], from: ..., name: ...}"
    return ""
