"""Files of torch.export, written without torch: a chain of convolutions with names of one's own."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VERSION = {"major": 8, "minor": 20}


def document(names: Sequence[str], version: Any = VERSION) -> dict[str, Any]:
    """The document of a model with a 3x3 convolution in a module of each name."""
    tensors: dict[str, Any] = {"x": tensor(7, 3, 8, 8)}
    specs: list[Any] = []
    nodes = []
    value, channels = "x", 3
    for index, name in enumerate(names):
        tensors[f"w{index}"] = tensor(4, channels, 3, 3, grad=True)
        tensors[f"y{index}"] = tensor(7, 4, 8, 8)
        stored = {"arg": {"name": f"w{index}"}, "parameter_name": f"{index}.{name}.weight"}
        specs.append({"parameter": stored})
        word = re.sub("[,;]", " ", name)  # which separate the entries of a stack
        stack = f"root,,models.Net;{index},{word},models.{word}"
        nodes.append(convolution(value, f"w{index}", f"y{index}", stack))
        value, channels = f"y{index}", 4
    specs.append({"user_input": {"arg": {"as_tensor": {"name": "x"}}}})
    outputs = [{"user_output": {"arg": {"as_tensor": {"name": value}}}}]
    return {
        "schema_version": version,
        "torch_version": "2.14.1",
        "graph_module": {
            "graph": {"nodes": nodes, "tensor_values": tensors},
            "signature": {"input_specs": specs, "output_specs": outputs},
            "module_call_graph": [],
        },
    }


def tensor(*sizes: int, grad: bool = False) -> dict[str, Any]:
    return {"sizes": [{"as_int": size} for size in sizes], "requires_grad": grad}


def convolution(x: str, weight: str, result: str, stack: str) -> dict[str, Any]:
    arguments = {
        "input": {"as_tensor": {"name": x}},
        "weight": {"as_tensor": {"name": weight}},
        "bias": {"as_none": True},
        "stride": {"as_ints": [1, 1]},
        "padding": {"as_ints": [1, 1]},
    }
    return {
        "target": "torch.ops.aten.conv2d.default",
        "inputs": [{"name": name, "arg": value, "kind": 1} for name, value in arguments.items()],
        "outputs": [{"as_tensor": {"name": result}}],
        "metadata": {"nn_module_stack": stack},
    }


def write_pt2(path: Path, content: Any) -> Path:
    """An archive with a document, or with any text in its place."""
    text = content if isinstance(content, str) else json.dumps(content)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/models/model.json", text)
    return path
