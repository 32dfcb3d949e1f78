"""Weights that are stored in another form: pruned, or as a direction and a norm."""

from ..shape import Shape
from .formula import Formula, Formulas
from .layer import Arguments, Layer


class StoredWeight(Layer):
    """A layer whose `weight` may be pruned (`density`) or normalized (`weight_norm`).

    The rules of a subclass give its weights and MACs as if it were neither, and pass them through
    the functions here.
    """

    weight_norm: bool = False
    density: float = 1

    def stored(self, weights: dict[str, Shape]) -> dict[str, Shape]:
        """The tensors that are stored; of a pruned weight, the elements that are kept."""
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
        usual = {"weight_norm": False, "density": 1}
        arguments = super().arguments()
        return {
            name: value
            for name, value in arguments.items()
            if name not in usual or value != usual[name]
        }

    def form_label(self) -> str:
        """The form of the weight at the end of a label."""
        norm = ", weight norm" if self.weight_norm else ""
        return norm + (f", density {self.density:g}" if self.density < 1 else "")
