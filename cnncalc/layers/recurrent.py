"""Recurrent layers: a state that is carried along a series, with PyTorch's two biases."""

from typing import Annotated, Any, ClassVar

from ..shape import Shape
from .formula import Terms
from .layer import Footprints, Layer
from .parameter import Count, Flag, Whole


class Recurrent(Layer):
    """What the recurrent layers share.  (C, T) -> (hidden * directions, T).

    Weights and biases are those of PyTorch's torch.nn.LSTM, torch.nn.GRU and torch.nn.RNN.
    """

    category = "recurrent"
    spatial_axes = (1,)
    gates: ClassVar[int]
    states: ClassVar[int] = 1
    hidden: Count
    layers: Annotated[int, Whole(1, 1000)] = 1
    bidirectional: Flag = False
    bias: Flag = True

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def output(self, *inputs: Any) -> Shape:
        return Shape((self.hidden * self.directions, *inputs[0].spatial))

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """Per layer and direction matrices of `gates` x hidden x (entering + hidden), and two biases of `gates` x hidden.

        What enters the first layer has C channels, what enters the others hidden x directions.
        """
        rows = self.gates * self.hidden
        weights = {}
        for layer in range(self.layers):
            width = self.hidden * self.directions if layer else inputs[0].channels
            for suffix in ("", "_reverse")[: self.directions]:
                weights[f"weight_ih_l{layer}{suffix}"] = Shape((rows, width))
                weights[f"weight_hh_l{layer}{suffix}"] = Shape((rows, self.hidden))
                if self.bias:
                    weights[f"bias_ih_l{layer}{suffix}"] = Shape((rows,))
                    weights[f"bias_hh_l{layer}{suffix}"] = Shape((rows,))
        return weights

    def macs(self, *inputs: Any) -> int:
        """The elements of the matrices, once a time step."""
        (x,) = inputs
        return sum(shape.elements for shape in self.weights(x).values() if len(shape) == 2) * int(
            x.positions
        )

    def other_flops(self, *inputs: Any) -> int:
        """Hidden x (2 x `gates` of biases + `gates` of gates + `states` of states) for each time step, layer and direction."""
        biases = 2 * self.gates if self.bias else 0
        return (
            self.hidden
            * self.layers
            * self.directions
            * (biases + self.gates + self.states)
            * int(inputs[0].positions)
        )

    def symbols(self, *inputs: Any) -> dict[str, Any]:
        return super().symbols(*inputs) | {
            "directions": self.directions,
            "gates": self.gates,
            "states": self.states,
        }

    def shape_terms(self, *inputs: Any) -> Terms:
        return {
            "channels": self.term(inputs, "hidden x directions", "the state of each direction"),
            "length": self.term(inputs, "N", "one state for each time step"),
        }

    def weight_terms(self, *inputs: Any) -> Terms:
        entering = "the matrix of what enters, for each gate"
        formulas = {
            "weight_ih_l0": ("gates x hidden x C", entering),
            "weight_ih": (
                "gates x hidden x hidden x directions",
                f"{entering}: the states of the layer below",
            ),
            "weight_hh": (
                "gates x hidden x hidden",
                "the matrix of the state before, for each gate",
            ),
            "bias_ih": ("gates x hidden", "one for each gate and unit"),
            "bias_hh": ("gates x hidden", "a second one, as PyTorch has it"),
        }
        found = {}
        for name in self.weights(*inputs):
            key = name.removesuffix("_reverse")
            found[name] = self.term(inputs, *formulas.get(key) or formulas[key[: key.rindex("_")]])
        return found

    def macs_terms(self, *inputs: Any) -> Terms:
        matrices = {
            name: term
            for name, term in self.weight_terms(*inputs).items()
            if name.startswith("weight")
        }
        reason = "each weight of the matrix is used once a time step"
        return {
            name: self.term(inputs, f"{term.formula} x N", reason)
            for name, term in matrices.items()
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        units = "hidden x layers x directions x N"
        biases = (
            {"biases": self.term(inputs, f"2 x gates x {units}", "two additions for each gate")}
            if self.bias
            else {}
        )
        return biases | {
            "gates": self.term(inputs, f"gates x {units}", "one function for each gate"),
            "states": self.term(inputs, f"states x {units}", "one update for each state"),
        }

    def footprints(self, *inputs: Any) -> Footprints:
        return (None,)


class LSTM(Recurrent):
    """Long short-term memory.  Source: Hochreiter and Schmidhuber, Neural Computation 9, 1997."""

    kind = "lstm"
    example = (
        "512x26",
        "{lstm: 256, layers: 2, bidirectional: true}",
        "the recurrent layers of CRNN (Shi et al., arXiv:1507.05717), on 26 columns",
    )
    gates = 4
    states = 2


class GRU(Recurrent):
    """Gated recurrent unit.  Source: Cho et al., arXiv:1406.1078, section 2.3."""

    kind = "gru"
    example = (
        "620x50",
        "{gru: 1000, bidirectional: true}",
        "the encoder of Bahdanau et al., arXiv:1409.0473, on 50 words",
    )
    gates = 3


class RNN(Recurrent):
    """Elman's recurrent network.  Source: Elman, Finding Structure in Time, Cognitive Science 14, 1990."""

    kind = "rnn"
    example = ("65x25", "{rnn: 128}", "a model of text of 65 characters, on 25 of them")
    gates = 1
