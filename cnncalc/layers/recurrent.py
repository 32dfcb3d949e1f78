"""Recurrent layers: a state is carried along time, by default with the biases of PyTorch.

PyTorch adds two biases to each gate. Keras has one in an LSTM, a SimpleRNN and a ConvLSTM, and in a
GRU two with `reset_after` (its default), else one: `biases: 1` counts one.
The output has the state of every time step; `{select: -1, axis: 1}` after it is the last one.
"""

from typing import Annotated, ClassVar

from ..problem import Refusal
from ..shape import Shape, rank_hint
from .field import Arguments
from .footprint import POINT, Footprints
from .formula import Formula, Formulas
from .layer import Layer, Symbols, unchanged_sizes
from .parameter import Axis, Flag, Integer, NoneOr, PositiveInt

GIVE_AXIS = "give the `axis` along which time runs"


class Recurrent(Layer):
    """The base of the recurrent layers.  (C, T) -> (hidden * directions, T).

    Takes a series (CxN); with `axis`, also an image (CxHxW) or a volume (CxDxHxW).

    Weights and biases are those of torch.nn.LSTM, torch.nn.GRU and torch.nn.RNN. `biases` is the
    number of biases of each gate, if it has any.

    With `axis`, time runs along that axis of a map, and each position of the other axes is a
    separate series: with `axis: 2`, each row of an image is one. Only the channels change.
    """

    category = "recurrent"
    has_many_weights = True
    spatial_axes = (1, 2, 3)
    gates: ClassVar[int]
    states: ClassVar[int] = 1
    hidden: PositiveInt
    layers: Annotated[int, Integer(1, 1000)] = 1
    bidirectional: Flag = False
    bias: Flag = True
    biases: Annotated[int, Integer(1, 2)] = 2
    axis: Annotated[int | None, NoneOr(Axis())] = None

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        if not values["bias"] and values["biases"] == 1:
            message = "`bias: false` leaves no bias, `biases: 1` leaves one"
            raise Refusal(message, "remove one of them", "biases", "bad-value")

    def check(self, x: Shape) -> None:
        if self.axis == 0:
            raise Refusal(
                f"{self.kind} is along a spatial axis (1 to {len(x) - 1}), not along the channels",
                argument="axis",
            )
        if self.axis is None and len(x) > 2:
            hint = ", or ".join(filter(None, (rank_hint(x, (1,)), GIVE_AXIS)))
            raise Refusal(f"{self.kind} takes a series (CxN), found {x}", hint)

    @property
    def time_axis(self) -> int:
        """The axis of the input along which the state is carried."""
        return 1 if self.axis is None else self.axis

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def state(self) -> int:
        """The size of the state that is the output, of one direction."""
        return self.hidden

    @property
    def bias_count(self) -> int:
        """The number of biases of each gate."""
        return self.biases if self.bias else 0

    def output(self, x: Shape) -> Shape:
        return x.with_channels(self.state * self.directions)

    def weights(self, x: Shape) -> dict[str, Shape]:
        """Matrices of `gates` x hidden x (inputs + hidden) for each layer and direction.

        With `bias` also `biases` of `gates` x hidden each. The first layer has C inputs, the
        others hidden x directions.
        """
        weights: dict[str, Shape] = {}
        for layer in range(self.layers):
            inputs = self.state * self.directions if layer else x.channels
            for suffix in ("", "_reverse")[: self.directions]:
                weights |= {
                    f"{name}_l{layer}{suffix}": shape
                    for name, shape in self.cell_weights(inputs).items()
                }
        return weights

    def cell_weights(self, inputs: int) -> dict[str, Shape]:
        """The weights of one layer in one direction."""
        rows = self.gates * self.hidden
        weights = {"weight_ih": Shape((rows, inputs)), "weight_hh": Shape((rows, self.state))}
        names = ("bias_ih", "bias_hh")[: self.bias_count]
        return weights | dict.fromkeys(names, Shape((rows,)))

    def macs(self, x: Shape) -> int:
        """The elements of the matrices, once per time step."""
        matrices = [shape for shape in self.weights(x).values() if len(shape) == 2]
        return sum(shape.elements for shape in matrices) * x.positions

    def other_flops(self, x: Shape) -> int:
        """Hidden x (`gates` + `states`) per time step, layer and direction.

        With `bias` also hidden x biases x `gates`.
        """
        biases = self.bias_count * self.gates
        units = self.hidden * self.layers * self.directions
        return units * (biases + self.gates + self.states) * x.positions

    def footprints(self, x: Shape) -> Footprints:
        return tuple(None if axis == self.time_axis else POINT for axis in range(1, len(x)))

    def canonical(self, x: Shape) -> Layer:
        """A series has only one axis of time."""
        return self if len(x) > 2 else self.with_arguments(axis=None)

    # Formulas

    def symbols(self, x: Shape) -> Symbols:
        return super().symbols(x) | {
            "directions": self.directions,
            "gates": self.gates,
            "states": self.states,
        }

    def shape_formulas(self, x: Shape) -> Formulas:
        channels = Formula(f"{self.state_name} x directions", "the state of each direction")
        if len(x) > 2:
            return unchanged_sizes(x) | {"channels": channels}
        return {"channels": channels, "length": Formula("N", "one state for each time step")}

    def steps_name(self, x: Shape) -> str:
        """The number of time steps of all series in formulas."""
        return "N" if len(x) == 2 else "S"

    @property
    def state_name(self) -> str:
        """The name of the size of the state in formulas."""
        return "hidden"

    def cell_formulas(self) -> Formulas:
        """The formulas of the weights by name, where they differ with the layer, also by that."""
        state = self.state_name
        reason = "for each gate, the matrix of the input"
        return {
            "weight_ih_l0": Formula("gates x hidden x C", reason),
            "weight_ih": Formula(
                f"gates x hidden x {state} x directions",
                f"{reason}: the states of the layer below",
            ),
            "weight_hh": Formula(
                f"gates x hidden x {state}", "for each gate, the matrix of the previous state"
            ),
            "bias_ih": Formula("gates x hidden", "one for each gate and unit"),
            "bias_hh": Formula("gates x hidden", "a second one, as in PyTorch"),
        }

    def weight_formulas(self, x: Shape) -> Formulas:
        formulas = self.cell_formulas()
        found = {}
        for name in self.weights(x):
            key = name.removesuffix("_reverse")
            found[name] = formulas.get(key) or formulas[key[: key.rindex("_")]]
        return found

    def macs_formulas(self, x: Shape) -> Formulas:
        reason = "each weight of the matrix is used once per time step"
        if len(x) > 2:
            reason += " of each series: at all positions of the map"
        return {
            name: Formula(f"{formula.text} x {self.steps_name(x)}", reason)
            for name, formula in self.weight_formulas(x).items()
            if name.startswith("weight")
        }

    def flops_formulas(self, x: Shape) -> Formulas:
        units = f"hidden x layers x directions x {self.steps_name(x)}"
        formulas = {}
        if self.bias:
            additions = "one addition" if self.biases == 1 else "two additions"
            formulas["biases"] = Formula(f"biases x gates x {units}", f"{additions} for each gate")
        formulas["gates"] = Formula(f"gates x {units}", "one function for each gate")
        formulas["states"] = Formula(f"states x {units}", "one update for each state")
        return formulas


