"""The layout of a figure: from left to right, in rows.  Lengths are in pixels."""

from __future__ import annotations

from ....named_tuple import NamedTuple
from ...layout import width_of
from .items import Drawing, DrawingItem, Link
from .solids import Solid, scale_of, solid_of

MARGIN = 12
GAP = 24  # between two items, at least
LINE = 12  # from one line of text to the next
LETTER = 5.2  # a character of the text, on average
LEVEL = 18  # from one arrow over the items to the next
MAX_CHARACTERS = 26  # of a text


class PlacedItem(NamedTuple):
    """An item at its position: `x` is the left edge of its front, `row` the number of its row."""

    item: DrawingItem
    solid: Solid
    operation: tuple[str, ...]
    captions: tuple[str, ...]
    x: float
    row: int

    @property
    def right(self) -> float:
        return self.x + self.solid.extent


class Arc(NamedTuple):
    """An arrow above the items between its ends; `level` counts from the lowest."""

    link: Link
    level: int


class Tag(NamedTuple):
    """The letters at an item of arrows that lead from one row to another."""

    item: int
    text: str
    arrives: bool


class RowPlace(NamedTuple):
    """The position of a row: its items, and the arrows above the `ceiling`.

    `axis`, `captions` and `bottom` are the y of the centers of the items, of the captions and of
    the end.
    """

    items: tuple[int, ...]
    arcs: tuple[Arc, ...]
    ceiling: float
    axis: float
    captions: float
    bottom: float


class FigureLayout(NamedTuple):
    """All positions.  `straight` arrows lead to the next item; arrows to other rows have tags."""

    placed: tuple[PlacedItem, ...]
    rows: tuple[RowPlace, ...]
    straight: tuple[Link, ...]
    tags: tuple[Tag, ...]
    width: float
    height: float


def figure_layout(figure: Drawing, width: float) -> FigureLayout:
    """The layout in rows of at most a width; an item that is wider has a row of its own."""
    straight: dict[int, Link] = {}
    for link in figure.links:
        if link.target == link.source + 1:
            straight.setdefault(link.target, link)
    placed = even(figure, straight, width)
    others = [link for link in figure.links if straight.get(link.target) != link]
    near: list[Link] = []
    far: list[Link] = []
    for link in others:
        (near if placed[link.source].row == placed[link.target].row else far).append(link)
    tags = tagged(far)
    rows: list[RowPlace] = []
    top: float = MARGIN
    for number in range(placed[-1].row + 1):
        items = tuple(index for index, one in enumerate(placed) if one.row == number)
        arcs = stacked([link for link in near if placed[link.source].row == number])
        has_tags = any(placed[tag.item].row == number for tag in tags)
        rows.append(row_place(placed, items, arcs, top, has_tags))
        top = rows[-1].bottom + LINE
    ends = [
        placed[tag.item].right + LETTER + text_width(tag.text) for tag in tags if not tag.arrives
    ]
    right = (
        max([*(max(one.right, middle(one) + half_caption(one)) for one in placed), *ends]) + MARGIN
    )
    return FigureLayout(placed, tuple(rows), tuple(straight.values()), tags, right, top + MARGIN)


def even(figure: Drawing, straight: dict[int, Link], width: float) -> tuple[PlacedItem, ...]:
    """Items in as few rows as the width allows, all about equally long."""
    found = place(figure, straight, width)
    least, most = 0.0, width
    while most - least > MARGIN and found[-1].row:
        half = (least + most) / 2
        tried = place(figure, straight, half)
        if tried[-1].row == found[-1].row:
            found, most = tried, half
        else:
            least = half
    return found


def place(figure: Drawing, straight: dict[int, Link], width: float) -> tuple[PlacedItem, ...]:
    scale = scale_of(figure)
    placed: list[PlacedItem] = []
    for number, item in enumerate(figure.items):
        before = straight[number].words if number in straight else ()
        operation = () if item.form == "join" else item.operation  # its sign shows it
        one = PlacedItem(
            item,
            solid_of(item, scale),
            tuple(map(cut, (*before, *operation))),
            captions(item),
            0,
            0,
        )
        if placed:
            one = one._replace(x=x_after(placed[-1], one), row=placed[-1].row)
        if not placed or one.right + text_width(one.solid.edge) + MARGIN > width:
            row = placed[-1].row + 1 if placed else 0
            one = one._replace(x=first_x(one, row), row=row)
        placed.append(one)
    return tuple(placed)


