"""The alignment of two trees: which item of one corresponds to which item of the other.

The items of two corresponding groups are aligned in order.  If items remain, groups are expanded,
because a group may have been added around steps.  Items that still have no counterpart are
searched for elsewhere in the network: they have moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..limits import MAX_ALIGNMENT_EFFORT
from .sequence import Effort, IndexPairs, aligned, between
from .similarity import BagOfOthers, KnownSimilarities, coarse_gain, gain
from .tree import TreeItem

MAX_CHOICES = 50  # of counterparts of one item
SYNTHETIC = -(10**9)


class Alignment:
    """The corresponding items of two trees; `moved` are those whose position changed, of both.

    `touched` are the items, of both, that have a counterpart or contain one that has.
    `is_coarse`: the networks have too little in common to search all of it for counterparts.
    """

    def __init__(self) -> None:
        self.after: dict[TreeItem, TreeItem] = {}
        self.before: dict[TreeItem, TreeItem] = {}
        self.moved: set[TreeItem] = set()
        self.touched: set[TreeItem] = set()
        self.is_coarse = False

    def join(self, x: TreeItem, y: TreeItem) -> None:
        self.after[x] = y
        self.before[y] = x
        self.touch(x)
        self.touch(y)

    def touch(self, item: TreeItem) -> None:
        """Mark an item and those around it."""
        around: TreeItem | None = item
        while around is not None and around not in self.touched:
            self.touched.add(around)
            around = around.parent

    def layers(self) -> dict[int, int]:
        """The layers of the later network by those of the earlier one."""
        return {x.start: y.start for x, y in self.after.items() if x.node is not None}

    def mirrored(self) -> Alignment:
        found = Alignment()
        found.after, found.before, found.moved = self.before, self.after, self.moved
        found.touched, found.is_coarse = self.touched, self.is_coarse
        return found


def align(before: TreeItem, after: TreeItem) -> Alignment:
    """The alignment of two networks.  It is symmetric: their order does not matter."""
    if order(after) < order(before):
        return Aligner().align(after, before).mirrored()
    return Aligner().align(before, after)


def order(root: TreeItem) -> tuple[int, list[tuple[object, ...]]]:
    """A sort key of networks; equal for equal networks."""
    return root.size, [
        (item.path, item.kind, str(item.node and (item.node.layer, item.node.shape)))
        for item in root.within()
    ]


class Aligner:
    """Aligns group by group; `waiting` are the sequences that are not aligned yet."""

    def __init__(self) -> None:
        self.found = Alignment()
        self.waiting: list[tuple[list[TreeItem], list[TreeItem], bool]] = []
        self.known: dict[tuple[int, int], int] = {}
        self.similar: KnownSimilarities = {}
        self.items: dict[int, TreeItem] = {}  # one of each key
        self.effort = Effort(MAX_ALIGNMENT_EFFORT)

    def align(self, before: TreeItem, after: TreeItem) -> Alignment:
        # Every item of two networks is read a few times, also if they are equal.
        self.effort.most += 20 * (before.size + after.size)
        self.join(before, after)
        self.work()
        self.find_moved(before, after)
        self.found.is_coarse = self.effort.is_exhausted
        return self.found

    def work(self) -> None:
        while self.waiting:
            self.align_items(*self.waiting.pop())

    def join(self, x: TreeItem, y: TreeItem) -> None:
        """Record that two items correspond.  Equal contents are joined at once, others later."""
        pairs = [(x, y)]
        while pairs:
            x, y = pairs.pop()
            self.found.join(x, y)
            if x.content == y.content:
                pairs += zip(x.items, y.items, strict=True)
            elif x.items and y.items:
                self.waiting.append((x.items, y.items, x.is_repeat))

    def align_items(self, xs: list[TreeItem], ys: list[TreeItem], repeat: bool) -> None:
        """Align the items of two groups, or the iterations of two repeated steps (`repeat`)."""
        self.effort.spend(len(xs) + len(ys))
        if not repeat:
            for added in (*make_repeats(xs, ys), *make_repeats(ys, xs)):
                if added.items[0] in self.found.touched:
                    self.found.touched.add(added)
        self.items.update((item.key, item) for item in (*xs, *ys))
        pairs = self.iteration_pairs(xs, ys) if repeat else self.in_order(xs, ys)
        for x, y in pairs:
            self.join(xs[x], ys[y])
        for x, x_end, y, y_end in between(pairs, (0, len(xs), 0, len(ys))):
            self.expand_groups(xs[x:x_end], ys[y:y_end])

    def in_order(self, xs: Sequence[TreeItem], ys: Sequence[TreeItem]) -> IndexPairs:
        keys = [item.key for item in xs], [item.key for item in ys]
        return aligned(*keys, self.gain, self.effort)

    def gain(self, x: int, y: int) -> int:
        """The gain of aligning two items with these keys."""
        found = self.known.get((x, y))
        if found is None:
            one, other = self.items[x], self.items[y]
            self.effort.spend(1 + len(one.items) + len(other.items))
            if one.items and one.content != other.content and self.effort.is_exhausted:
                found = coarse_gain(one, other)
            else:
                found = gain(one, other, self.similar, self.effort)
            self.known[x, y] = found
        return found

    def iteration_pairs(self, xs: Sequence[TreeItem], ys: Sequence[TreeItem]) -> IndexPairs:
        """Iterations correspond by number, unless more of them are equal in another order."""
        in_place = [
            (index, index)
            for index in range(min(len(xs), len(ys)))
            if self.gain(xs[index].key, ys[index].key)
        ]
        equal = count_equal(in_place, xs, ys)
        if equal == min(len(xs), len(ys)):
            return in_place
        others = self.in_order(xs, ys)
        return others if count_equal(others, xs, ys) > equal else in_place

    def expand_groups(self, xs: list[TreeItem], ys: list[TreeItem]) -> None:
        """Expand the largest groups without a counterpart whose layers may have some.

        All of them at once if the networks have too little in common to try each size.
        """
        if self.effort.is_far_exceeded:
            return
        expanded = expandable(xs, ys, self.effort) + expandable(ys, xs, self.effort)
        if not expanded:
            return
        largest = 0 if self.effort.is_exhausted else max(item.size for item in expanded)
        chosen = {item for item in expanded if item.size >= largest}
        self.waiting.append((with_expanded(xs, chosen), with_expanded(ys, chosen), False))

    # Moved items

    def find_moved(self, before: TreeItem, after: TreeItem) -> None:
        """Find counterparts of the rest: in the same group first, then equal ones, then by name."""
        for rule in (near, equal_anywhere, named_anywhere):
            self.move(
                rule(
                    self.left(before, self.found.after),
                    self.left(after, self.found.before),
                    self.found,
                )
            )

    def left(self, root: TreeItem, counterparts: dict[TreeItem, TreeItem]) -> list[TreeItem]:
        """The items without a counterpart, the largest first."""
        found = [item for item in root.within() if item not in counterparts and not item.is_repeat]
        return sorted(found, key=lambda item: -item.size)

    def move(self, pairs: Iterable[tuple[TreeItem, TreeItem]]) -> None:
        for x, y in pairs:
            if x not in self.found.touched and y not in self.found.touched:
                self.found.moved |= {x, y}
                self.join(x, y)
                self.work()


def count_equal(pairs: IndexPairs, xs: Sequence[TreeItem], ys: Sequence[TreeItem]) -> int:
    return sum(xs[x].content == ys[y].content for x, y in pairs)


def expandable(items: list[TreeItem], others: list[TreeItem], effort: Effort) -> list[TreeItem]:
    """The groups whose contents may be among the other items.

    A group that is itself inside one of the others is kept whole.
    """
    if not any(item.items for item in items):
        return []
    bag = BagOfOthers(others)
    effort.spend(bag.work + sum(len(item.bag) for item in items if item.items))
    inner = [one for other in others for one in other.items]
    contents, names = {one.content for one in inner}, {one.name for one in inner if one.given}
    return [
        item
        for item in items
        if item.items
        and item.content not in contents
        and not (item.given and item.name in names)
        and bag.holds_most_of(item.bag)
    ]


def make_repeats(xs: list[TreeItem], ys: list[TreeItem]) -> list[TreeItem]:
    """Make a single step an iteration where the other network repeats it; what was made.

    A repeat that is added to a step is then one change.
    """
    theirs = {item.name: item for item in reversed(ys) if item.is_repeat}
    for item in xs:
        if item.is_repeat:
            theirs.pop(item.name, None)
    made = []
    indices: dict[TreeItem, dict[TreeItem, int]] = {}  # of the items of each parent
    for index, item in enumerate(xs):
        if not item.is_repeat and item.name in theirs and item.parent is not None:
            around = item.parent
            if around not in indices:
                indices[around] = {inner: at for at, inner in enumerate(around.items)}
            xs[index] = as_repeat(item, theirs[item.name])
            around.items[indices[around][item]] = xs[index]
            made.append(xs[index])
    return made


def as_repeat(item: TreeItem, other: TreeItem) -> TreeItem:
    repeat = TreeItem(item.path, "", item.start, item.end)
    repeat.is_repeat, repeat.items, repeat.parent = True, [item], item.parent
    repeat.name, repeat.given = item.name, item.given
    repeat.contents, repeat.types, repeat.weighted = item.contents, item.types, item.weighted
    # Signatures that no other item has, unless the other step has one equal iteration.
    similar = [one.content for one in other.items] == [item.content]
    repeat.content, repeat.key = (
        (other.content, other.key) if similar else (SYNTHETIC - item.content, SYNTHETIC - item.key)
    )
    item.parent, item.name, item.given = repeat, "0", False
    return repeat


def with_expanded(items: list[TreeItem], expanded: set[TreeItem]) -> list[TreeItem]:
    """The items, with the expanded ones replaced by their contents."""
    return [inner for item in items for inner in (item.items if item in expanded else [item])]


Unmatched = Sequence[TreeItem]


def near(xs: Unmatched, ys: Unmatched, found: Alignment) -> Iterator[tuple[TreeItem, TreeItem]]:
    """Equal items at another position in the same group."""
    counterparts = [found.after.get(x.parent) if x.parent is not None else None for x in xs]
    for sign in ("key", "content"):
        candidates: dict[tuple[TreeItem | None, int], list[TreeItem]] = {}
        for y in ys:
            candidates.setdefault((y.parent, getattr(y, sign)), []).append(y)
        for x, counterpart in zip(xs, counterparts, strict=True):
            for y in candidates.get((counterpart, getattr(x, sign)), ())[:MAX_CHOICES]:
                yield x, y


def equal_anywhere(
    xs: Unmatched, ys: Unmatched, found: Alignment
) -> list[tuple[TreeItem, TreeItem]]:
    """Equal items that are unique in both networks, with weights or with a name of the file."""
    wanted = (
        Counter(item.key for item in xs if is_distinctive(item)),
        Counter(item.key for item in ys if is_distinctive(item)),
    )
    unique = {y.key: y for y in ys if wanted[1][y.key] == 1}
    return [(x, unique[x.key]) for x in xs if wanted[0][x.key] == 1 and x.key in unique]


def named_anywhere(
    xs: Unmatched, ys: Unmatched, found: Alignment
) -> list[tuple[TreeItem, TreeItem]]:
    """Items of one type that the file names equally, unique in both networks."""

    def named(item: TreeItem) -> tuple[str, str]:
        return item.name, item.kind

    counts = (
        Counter(named(item) for item in xs if item.given),
        Counter(named(item) for item in ys if item.given),
    )
    unique = {named(y): y for y in ys if counts[1][named(y)] == 1}
    return [(x, unique[named(x)]) for x in xs if counts[0][named(x)] == 1 and named(x) in unique]


def is_distinctive(item: TreeItem) -> bool:
    """True if the file names an item, or it has weights."""
    return item.given or item.has_weights
