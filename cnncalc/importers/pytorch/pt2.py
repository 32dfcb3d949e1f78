"""A `.pt2` file, which `torch.export.save` writes -> a Program, with the standard library alone.

Nothing in the file is executed or unpickled: only `models/model.json` in the archive is read.
Its schema is PyTorch's own (torch/_export/serde/schema.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...named_tuple import NamedTuple
from ..archive import WantedMember, archived_text
from ..bounded_json import MAX_JSON_BYTES, bounded_json
from ..errors import InvalidModelFile
from ..program import Argument, ModuleCall, Operation, Program, StoredTensor, TensorRef, TensorSizes

MODEL = "models/model.json"
MAX_OPERATIONS = 100_000
SCHEMA = 8
"""The major version of the schema that is known (PyTorch 2.5 to 2.14)."""

JsonObject = Mapping[str, Any]

MALFORMED = (
    *(KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration),
    *(OverflowError, RuntimeError),
)
"""The errors that a document of another structure may cause."""

EXPORT_LINES = """\
with torch.device("meta"): model = make()
torch.export.save(torch.export.export(model.eval(), (torch.empty(7, 3, 224, 224, device="meta"),), \
strict=False), "model.pt2")"""
"""How a user makes such a file, for messages and the help."""


def read_pt2(path: str) -> Program:
    """The program in a file.  Raises InvalidModelFile, and OSError if it cannot be opened."""
    document = model_document(path)
    version = document.get("schema_version", {})
    if not isinstance(version, Mapping) or version.get("major") != SCHEMA:
        found = version.get("major") if isinstance(version, Mapping) else version
        raise InvalidModelFile(
            f"{path} has version {found} of PyTorch's export format, version {SCHEMA} is known: "
            "write it with PyTorch 2.5 or later"
        )
    return guarded(path, document)


def guarded(path: str, document: JsonObject) -> Program:
    """The program of a document.  Any error in reading it is one of the file."""
    reader: Pt2Reader | None = None
    try:
        reader = Pt2Reader(document)
        return reader.program()
    except InvalidModelFile:
        raise
    except MALFORMED as error:
        node = len(reader.operations) if reader is not None else 0
        reason = f"{type(error).__name__} at node {node}"
        raise InvalidModelFile(f"{path} is malformed ({reason})") from None


def model_document(path: str) -> JsonObject:
    """The JSON document of the model in an archive.  Raises InvalidModelFile, or OSError."""
    missing = f"has no {MODEL}: it is not a file of torch.export"
    wanted = WantedMember("a .pt2 file", lambda name: name.endswith(MODEL), missing)
    name, text = archived_text(path, wanted, MAX_JSON_BYTES)
    document = bounded_json(text, f"{name} in {path}")
    if not isinstance(document, dict):
        raise InvalidModelFile(f"{name} in {path} is not an object")
    return document


class OpenCall(NamedTuple):
    """A module call whose operations are being read: its key in the file and its number."""

    key: str
    number: int


class Pt2Reader:
    """Reads one document, node by node."""

    def __init__(self, document: JsonObject) -> None:
        module = document["graph_module"]
        self.graph: JsonObject = module["graph"]
        self.signature: JsonObject = module["signature"]
        self.call_graph: Sequence[JsonObject] = module.get("module_call_graph", ())
        self.version = str(document.get("torch_version", "")).partition("+")[0]
        self.tensors: dict[str, TensorRef] = {}
        self.parameters: dict[str, StoredTensor] = {}
        self.buffers: dict[str, StoredTensor] = {}
        self.inputs: list[TensorRef] = []
        self.operations: list[Operation] = []
        self.calls: list[ModuleCall] = []
        self.open: list[OpenCall] = []

    def program(self) -> Program:
        for entry in self.signature["input_specs"]:
            self.read_input(*next(iter(entry.items())))
        nodes = self.graph["nodes"]
        if len(nodes) > MAX_OPERATIONS:
            raise InvalidModelFile(f"more than {MAX_OPERATIONS:,} operations")
        for node in nodes:
            self.read_node(node)
        self.close_calls(0)
        if not self.inputs:
            raise InvalidModelFile("the model has no input")
        return Program(
            framework=f"torch {self.version}".strip(),
            batch=self.inputs[0].sizes[0],
            inputs=tuple(self.inputs),
            outputs=tuple(self.outputs()),
            operations=tuple(self.operations),
            calls=tuple(self.calls),
            parameters=self.parameters,
            buffers=self.buffers,
        )

    # Tensors

    def sizes(self, name: str) -> TensorSizes:
        """Raises ValueError for a size that is a symbol."""
        sizes = self.graph["tensor_values"][name]["sizes"]
        if any("as_int" not in size for size in sizes):
            raise InvalidModelFile("a tensor has a size that is a symbol: export with fixed sizes")
        found = tuple([int(size["as_int"]) for size in sizes])
        if min(found, default=0) < 0:
            raise InvalidModelFile("malformed: a tensor has a negative size")
        return found

    def read_input(self, kind: str, entry: JsonObject) -> None:
        """An entry of the signature: a stored tensor or an input of the user."""
        if kind == "user_input":
            if "as_tensor" in entry["arg"]:
                name = entry["arg"]["as_tensor"]["name"]
                self.tensors[name] = TensorRef("input", self.sizes(name), name)
                self.inputs.append(self.tensors[name])
        elif kind == "parameter":
            name, stored = entry["arg"]["name"], stored_name(entry["parameter_name"])
            is_trainable = bool(self.graph["tensor_values"][name]["requires_grad"])
            self.parameters[stored] = StoredTensor(self.sizes(name), is_trainable)
            self.tensors[name] = TensorRef("parameter", self.sizes(name), stored)
        elif kind in ("buffer", "tensor_constant"):
            name, stored = entry["arg"]["name"], stored_name(entry[f"{kind}_name"])
            self.buffers[stored] = StoredTensor(self.sizes(name), False)
            self.tensors[name] = TensorRef("buffer", self.sizes(name), stored)

    def outputs(self) -> Iterator[tuple[str, TensorRef]]:
        """The outputs by name; a single one has no name."""
        entries = [entry for entry in self.signature["output_specs"] if "user_output" in entry]
        arguments = [entry["user_output"]["arg"] for entry in entries]
        names = [entry["as_tensor"]["name"] for entry in arguments if "as_tensor" in entry]
        labels = self.output_labels(len(names))
        for name, label in zip(names, labels, strict=True):
            yield label, self.tensors[name]

    def output_labels(self, count: int) -> list[str]:
        """The keys of a dictionary of outputs, else their numbers."""
        if count == 1:
            return [""]
        numbers = [str(index) for index in range(count)]
        if not self.call_graph or not self.call_graph[0].get("signature"):
            return numbers
        structure = json.loads(self.call_graph[0]["signature"]["out_spec"])
        labels = list(leaf_labels(structure[1], ""))
        return labels if len(labels) == count else numbers

    # Operations and calls

    def read_node(self, node: JsonObject) -> None:
        """One node of the graph; those without a tensor as result are left out."""
        self.enter(node.get("metadata", {}).get("nn_module_stack", ""))
        names = list(result_names(node["outputs"]))
        if not names:
            return
        keywords = {
            "input" if entry["name"] == "self" else entry["name"]: self.argument(entry["arg"])
            for entry in node["inputs"]
        }
        results = tuple([self.sizes(name) for name in names])
        index = len(self.operations)
        for part, name in enumerate(names):
            self.tensors[name] = TensorRef("output", results[part], "", index, part)
        call = self.open[-1].number if self.open else 0
        function = function_name(node["target"])
        self.operations.append(Operation(function, (), keywords, results, call))

    def argument(self, argument: JsonObject) -> Argument:
        kind, value = next(iter(argument.items()))
        if kind == "as_tensor":
            return self.tensors[value["name"]]
        if kind == "as_tensors":
            return tuple([self.tensors[entry["name"]] for entry in value])
        if kind == "as_optional_tensors":
            return tuple([self.optional_tensor(entry) for entry in value])
        if kind == "as_none":
            return None
        return tuple(value) if isinstance(value, list) else value

    def optional_tensor(self, entry: JsonObject) -> TensorRef | None:
        return self.tensors[entry["as_tensor"]["name"]] if "as_tensor" in entry else None

    def enter(self, stack: str) -> None:
        """Close and open module calls, so that those in the stack are open.

        The stack has for each call its key, the path of the module and its class.  A second call
        of a module has another key (`features@1`).
        """
        entries = [entry.split(",") for entry in stack.split(";") if entry]
        if not entries:
            return
        same = 0
        for opened, (key, _, _) in zip(self.open, entries, strict=False):
            if opened.key != key:
                break
            same += 1
        self.close_calls(same)
        for key, path, kind in entries[same:]:
            parent = self.open[-1].number if self.open else None
            start = len(self.operations)
            names = self.forward_names() if parent is None else ()
            module = path.partition("@")[0]
            self.calls.append(ModuleCall(module, kind, parent, start, start, input_names=names))
            self.open.append(OpenCall(key, len(self.calls) - 1))

    def close_calls(self, count: int) -> None:
        """Close the innermost calls, so that so many stay open."""
        while len(self.open) > count:
            index = self.open.pop().number
            self.calls[index] = self.calls[index]._replace(end=len(self.operations))

    def forward_names(self) -> tuple[str, ...]:
        """The names of the inputs in the model's code."""
        if not self.call_graph or not self.call_graph[0].get("signature"):
            return ()
        return tuple(self.call_graph[0]["signature"].get("forward_arg_names") or ())


