"""Recurrent layers: a state is carried along a series, with the two biases of PyTorch."""

from typing import Annotated, ClassVar

from ..shape import Shape
from .formula import Formula, Formulas
from .layer import Footprints, Layer, Symbols
from .parameter import Flag, Integer, PositiveInt


class Recurrent(Layer):
    """The base of the recurrent layers.  (C, T) -> (hidden * directions, T).

    Weights and biases are those of torch.nn.LSTM, torch.nn.GRU and torch.nn.RNN.
    """

    category = "recurrent"
    spatial_axes = (1,)
    gates: ClassVar[int]
    states: ClassVar[int] = 1
    hidden: PositiveInt
    layers: Annotated[int, Integer(1, 1000)] = 1
    bidirectional: Flag = False
    bias: Flag = True

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def output(self, x: Shape) -> Shape:
        return x.with_channels(self.hidden * self.directions)

    def weights(self, x: Shape) -> dict[str, Shape]:
        """Matrices of `gates` x hidden x (inputs + hidden) for each layer and direction.

        With `bias` also two biases of `gates` x hidden each. The first layer has C inputs, the
        others hidden x directions.
        """
        rows = self.gates * self.hidden
        weights = {}
        for layer in range(self.layers):
            inputs = self.hidden * self.directions if layer else x.channels
            for suffix in ("", "_reverse")[: self.directions]:
                weights[f"weight_ih_l{layer}{suffix}"] = Shape((rows, inputs))
                weights[f"weight_hh_l{layer}{suffix}"] = Shape((rows, self.hidden))
                if self.bias:
                    weights[f"bias_ih_l{layer}{suffix}"] = Shape((rows,))
                    weights[f"bias_hh_l{layer}{suffix}"] = Shape((rows,))
        return weights

    def macs(self, x: Shape) -> int:
        """The elements of the matrices, once per time step."""
        matrices = [shape for shape in self.weights(x).values() if len(shape) == 2]
        return sum(shape.elements for shape in matrices) * x.positions

    def other_flops(self, x: Shape) -> int:
        """Hidden x (`gates` + `states`) per time step, layer and direction.

        With `bias` also hidden x 2 x `gates`.
        """
        biases = 2 * self.gates if self.bias else 0
        units = self.hidden * self.layers * self.directions
        return units * (biases + self.gates + self.states) * x.positions

    def footprints(self, x: Shape) -> Footprints:
        return (None,)

    # Formulas

    def symbols(self, x: Shape) -> Symbols:
        return super().symbols(x) | {
            "directions": self.directions,
            "gates": self.gates,
            "states": self.states,
        }

    def shape_formulas(self, x: Shape) -> Formulas:
        return {
            "channels": Formula("hidden x directions", "the state of each direction"),
            "length": Formula("N", "one state for each time step"),
        }

    def weight_formulas(self, x: Shape) -> Formulas:
        deeper = "gates x hidden x hidden x directions"
        reason = "for each gate, the matrix of the input"
        formulas = {
            "weight_ih_l0": Formula("gates x hidden x C", reason),
            "weight_ih": Formula(deeper, f"{reason}: the states of the layer below"),
            "weight_hh": Formula(
                "gates x hidden x hidden", "for each gate, the matrix of the previous state"
            ),
            "bias_ih": Formula("gates x hidden", "one for each gate and unit"),
            "bias_hh": Formula("gates x hidden", "a second one, as in PyTorch"),
        }
        found = {}
        for name in self.weights(x):
            key = name.removesuffix("_reverse")
            found[name] = formulas.get(key) or formulas[key[: key.rindex("_")]]
        return found

    def macs_formulas(self, x: Shape) -> Formulas:
        reason = "each weight of the matrix is used once per time step"
        return {
            name: Formula(f"{formula.text} x N", reason)
            for name, formula in self.weight_formulas(x).items()
            if name.startswith("weight")
        }

    def flops_formulas(self, x: Shape) -> Formulas:
        units = "hidden x layers x directions x N"
        formulas = {}
        if self.bias:
            formulas["biases"] = Formula(f"2 x gates x {units}", "two additions for each gate")
        formulas["gates"] = Formula(f"gates x {units}", "one function for each gate")
        formulas["states"] = Formula(f"states x {units}", "one update for each state")
        return formulas


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
    """Elman's recurrent network.

    Source: Elman, Finding Structure in Time, Cognitive Science 14, 1990.
    """

    kind = "rnn"
    example = ("65x25", "{rnn: 128}", "a model of text of 65 characters, on 25 of them")
    gates = 1
