"""The modules that nodes are in, as their names or the metadata of the exporter tell.

- PyTorch's TorchScript exporter names nodes after modules: `/layer1/layer1.0/conv1/Conv`.
- Its newer exporter writes the names and the classes of modules next to each node.
- TensorFlow's names have scopes: `model/block1/conv/Conv2D`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from ...named_tuple import NamedTuple
from ..program import ModuleCall
from .classes import inferred_classes
from .file import OnnxFile
from .nodes import OnnxNode

SCOPES = "pkg.torch.onnx.name_scopes"
CLASSES = "pkg.torch.onnx.class_hierarchy"
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
GRAPH_NAMES = ("StatefulPartitionedCall", "PartitionedCall", "")
MAX_SCOPES = 40
MAX_VISITED = 500  # nodes, to find out whether a module is called again


class ScopePath(NamedTuple):
    """The modules around a node from the outermost: the name of each, and its class or "".

    `module` is the whole path of the innermost one in the model, if the file states it.
    """

    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    module: str = ""


def scope_path(file: OnnxFile, node: OnnxNode) -> ScopePath:
    """The modules that a node is in, without the model itself."""
    given = {entry.key: entry for entry in node.metadata} if node.metadata else {}
    if SCOPES in given:
        names = quoted(file.text(given[SCOPES].value))[:-1]
        classes = quoted(file.text(given[CLASSES].value))[:-1] if CLASSES in given else []
        return written_scopes(names, classes)
    parts = node.name.split("/")[:-1][:MAX_SCOPES]
    if node.name.startswith("/"):
        return ScopePath(tuple(relative_names([part for part in parts if part])))
    return ScopePath(tuple(part for part in parts if part not in GRAPH_NAMES))


def inferred_paths(file: OnnxFile, nodes: Sequence[OnnxNode]) -> Mapping[int, ScopePath]:
    """Paths of the nodes without metadata among others that have some, by their numbers.

    The exporter's rewrites leave none at a `Split`: it is in the modules around all its readers.
    """
    lacking = {number for number, node in enumerate(nodes) if not node.metadata}
    if len(lacking) == len(nodes):
        return {}
    makers = {name: number for number in lacking for name in nodes[number].outputs}
    found: dict[int, ScopePath] = {}
    for number in range(len(nodes) - 1 if lacking else -1, -1, -1):
        read = {makers[name] for name in nodes[number].inputs if name in makers}
        if read:
            path = found.get(number) or scope_path(file, nodes[number])
            found |= {maker: common_path(found.get(maker, path), path) for maker in read}
    return found


def common_path(one: ScopePath, other: ScopePath) -> ScopePath:
    """The modules that two nodes are in."""
    pairs = zip(one.names, other.names, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return ScopePath(one.names[:shared], one.classes[:shared])


def written_scopes(names: list[str], classes: list[str]) -> ScopePath:
    """The scopes of metadata, whose names are whole paths; the first is the model."""
    classes = classes if len(classes) == len(names) else [""] * len(names)
    pairs = list(zip(names, classes, strict=True))[:MAX_SCOPES]
    inner = [(name, kind) for name, kind in pairs if name]
    module = next(filter(None, reversed(names)), "")
    relative = relative_names([name for name, _ in inner])
    return ScopePath(tuple(relative), tuple(kind for _, kind in inner), module)


def relative_names(names: Sequence[str]) -> Iterator[str]:
    """The name of each module in the one around it.

    >>> list(relative_names(["stage2", "stage2.0", "branches.1", "branches.1.0"]))
    ['stage2', '0', 'branches.1', '0']
    """
    outer = ""
    for name in names:
        yield name.removeprefix(outer + ".")
        outer = name


def quoted(text: str) -> list[str]:
    """The quoted words of a list."""
    return [first or second for first, second in QUOTED.findall(text)]


class ScopeTree:
    """The module calls so far.  `path` is that of the latest node.

    A module that is called again has the same path.  Its nodes belong to another call if they
    depend on the first one through nodes of other modules.
    """

    def __init__(self, file: OnnxFile, inferred: Mapping[int, ScopePath] = {}) -> None:
        self.file = file
        self.inferred = inferred
        self.path = ScopePath()
        self.found: list[ModuleCall] = [ModuleCall("", "", None, 0, 0)]
        self.latest: dict[tuple[int, str], int] = {}
        self.left: set[int] = set()  # the calls after whose first node there is one outside
        self.makers: dict[str, int] = {}
        self.nodes: list[OnnxNode] = []
        self.homes: list[int] = []  # the call of each node
        self.starts: list[int] = [0]  # the first node of each call
        self.around: set[int] = set()  # the call of the latest node, and those that it is in

    def enter(self, node: OnnxNode) -> int:
        """The module call that a node is in."""
        path = self.inferred.get(len(self.nodes)) or scope_path(self.file, node)
        opened = self.around
        if self.homes and path == self.path and self.left.isdisjoint(opened):
            self.keep(node, self.homes[-1])
            return self.homes[-1]
        steady = opened - self.left
        self.path = path
        number = 0
        self.around = {0}
        for depth, name in enumerate(path.names):
            kind = path.classes[depth] if path.classes else ""
            inner = self.latest.get((number, name))
            is_same = inner is not None and (inner in steady or not self.is_again(inner, node))
            number = inner if inner is not None and is_same else self.opened(number, name, kind)
            self.around.add(number)
        self.left |= opened - self.around
        self.keep(node, number)
        return number

    def opened(self, parent: int, name: str, kind: str) -> int:
        """A new call in another one."""
        number = len(self.found)
        outer = self.found[parent].path
        path = f"{outer}.{name}" if outer else name
        self.found.append(ModuleCall(path, kind, parent, 0, 0))
        self.starts.append(len(self.nodes))
        self.latest[parent, name] = number
        return number

    def keep(self, node: OnnxNode, number: int) -> None:
        for name in node.outputs:
            self.makers[name] = len(self.nodes)
        self.nodes.append(node)
        self.homes.append(number)

    def chain(self, call: int) -> Iterator[int]:
        """A call, and those that it is in."""
        found: int | None = call
        while found is not None:
            yield found
            found = self.found[found].parent

    def is_again(self, call: int, node: OnnxNode) -> bool:
        """True if a node depends on a call through nodes outside, or on too many to tell."""
        waiting = self.sources(node, call)
        seen = set(waiting)
        while waiting:
            number = waiting.pop()
            if call in self.chain(self.homes[number]):
                continue
            for source in self.sources(self.nodes[number], call):
                if call in self.chain(self.homes[source]):
                    return True
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
            if len(seen) > MAX_VISITED:
                return True
        return False

    def sources(self, node: OnnxNode, call: int) -> list[int]:
        """The nodes that a node reads, from the first one of a call on."""
        numbers = [self.makers[name] for name in node.inputs if name in self.makers]
        return [number for number in numbers if number >= self.starts[call]]

    def calls(self) -> tuple[ModuleCall, ...]:
        """All calls; their classes are found by what is in them if the file does not have them."""
        if any(call.kind for call in self.found):
            return tuple(self.found)
        operators: list[list[str]] = [[] for _ in self.found]
        for node, home in zip(self.nodes, self.homes, strict=True):
            operators[home].append(node.operator)
        return inferred_classes(self.found, operators)
