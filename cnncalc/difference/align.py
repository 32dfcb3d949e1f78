"""Two trees -> which item of the one is which of the other, as a person would say it.

The items of two groups that belong together are aligned; in what is left between them, groups that were put around steps
are opened, and what then has no counterpart is looked for elsewhere, as moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .sequence import Pairs, aligned, between
from .similarity import Known, bag_of, gain, holds_most_of
from .tree import TreeItem

MOST_CHOICES = 50  # of counterparts of one item
OWN = -(10**9)
WEIGHTY = ("conv", "dense", "recurrent", "attention")


class Alignment:
    """Which items belong together.  `moved` are those, of both sides, that are elsewhere than before."""

    def __init__(self) -> None:
        self.after: dict[TreeItem, TreeItem] = {}
        self.before: dict[TreeItem, TreeItem] = {}
        self.moved: set[TreeItem] = set()

    def join(self, x: TreeItem, y: TreeItem) -> None:
        self.after[x] = y
        self.before[y] = x

    def mirrored(self) -> Alignment:
        found = Alignment()
        found.after, found.before, found.moved = self.before, self.after, self.moved
        return found


def align(before: TreeItem, after: TreeItem) -> Alignment:
    """The alignment of two networks.  It is the same in both directions: one of them is always the first."""
    if order(after) < order(before):
        return Aligner().align(after, before).mirrored()
    return Aligner().align(before, after)


def order(root: TreeItem) -> tuple[int, list[tuple[object, ...]]]:
    """What puts one of two networks first; equal for networks that are equal."""
    return root.size, [
        (item.path, item.kind, str(item.node and (item.node.layer, item.node.shape)))
        for item in root.within()
    ]


class Aligner:
    """Aligns group by group; `waiting` are the sequences that are still to be aligned."""

    def __init__(self) -> None:
        self.found = Alignment()
        self.waiting: list[tuple[list[TreeItem], list[TreeItem], bool]] = []
        self.known: dict[tuple[int, int], int] = {}
        self.similar: Known = {}
        self.items: dict[int, TreeItem] = {}  # one of each key

    def align(self, before: TreeItem, after: TreeItem) -> Alignment:
        self.join(before, after)
        self.work()
        self.find_moved(before, after)
        return self.found

    def work(self) -> None:
        while self.waiting:
            self.align_items(*self.waiting.pop())

    def join(self, x: TreeItem, y: TreeItem) -> None:
        """Two items belong together; what is in them follows, at once where both are alike."""
        alike = [(x, y)]
        while alike:
            x, y = alike.pop()
            self.found.join(x, y)
            if x.like == y.like:
                alike += zip(x.items, y.items, strict=True)
            elif x.items and y.items:
                self.waiting.append((x.items, y.items, x.is_repeat))

    def align_items(self, xs: list[TreeItem], ys: list[TreeItem], rounds: bool) -> None:
        """Align what follows one another in two groups."""
        if not rounds:
            make_rounds(xs, ys)
            make_rounds(ys, xs)
        self.items.update((item.key, item) for item in (*xs, *ys))
        pairs = self.of_rounds(xs, ys) if rounds else self.in_order(xs, ys)
        for x, y in pairs:
            self.join(xs[x], ys[y])
        for x, x_end, y, y_end in between(pairs, (0, len(xs), 0, len(ys))):
            self.open_groups(xs[x:x_end], ys[y:y_end])

    def in_order(self, xs: Sequence[TreeItem], ys: Sequence[TreeItem]) -> Pairs:
        return aligned([item.key for item in xs], [item.key for item in ys], self.gain)

    def gain(self, x: int, y: int) -> int:
        """The gain of what has these keys."""
        found = self.known.get((x, y))
        if found is None:
            found = self.known[x, y] = gain(self.items[x], self.items[y], self.similar)
        return found

    def of_rounds(self, xs: Sequence[TreeItem], ys: Sequence[TreeItem]) -> Pairs:
        """Rounds belong together by their numbers, but where more of them are equal in another way."""
        in_place = [
            (place, place)
            for place in range(min(len(xs), len(ys)))
            if self.gain(xs[place].key, ys[place].key)
        ]
        equal = sum(xs[x].like == ys[y].like for x, y in in_place)
        if equal == min(len(xs), len(ys)):
            return in_place
        others = self.in_order(xs, ys)
        return others if sum(xs[x].like == ys[y].like for x, y in others) > equal else in_place

    def open_groups(self, xs: list[TreeItem], ys: list[TreeItem]) -> None:
        """Where a group has no counterpart but its layers have, look at what is in it instead."""
        opened = can_open(xs, ys) + can_open(ys, xs)
        if not opened:
            return
        largest = max(item.size for item in opened)
        open_now = {item for item in opened if item.size == largest}
        self.waiting.append((opened_in(xs, open_now), opened_in(ys, open_now), False))

    # What is elsewhere

    def find_moved(self, before: TreeItem, after: TreeItem) -> None:
        """Find counterparts of what is left: near first, then anywhere, what is equal before what is alike."""
        for rule in (near, equal_anywhere, named_anywhere):
            self.move(
                rule(
                    self.left(before, self.found.after),
                    self.left(after, self.found.before),
                    self.found,
                )
            )

    def left(self, root: TreeItem, counterparts: dict[TreeItem, TreeItem]) -> list[TreeItem]:
        """The items without a counterpart, the larger before the smaller."""
        found = [item for item in root.within() if item not in counterparts and not item.is_repeat]
        return sorted(found, key=lambda item: -item.size)

    def move(self, pairs: Iterable[tuple[TreeItem, TreeItem]]) -> None:
        for x, y in pairs:
            if is_left(x, self.found.after) and is_left(y, self.found.before):
                self.found.moved |= {x, y}
                self.join(x, y)
                self.work()


def can_open(items: list[TreeItem], others: list[TreeItem]) -> list[TreeItem]:
    """The groups of which what is in them may be what is beside them; what is itself in one of these is left whole."""
    bag = bag_of(others)
    inner = [one for other in others for one in other.items]
    likes, names = {one.like for one in inner}, {one.name for one in inner if one.given}
    return [
        item
        for item in items
        if item.items
        and item.like not in likes
        and not (item.given and item.name in names)
        and holds_most_of(item.bag, bag)
    ]


def is_left(item: TreeItem, counterparts: dict[TreeItem, TreeItem]) -> bool:
    """Whether an item has no counterpart, nor anything in it."""
    return not any(inner in counterparts for inner in item.within())


def make_rounds(xs: list[TreeItem], ys: list[TreeItem]) -> None:
    """A step that is repeated in the others only becomes a round, so that a count that is put to it is a change of one."""
    theirs = {item.name for item in ys if item.is_repeat} - {
        item.name for item in xs if item.is_repeat
    }
    for place, item in enumerate(xs):
        if not item.is_repeat and item.name in theirs and item.parent is not None:
            xs[place] = as_round(
                item, next(other for other in ys if other.is_repeat and other.name == item.name)
            )


def as_round(item: TreeItem, other: TreeItem) -> TreeItem:
    rounds = TreeItem(item.path, "", item.start, item.end)
    rounds.is_repeat, rounds.items, rounds.parent = True, [item], item.parent
    rounds.name, rounds.given, rounds.likes, rounds.types = (
        item.name,
        item.given,
        item.likes,
        item.types,
    )
    # Of their own, if not those of the others: of one round there are no others with these.
    alike = [one.like for one in other.items] == [item.like]
    rounds.like, rounds.key = (
        (other.like, other.key) if alike else (OWN - item.like, OWN - item.key)
    )
    if item.parent is not None:
        item.parent.items[item.parent.items.index(item)] = rounds
    item.parent, item.name, item.given = rounds, "0", False
    return rounds


def opened_in(items: list[TreeItem], opened: set[TreeItem]) -> list[TreeItem]:
    """Items, with what is in those that are opened in their place."""
    return [inner for item in items for inner in (item.items if item in opened else [item])]


Left = Sequence[TreeItem]


def near(xs: Left, ys: Left, found: Alignment) -> list[tuple[TreeItem, TreeItem]]:
    """What is equal in the same group: whatever it is, it stands elsewhere in it."""
    pairs = []
    for sign in ("key", "like"):
        places: dict[tuple[TreeItem | None, int], list[TreeItem]] = {}
        for y in ys:
            places.setdefault((y.parent, getattr(y, sign)), []).append(y)
        for x in xs:
            counterpart = found.after.get(x.parent) if x.parent is not None else None
            some = places.get((counterpart, getattr(x, sign)), ())
            pairs += [(x, y) for y in some[:MOST_CHOICES]]
    return pairs


def equal_anywhere(xs: Left, ys: Left, found: Alignment) -> list[tuple[TreeItem, TreeItem]]:
    """What is equal and there once: a group or layer with weights, or one whose name the file gives."""
    wanted = (
        Counter(item.key for item in xs if is_telling(item)),
        Counter(item.key for item in ys if is_telling(item)),
    )
    places = {y.key: y for y in ys if wanted[1][y.key] == 1}
    return [(x, places[x.key]) for x in xs if wanted[0][x.key] == 1 and x.key in places]


def named_anywhere(xs: Left, ys: Left, found: Alignment) -> list[tuple[TreeItem, TreeItem]]:
    """What the file gives the same name, is of the same type, and is there once."""

    def named(item: TreeItem) -> tuple[str, str]:
        return item.name, item.kind

    counts = (
        Counter(named(item) for item in xs if item.given),
        Counter(named(item) for item in ys if item.given),
    )
    places = {named(y): y for y in ys if counts[1][named(y)] == 1}
    return [(x, places[named(x)]) for x in xs if counts[0][named(x)] == 1 and named(x) in places]


def is_telling(item: TreeItem) -> bool:
    if item.given:
        return True
    return any(
        inner.node is not None and inner.node.layer.category in WEIGHTY for inner in item.within()
    )
