"""Records models of Keras 3 and 2, and what Keras counts, for the tests of their import.

    python tests/generate/keras_files.py applications
    python tests/generate/keras_files.py keras3
    python tests/generate/keras_files.py keras2
    python tests/generate/keras_files.py nodes

writes `tests/data/keras/` and the rows of that group in `tests/data/keras_files.csv`; names of
models after the group restrict it to these, but for the applications.  The first
two need keras and jax, the third one tf_keras and tensorflow (requirements-keras.txt), and the last
one Python 3.8 and tensorflow-cpu==2.3.4 with protobuf<3.21.

The counts are Keras' own: the parameters, the statistics of norms, and for each layer with weights
its number and the elements of its first output, as the digest of all of them.  The
multiply-accumulates are those of the products and convolutions that JAX is given, counted in the
jaxpr of the model for one sample.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import inspect
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "keras"
TABLE = ROOT / "tests" / "data" / "keras_files.csv"
sys.path.insert(0, str(Path(__file__).resolve().parent))

STATISTICS = ("moving_mean", "moving_variance", "mean", "variance")
"""The last words of the paths of variables that are the statistics of norms."""

UNCOUNTED = ("count", "seed_generator_state", "vector_u", "sn_u")
UNCOUNTED += ("moving_stddev", "renorm_mean", "renorm_stddev")

UNTRACED = ("cells", "preprocessing")
"""Models whose jaxpr has other products: a first step that is run twice, and a resized image."""

FIELDS = ("file", "framework", "params", "buffers", "macs", "outputs", "layers")


def main(group: str, names: Sequence[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    made: dict[str, dict[str, Any]] = {}
    makers = {"applications": applications, "keras3": keras3_cases, "keras2": keras2_cases}
    makers["nodes"] = node_cases
    for row in makers[group](names):
        made[row["file"]] = row
        print(row, flush=True)
    rows = {**{row["file"]: row for row in read_rows()}, **made}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in sorted(rows))


def read_rows() -> list[dict[str, Any]]:
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def applications(_: Sequence[str]) -> Iterator[dict[str, Any]]:
    """All networks of keras.applications, without weights."""
    from keras import applications as networks
    from keras import backend

    for name, make in inspect.getmembers(networks, inspect.isfunction):
        model = make(weights=None)
        path = FOLDER / f"{name}.keras"
        write_archive(path, {"config.json": model.to_json().encode()})
        shape = None if model.input_shape[1] else (224, 224, 3)
        yield row_of(model, path.name, [shape] if shape else None)
        backend.clear_session()


def keras3_cases(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    from keras_cases3 import CASES

    for name in names or CASES:
        model = CASES[name]()
        ending = ".json" if name.endswith("_json") else ".h5" if name.endswith("_h5") else ".keras"
        path = FOLDER / f"{name}{ending}"
        save(model, path)
        yield row_of(model, path.name, has_macs=name not in UNTRACED)


def keras2_cases(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    from keras_cases2 import CASES

    for name in names or CASES:
        model = CASES[name]()
        path = FOLDER / f"{name}.json"
        if name.endswith("_h5"):
            path = FOLDER / f"{name}.h5"
        save(model, path)
        yield row_of(model, path.name, has_macs=False)


def node_cases(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The models of NODES in files of TensorFlow 2.3, which has a layer for each node."""
    from keras_cases2 import CASES, NODES

    for name in names or NODES:
        model = CASES[name]()
        path = FOLDER / f"{name}3.json"
        save(model, path)
        yield row_of(model, path.name, has_macs=False)


