"""What is known of the tensors of a graph."""

from __future__ import annotations

import re
from math import prod

from ...named_tuple import NamedTuple
from ...onnx_format.elements import FLOAT, INT64
from ...onnx_format.messages import TensorProto
from ..program import TensorSizes
from .file import MOST_NUMBERS, TYPES, UNKNOWN_TYPE, OnnxFile, TensorNumbers

FEW_NUMBERS = 64
"""The elements of a real constant whose numbers are read: a scale, an epsilon."""

FEW_VALUES = 2
"""The different values of a mask."""

UNNAMED = re.compile(
    r"(?![^/]*\.[a-z_]\w*$)(onnx::|val_|_?to_|/|const|scalar_tensor|lifted|branch#|\W*\d*$)", re.I
)
"""The start of names that exporters give to constants, which have no attribute after a dot."""

SCALAR_NAME = re.compile(r"[A-Za-z_][\w.]*$")
"""The name of a module's parameter, and not that of a node."""

WHOLE_TYPES = (6, INT64, 9)
"""Types of sizes, indices and conditions: int32, int64 and bool."""


class GraphTensor(NamedTuple):
    """A tensor of the graph: its sizes with the batch, and its type by its number in the file.

    A constant does not depend on the inputs.  Its `numbers` are known if they are few.  `sources`
    are the names of the learned tensors that it was calculated from, and `stored` is the one that
    it is, if it is one.  The file states of a fixed one that no parameter is in it, and of a
    calculated one that it is no parameter, but made from some.
    """

    sizes: TensorSizes
    type: int = FLOAT
    is_constant: bool = False
    numbers: TensorNumbers | None = None
    sources: tuple[str, ...] = ()
    stored: TensorProto | None = None
    is_fixed: bool = False
    is_calculated: bool = False

    @property
    def elements(self) -> int:
        return prod(self.sizes)

    @property
    def is_real(self) -> bool:
        return TYPES.get(self.type, UNKNOWN_TYPE).is_real

    @property
    def is_whole(self) -> bool:
        """True for a type of sizes and indices."""
        return self.type in WHOLE_TYPES


def stored_tensor(file: OnnxFile, proto: TensorProto, name: str) -> GraphTensor:
    """A stored tensor as a constant, which is its own source if it is learned.

    Nothing depends on the numbers of learned weights, but for those of a vector: a gain of 1.
    """
    is_whole = proto.data_type in WHOLE_TYPES
    count = prod(proto.dims)
    is_learned = not is_whole and is_learned_name(name, count)
    is_matrix = count > max(proto.dims, default=1)
    numbers = None
    if count <= (MOST_NUMBERS if is_whole else FEW_NUMBERS) and not (is_learned and is_matrix):
        numbers = file.first_numbers(proto)
    is_source = is_learned or (not is_whole and count > 1 and has_many_values(file, proto))
    sources = (name,) if is_source else ()
    return GraphTensor(proto.dims, proto.data_type, True, numbers, sources, proto)


def is_learned_name(name: str, elements: int) -> bool:
    """True for the name of a parameter, which exporters do not give to constants.

    That of a single number has no slashes, as the nodes of TensorFlow have.
    """
    if UNNAMED.match(name):
        return False
    return elements > 1 or bool(SCALAR_NAME.match(name))


def has_many_values(file: OnnxFile, proto: TensorProto) -> bool:
    """True if a tensor has more than two different values, as far as it is read.

    Masks and constants that exporters calculate have one or two.
    """
    for most in (FEW_NUMBERS, MOST_NUMBERS):
        numbers = file.first_numbers(proto, most)
        if numbers is None or len(set(numbers)) > FEW_VALUES:
            return True
    return False