def function_name(target: str) -> str:
    """The name of a function: `conv2d` of torch.ops.aten.conv2d.default."""
    words = target.split(".")
    return words[-2] if len(words) > 2 else words[-1]


def result_names(outputs: Sequence[JsonObject]) -> Iterator[str]:
    """The names of the tensors that a node returns."""
    for output in outputs:
        kind, value = next(iter(output.items()))
        if kind == "as_tensor":
            yield value["name"]
        elif kind == "as_tensors":
            yield from (entry["name"] for entry in value)


def leaf_labels(structure: JsonObject, prefix: str) -> Iterator[str]:
    """The names of the leaves of a nested result: keys of dictionaries, numbers in tuples."""
    if structure["type"] is None:
        yield prefix
        return
    context = json.loads(structure["context"]) if structure["context"] else None
    children = structure["children_spec"]
    keys = context if isinstance(context, list) and len(context) == len(children) else None
    for index, child in enumerate(children):
        key = str(keys[index]) if keys else str(index)
        yield from leaf_labels(child, f"{prefix}.{key}" if prefix else key)


def stored_name(name: object) -> str:
    """The name of a stored tensor.  Raises InvalidModelFile if it is not a text."""
    if not isinstance(name, str):
        raise InvalidModelFile("malformed: a stored tensor without a name")
    return name