def save(model: Any, path: Path) -> None:
    """The file as Keras writes it; an archive keeps its configuration alone."""
    if path.suffix == ".json":
        path.write_text(model.to_json(), "utf-8")
        return
    model.save(path)
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            kept = {name: archive.read(name) for name in ("metadata.json", "config.json")}
        write_archive(path, kept)


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    """An archive that is equal whenever it is made."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


def row_of(
    model: Any, file: str, shapes: list[Any] | None = None, *, has_macs: bool = True
) -> dict[str, Any]:
    statistics = sum(prod(v.shape) for v in model.weights if is_statistic(v))
    others = sum(prod(v.shape) for v in model.weights if not is_statistic(v) and is_counted(v))
    stated = [output.shape for output in model.outputs]
    if not has_macs and any(None in shape[1:] for shape in stated):
        stated = calculated_shapes(model)
    macs, shapes = traced(model, shapes) if has_macs else ("", stated)
    outputs = sorted(sorted(size for size in shape[1:] if size != 1) for shape in shapes)
    package = type(model).__module__.partition(".")[0]
    version = importlib.import_module(package).__version__
    return {
        "file": file,
        "framework": f"{package} {version}",
        "params": others,
        "buffers": statistics,
        "macs": macs,
        "outputs": json.dumps(outputs).replace(" ", ""),
        "layers": digest(model),
    }


def calculated_shapes(model: Any) -> list[Any]:
    """The shapes of the outputs for one sample, where those that Keras states are open."""
    import numpy as np

    inputs = [np.zeros((1, *tensor.shape[1:]), "float32") for tensor in model.inputs]
    return [output.shape for output in model(inputs if len(inputs) > 1 else inputs[0])]


def last_word(variable: Any) -> str:
    return getattr(variable, "path", variable.name).rpartition("/")[2].partition(":")[0]


def is_statistic(variable: Any) -> bool:
    return last_word(variable) in STATISTICS


def is_counted(variable: Any) -> bool:
    """False for the number of samples of a Normalization, and what training alone reads."""
    return last_word(variable) not in UNCOUNTED


def digest(model: Any) -> str:
    """Of all layers with weights: their names and numbers."""
    lines = sorted(f"{name} {params}" for name, params in weighted(model))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def weighted(model: Any, seen: set[int] | None = None) -> Iterator[tuple[str, int]]:
    """Each layer with weights, once: its name, and its elements of weights."""
    seen = set() if seen is None else seen
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        inner = getattr(layer, "layer", layer)
        if hasattr(inner, "layers"):
            yield from weighted(inner, seen)
            continue
        params = sum(prod(v.shape) for v in layer.weights if is_counted(v))
        if params:
            yield layer.name, params


# Multiply-accumulates


def traced(model: Any, shapes: list[Any] | None) -> tuple[int, list[Any]]:
    """The products in the jaxpr of a model for one sample, and the shapes of its outputs."""
    import jax

    sizes = [(1, *shape) for shape in shapes] if shapes else None
    tensors = [
        jax.ShapeDtypeStruct(sizes[n] if sizes else (1, *t.shape[1:]), str(t.dtype))
        for n, t in enumerate(model.inputs)
    ]

    def run(trainable: Any, others: Any, *inputs: Any) -> Any:
        values = list(inputs) if len(inputs) > 1 else inputs[0]
        return model.stateless_call(trainable, others, values, training=False)[0]

    variables = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]
    closed = jax.make_jaxpr(run)(variables, others, *tensors)
    return macs_in(closed.jaxpr), [value.shape for value in closed.out_avals]


def macs_in(jaxpr: Any) -> int:
    total = 0
    for equation in jaxpr.eqns:
        name = equation.primitive.name
        if name == "dot_general":
            total += dot_macs(equation)
        elif name == "conv_general_dilated":
            total += conv_macs(equation)
        times = equation.params.get("length", 1) if name == "scan" else 1
        for parameter in equation.params.values():
            inner = getattr(parameter, "jaxpr", parameter)
            if hasattr(inner, "eqns"):
                total += times * macs_in(inner)
    return total


def dot_macs(equation: Any) -> int:
    left = equation.invars[0].aval.shape
    (contracted, _), _ = equation.params["dimension_numbers"]
    return prod(equation.outvars[0].aval.shape) * prod(left[axis] for axis in contracted)


def conv_macs(equation: Any) -> int:
    """Padded positions count; a dilated input has zeros, which do not: it is transposed."""
    x, kernel = (variable.aval.shape for variable in equation.invars)
    numbers = equation.params["dimension_numbers"]
    out, *_ = numbers.rhs_spec
    each = prod(kernel) // kernel[out]
    if set(equation.params["lhs_dilation"]) == {1}:
        return prod(equation.outvars[0].aval.shape) * each
    channels = x[numbers.lhs_spec[1]]
    return prod(x) * prod(kernel) // channels * (channels // kernel[numbers.rhs_spec[1]])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