class LSTM(Recurrent):
    """Long short-term memory.

    (C, T) -> (hidden * directions, T), with `proj` -> (proj * directions, T).

    With `proj`, a matrix projects the hidden state to that size at each step. With `axis`, time
    runs along that axis of a map, as in a `gru`.

    Source: Hochreiter and Schmidhuber, Neural Computation 9, 1997; the projection: Sak et al.,
    arXiv:1402.1128.
    """

    kind = "lstm"
    example = (
        "512x26",
        "{lstm: 256, layers: 2, bidirectional: true}",
        "the recurrent layers of CRNN (Shi et al., arXiv:1507.05717), on 26 columns",
    )
    gates = 4
    states = 2
    proj: Annotated[int | None, NoneOr(Integer(1))] = None

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        super().check_arguments(values)
        proj, hidden = values["proj"], values["hidden"]
        if proj is not None and proj >= hidden:
            message = f"`proj` must be less than `hidden` ({hidden}), found {proj}"
            raise Refusal(message, argument="proj", rule="bad-value")

    @property
    def state(self) -> int:
        return self.hidden if self.proj is None else self.proj

    @property
    def state_name(self) -> str:
        return "hidden" if self.proj is None else "proj"

    def weights(self, x: Shape) -> dict[str, Shape]:
        """Matrices of `gates` x hidden x (inputs + state) for each layer and direction.

        With `bias` also `biases` of `gates` x hidden each, with `proj` a matrix of proj x hidden.
        The state is hidden, with `proj` proj. The first layer has C inputs, the others state x
        directions.
        """
        return super().weights(x)

    def cell_weights(self, inputs: int) -> dict[str, Shape]:
        weights = super().cell_weights(inputs)
        if self.proj is not None:
            weights["weight_hr"] = Shape((self.proj, self.hidden))
        return weights

    def cell_formulas(self) -> Formulas:
        projection = Formula("proj x hidden", "the matrix that projects the hidden state")
        return super().cell_formulas() | {"weight_hr": projection}


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