def first_x(one: PlacedItem, row: int) -> float:
    """The start of a row: after the margin, and after the arrow from the row above."""
    room = max(text_width(one.solid.left) + 4, half_caption(one) - one.solid.width / 2)
    return MARGIN + max(room, room_for_arrow(one) if row else 0)


def x_after(before: PlacedItem, one: PlacedItem) -> float:
    """The smallest x at which an item follows another without overlapping texts."""
    labels = (
        max(0, text_width(before.solid.edge) + 4 - before.solid.slant / 2)
        + text_width(one.solid.left)
        + 12
    )
    bodies = before.right + max(room_for_arrow(one), labels)
    texts = middle(before) + half_caption(before) + half_caption(one) + LETTER - one.solid.width / 2
    return max(bodies, texts)


def room_for_arrow(one: PlacedItem) -> float:
    return max(GAP, max(map(text_width, one.operation), default=0) + 12)


def captions(item: DrawingItem) -> tuple[str, ...]:
    """The lines below an item: name, shape of a join, in-place operations, outputs."""
    lines = [
        item.name,
        str(item.shape) if item.form == "join" else "",
        ", ".join(item.after),
        *item.ends,
    ]
    return tuple(cut(line) for line in lines if line)


def cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 3] + "..."


def text_width(text: str) -> float:
    """The approximate width of a text."""
    return width_of(text) * LETTER


def half_caption(one: PlacedItem) -> float:
    return max(map(text_width, (*one.captions, one.solid.below)), default=0) / 2


def middle(one: PlacedItem) -> float:
    """The center of the front of an item, above its captions."""
    return one.x + one.solid.width / 2


# Above and below the items


def stacked(links: list[Link]) -> tuple[Arc, ...]:
    """Arrows above a row, each on the lowest level where it crosses no shorter one."""
    arcs: list[Arc] = []
    for link in sorted(links, key=lambda link: (link.target - link.source, link.source)):
        over = [
            arc.level
            for arc in arcs
            if arc.link.source < link.target and link.source < arc.link.target
        ]
        arcs.append(Arc(link, max(over, default=0) + 1))
    return tuple(arcs)


def row_place(
    placed: tuple[PlacedItem, ...],
    items: tuple[int, ...],
    arcs: tuple[Arc, ...],
    top: float,
    has_tags: bool,
) -> RowPlace:
    half = max(
        max(placed[index].solid.half, LINE * (len(placed[index].operation) + 0.5))
        for index in items
    )
    levels = max((arc.level for arc in arcs), default=0)
    ceiling = top + LEVEL * (levels + (1 if levels else 0) + (1 if has_tags else 0))
    axis = ceiling + half
    below = axis + half + LINE
    lines = max(len(placed[index].captions) for index in items)
    return RowPlace(items, arcs, ceiling, axis, below + LINE + 3, below + (lines + 2) * LINE)


def tagged(links: list[Link]) -> tuple[Tag, ...]:
    """The tags of arrows into other rows: a letter for each value, at both ends."""
    letters: dict[tuple[int, tuple[str, ...]], str] = {}
    leaving: dict[int, list[str]] = {}
    arriving: dict[int, list[str]] = {}
    for link in links:
        key = (link.source, link.words)
        if key not in letters:
            letters[key] = letter(len(letters))
            leaving.setdefault(link.source, []).append(
                " ".join((letters[key], ", ".join(link.words))).rstrip()
            )
        arriving.setdefault(link.target, []).append(letters[key])
    left = [Tag(index, cut(", ".join(words)), arrives=False) for index, words in leaving.items()]
    return (
        *left,
        *(Tag(index, cut(" ".join(words)), arrives=True) for index, words in arriving.items()),
    )


def letter(index: int) -> str:
    """A, B, ..., Z, A1, B1, ...

    >>> letter(0), letter(27)
    ('A', 'B1')
    """
    turn, place = divmod(index, 26)
    return chr(ord("A") + place) + (str(turn) if turn else "")
