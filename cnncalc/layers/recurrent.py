"""Recurrent layers, with PyTorch's two biases."""

from typing import Annotated, Any, ClassVar

from ..shape import Shape
from .layer import Layer, Views
from .parameter import Count, Flag, Whole


class Recurrent(Layer):
    """What the recurrent layers share.  (C, T) -> (hidden * directions, T)."""

    category = "recurrent"
    space_axes = (1,)
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
        return Shape((self.hidden * self.directions, *inputs[0].space))

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """Per layer and direction: gates x hidden x (in + hidden), and two biases of gates x hidden (torch.nn.LSTM)."""
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
        """The matrices, once a time step."""
        (x,) = inputs
        return sum(shape.elements for shape in self.weights(x).values() if len(shape) == 2) * int(x.positions)

    def other_flops(self, *inputs: Any) -> int:
        """A time step: the biases, and one for each gate and each update of the state."""
        biases = 2 * self.gates if self.bias else 0
        return self.hidden * self.layers * self.directions * (biases + self.gates + self.states) * int(inputs[0].positions)

    def views(self, *inputs: Any) -> Views:
        return (None,)


class LSTM(Recurrent):
    """Long short-term memory.  (C, T) -> (hidden * directions, T)."""

    kind = "lstm"
    gates = 4
    states = 2


class GRU(Recurrent):
    """Gated recurrent unit.  (C, T) -> (hidden * directions, T)."""

    kind = "gru"
    gates = 3


class RNN(Recurrent):
    """Elman's recurrent network.  (C, T) -> (hidden * directions, T)."""

    kind = "rnn"
    gates = 1
