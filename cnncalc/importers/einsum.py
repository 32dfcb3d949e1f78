"""einsum of one or two tensors: their axes in another order, or a `matmul`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ..named_tuple import NamedTuple
from ..shape import Shape
from ..sketch import SketchValue
from .axes import BATCH, TensorView, reshaped
from .builder import SketchBuilder
from .errors import Unsupported
from .products import matrix_product

OPEN_AXES = "ABCDEFGH"
"""The letters of the axes that `...` stands for; those of an equation are lower-case."""


class EinsumEquation(NamedTuple):
    """The letters of the axes of each operand, and of the result."""

    operands: tuple[str, ...]
    result: str


def equation_of(text: str, ranks: Sequence[int]) -> EinsumEquation:
    """An equation for operands of some ranks; without a result, as numpy completes it.

    Raises Unsupported if it is not one, or if an operand has an axis twice.

    >>> equation_of("...ij,jk->...ik", (3, 2))
    EinsumEquation(operands=('Aij', 'jk'), result='Aik')
    """
    left, arrow, result = text.replace(" ", "").partition("->")
    terms = left.split(",")
    if text != text.lower() or len(terms) != len(ranks):
        raise Unsupported(f"the equation {text}")
    counts = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True)]
    if min(counts) < 0 or max(counts) > len(OPEN_AXES):
        raise Unsupported(f"the equation {text} for tensors of other axes")
    named = "".join(terms).replace("...", "")
    if not arrow:
        result = "..." * ("..." in left)
        result += "".join(sorted(letter for letter in set(named) if named.count(letter) == 1))
    most = max(counts)
    spelled = [
        term.replace("...", OPEN_AXES[most - count : most])
        for term, count in zip(terms, counts, strict=True)
    ]
    result = result.replace("...", OPEN_AXES[:most])
    are_axes = all(term.isalpha() and len(set(term)) == len(term) for term in (*spelled, result))
    is_complete = all(len(term) == rank for term, rank in zip(spelled, ranks, strict=True))
    if not are_axes or not is_complete or not set(result) <= set("".join(spelled)):
        raise Unsupported(f"the equation {text}")
    return EinsumEquation(tuple(spelled), result)


def einsum(builder: SketchBuilder, text: str, views: Sequence[TensorView]) -> TensorView:
    """einsum of tensors that depend on the data.  Raises Unsupported for other sums."""
    if not 1 <= len(views) <= 2:
        raise Unsupported("an einsum that is not a product of two tensors")
    equation = equation_of(text, [view.rank for view in views])
    if len(views) == 1:
        return renamed_axes(views[0], equation)
    return product_of(builder, equation, views[0], views[1])


def renamed_axes(view: TensorView, equation: EinsumEquation) -> TensorView:
    """One operand, with all of its axes in another order."""
    (before,), after = equation
    if sorted(before) != sorted(after):
        raise Unsupported("an einsum that sums over one operand alone")
    return view.permuted([before.index(letter) for letter in after])


def product_of(
    builder: SketchBuilder, equation: EinsumEquation, left: TensorView, right: TensorView
) -> TensorView:
    (first, second), out = equation
    shared = [letter for letter in first if letter in second and letter in out]
    summed = [letter for letter in first if letter in second and letter not in out]
    rows = [letter for letter in first if letter not in second]
    columns = [letter for letter in second if letter not in first]
    if any(letter not in out for letter in rows + columns):
        raise Unsupported("an einsum that sums over one operand alone")
    left = left.permuted([first.index(letter) for letter in shared + rows + summed])
    right = right.permuted([second.index(letter) for letter in shared + summed + columns])
    found = matrix_product(
        builder,
        with_joined(left, len(shared), len(rows)),
        with_joined(right, len(shared), len(summed)),
    )
    kept = [*left.axes[: len(shared) + len(rows)], *right.axes[len(shared) + len(summed) :]]
    shapes = [left.shape] * (len(shared) + len(rows)) + [right.shape] * len(columns)
    result = with_own_axes(builder, found.value, kept, shapes)
    return result.permuted([(shared + rows + columns).index(letter) for letter in out])


def with_own_axes(
    builder: SketchBuilder,
    value: SketchValue,
    kept: Sequence[tuple[int, ...]],
    shapes: Sequence[Shape],
) -> TensorView:
    """A product with an axis for each axis of its factors: rows and columns are not joined.

    `kept` are those of the factors, and `shapes` those of the values that they are axes of.
    """
    sizes: list[int] = []
    axes: list[tuple[int, ...]] = []
    for entry, shape in zip(kept, shapes, strict=True):
        own = [axis for axis in entry if axis != BATCH]
        batch = (BATCH,) if BATCH in entry else ()
        axes.append((*batch, len(sizes)) if own else batch)
        sizes += [prod(shape[axis] for axis in own)] if own else []
    return TensorView(reshaped(builder, value, sizes), tuple(axes))


def with_joined(view: TensorView, shared: int, rows: int) -> TensorView:
    """The tensor as matrices: two axes after the shared ones."""
    axes = view.axes
    middle = tuple(axis for entry in axes[shared : shared + rows] for axis in entry)
    last = tuple(axis for entry in axes[shared + rows :] for axis in entry)
    return view._replace(axes=(*axes[:shared], middle, last))
