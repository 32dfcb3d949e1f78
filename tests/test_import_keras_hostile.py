"""Files of Keras from strangers: each is read, or refused with one message."""

from __future__ import annotations

import base64
import copy
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.importers import bounded_json
from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.keras import files, parsing
from cnncalc.importers.keras.hdf5 import stated_size
from cnncalc.importers.load import sketch_of_file
from cnncalc.shape import Shape

from .support.hostile import HOSTILE
from .support.keras_files import FOLDER, document
from .support.mutants import read_or_refused, values_in
from .support.processes import cnncalc as run

DENSE = {"class_name": "Dense", "units": 4, "name": "dense"}
VALID = document([DENSE], [None, 8])


def merging(models: list[Any]) -> str:
    """A model of Keras 1 that begins with the results of some models."""
    merge = {"class_name": "Merge", "config": {"mode": "sum", "layers": models}}
    return json.dumps({"class_name": "Sequential", "config": [merge]})


def written(path: Path, text: str) -> Path:
    """A `.keras` file with this configuration, or the text itself."""
    if path.suffix != ".keras":
        path.write_text(text, "utf-8")
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", text)
    return path


def fails(path: Path, message: str, error: type[Exception] = InvalidModelFile) -> None:
    """It raises this error here, and ends a process with one message."""
    with pytest.raises(error, match=message):
        sketch_of_file(str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[" * 70 + "]" * 70, "nested more than 64 deep"),
        ('{"class_name": ' + "9" * 5000 + "}", "not valid JSON"),
        ('{"class_name": "x", "config": 12345678901234567890123}', "not valid JSON"),
        ("[]", "not an object"),
        ("{}", "an object without a class"),
        ('{"class_name": "Sequential", "config": {"layers": [3]}}', "not an object"),
        (VALID.replace('"units": 4', '"units": "four"'), "`units` is not a whole number"),
        (VALID + "x", "not valid JSON"),
        (merging([{"class_name": "Dense", "config": {"units": 1}}]), "not a model"),
        (merging([3]), "layer 0 of sequential_1: not an object"),
    ],
    ids=lambda text: text[:20],
)
def test_malformed_documents(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "net.keras", text)
    fails(path, message)
    ran = run("show", str(path))
    assert ran.returncode == 2 and message in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.parametrize("kind", ["Sequential", "Functional"])
def test_models_in_models_are_bounded(kind: str, tmp_path: Path) -> None:
    entry: dict[str, Any] = {"class_name": "Dense", "config": {"units": 1}}
    for level in range(25):
        config = {"name": f"m{level}", "layers": [entry]}
        entry = {"class_name": kind, "config": config}
    fails(written(tmp_path / "net.keras", json.dumps(entry)), "nested more than")


def test_a_directory_that_points_before_the_file(tmp_path: Path) -> None:
    """Its own place, the last number of an archive, is far after the file."""
    path = written(tmp_path / "net.keras", VALID)
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\5\6") + 16
    data[place : place + 4] = (2**31).to_bytes(4, "little")
    path.write_bytes(data)
    fails(path, "is not a .keras file")


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that an archive declares, and the bytes that it has, are bounded."""
    monkeypatch.setattr(files, "MAX_JSON_BYTES", 1_000_000)
    path = written(tmp_path / "net.keras", " " * 2_000_000)
    assert path.stat().st_size < 10_000
    fails(path, "larger than")
    fails(written(tmp_path / "net.json", '{"class_name": "x"}' + " " * 2_000_000), "larger than")


def test_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    """An archive whose directory states a smaller size than there is."""
    path = written(tmp_path / "net.keras", VALID)
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    fails(path, "not a .keras file|not valid JSON")


def test_too_many_values_and_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = document([{**DENSE, "name": f"dense{n}"} for n in range(20)], [None, 8])
    path = written(tmp_path / "net.keras", many)
    monkeypatch.setattr(parsing, "MAX_LAYERS", 10)
    fails(path, "more than 10 layers")
    monkeypatch.setattr(bounded_json, "MAX_VALUES", 50)
    fails(path, "more than 50 values")


def test_models_that_are_called_in_models_are_bounded(tmp_path: Path) -> None:
    """Each of 15 models calls the next one three times: 14 million layers in a few kilobytes."""
    text = called_thrice(15)
    path = written(tmp_path / "net.keras", json.dumps(text))
    assert path.stat().st_size < 10_000
    fails(path, "more than 100,000 calls")


def called_thrice(depth: int) -> dict[str, Any]:
    """A model that calls another one three times, which calls another one."""
    inner = called_thrice(depth - 1) if depth else {"class_name": "ReLU", "config": {}}
    name = f"m{depth}"
    tensors = [["x", 0, 0], ["y", 0, 0], ["y", 1, 0]]
    first = {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [None, 8]}}
    calls = {"name": "y", "inbound_nodes": [[tensor] for tensor in tensors]}
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["y", 2, 0]}
    layers = [{**first, "inbound_nodes": []}, {**inner, **calls}]
    config = {"name": name, "layers": layers, **ends}
    return {"class_name": "Functional", "name": name, "config": config}


def test_many_outputs_and_inputs_take_little_time(tmp_path: Path) -> None:
    """Their names and shapes are looked up: 60,000 of them would take an hour otherwise."""
    entry = {"class_name": "InputLayer", "config": {"batch_shape": [None, 8]}}
    layers = [{**entry, "name": f"x{n}", "inbound_nodes": []} for n in range(20_000)]
    inputs = [[f"x{n}", 0, 0] for n in range(20_000)]
    ends = {"input_layers": inputs, "output_layers": inputs[:1] * 60_000}
    model = {"class_name": "Functional", "config": {"name": "net", "layers": layers, **ends}}
    path = written(tmp_path / "net.json", json.dumps(model))
    started = time.process_time()
    assert len(sketch_of_file(str(path)).outputs) == 60_000
    assert time.process_time() - started < 30


def test_files_without_a_model(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.weights.h5", "")
    fails(path, "has weights, but no architecture")
    weights = tmp_path / "net.h5"
    weights.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    fails(weights, "has weights, but no architecture")
    fails(written(tmp_path / "x.h5", "input: 3"), "neither a .keras archive, nor HDF5")


def test_an_hdf5_file_of_two_models(tmp_path: Path) -> None:
    """A file that had another model before is not guessed at."""
    path = tmp_path / "net.h5"
    other = VALID.replace('"units": 4', '"units": 5')
    path.write_bytes(
        b"\x89HDF\r\n\x1a\n" + b"\0".join([b"", *map(str.encode, (VALID, other)), b""])
    )
    fails(path, "2 different models")


def test_an_hdf5_file_of_a_model_and_its_optimizer(tmp_path: Path) -> None:
    path = tmp_path / "net.h5"
    others = ['{"class_name": "Adam", "config": {"learning_rate": 0.1}}', '{"class_name": "Mine"}']
    parts = b"\0".join([b"", *map(str.encode, (others[0], VALID, *others)), b""])
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + parts)
    assert sketch_of_file(str(path)).layers[0].kind == "linear"


@pytest.mark.parametrize("file", ["two_outputs_h5.h5", "lenet_2_h5.h5", "compiled_2_h5.h5"])
def test_hdf5_files_that_end_too_early(file: str, tmp_path: Path) -> None:
    """The configuration is there, and the superblock states more bytes than there are."""
    data = (FOLDER / file).read_bytes()
    configuration = max(data.rfind(b'"config"'), data.rfind(b'"class_name"')) + 3000
    assert configuration < len(data)
    for length in (configuration, len(data) - 1):
        (tmp_path / "net.h5").write_bytes(data[:length])
        fails(tmp_path / "net.h5", f"is incomplete: it has {length:,} of {len(data):,} bytes")
    (tmp_path / "net.h5").write_bytes(data + bytes(100))
    sketch_of_file(str(tmp_path / "net.h5"))


@pytest.mark.parametrize(
    "head",
    [
        b"\x00" * 5 + b"\x08" + b"\x08" + bytes(9) + (5).to_bytes(8, "little") + bytes(8),
        b"\x01" + bytes(4) + b"\x04" + bytes(14) + (5).to_bytes(4, "little") + bytes(4),
        b"\x02\x08\x08\x00" + (5).to_bytes(8, "little") + bytes(8),
        b"\x03\x02\x08\x00" + (5).to_bytes(2, "little") + bytes(2),
    ],
    ids=["0", "1", "2", "3"],
)
def test_superblocks(head: bytes) -> None:
    """The four versions of HDF5's superblock; the end is at 1,000, wherever the file starts."""
    widths = {0: 8, 1: 4, 2: 8, 3: 2}
    end = (1000).to_bytes(widths[head[0]], "little")
    assert stated_size(b"\x89HDF\r\n\x1a\n" + head + end) == 1000
    assert stated_size(b"\x89HDF\r\n\x1a\n" + head + end[:-1]) is None


def test_starts_of_documents_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "net.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + b'{"class_name": "a", "b": [' * 100_000)
    fails(path, "has weights, but no architecture")


# What no layer states

LAMBDA = {
    "class_name": "Lambda",
    "name": "mystery",
    "function": ["gASVcgA=", None, None],
    "function_type": "lambda",
}


def test_code_is_refused_and_never_run(tmp_path: Path) -> None:
    text = document([DENSE, LAMBDA, {**LAMBDA, "name": "again"}], [None, 8])
    path = written(tmp_path / "net.keras", text)
    ran = run("show", str(path))
    assert ran.returncode == 2
    assert "Lambda (2 times, first at layer mystery (Lambda)): its function is code" in ran.stderr


def test_classes_of_the_user_are_refused(tmp_path: Path) -> None:
    """Also those with the name of a layer of Keras."""
    for change in ('"module": "mine"', '"registered_name": "Mine>Dense", "module": "keras.layers"'):
        text = VALID.replace('"module": "keras.layers"', change)
        path = written(tmp_path / "net.keras", text)
        fails(path, "a user-defined class", ImportFailed)


def test_a_model_whose_layers_are_in_code(tmp_path: Path) -> None:
    text = '{"module": "net", "class_name": "MyModel", "config": {}}'
    fails(written(tmp_path / "net.keras", text), "MyModel, a class whose layers", ImportFailed)


def test_an_open_input_needs_its_size(tmp_path: Path) -> None:
    conv = {"class_name": "Conv2D", "filters": 4, "kernel_size": [3, 3], "name": "conv"}
    path = written(tmp_path / "net.keras", document([conv], [None, None, None, 3]))
    fails(path, "has the shape .x.x3: give it with --input", ImportFailed)
    ran = run("show", str(path), "--input", "3x32x32")
    assert ran.returncode == 0 and "4x30x30" in ran.stdout
    options = ReadOptions(inputs={"": Shape((3, 32))})
    with pytest.raises(ImportFailed, match="has 3 axes"):
        sketch_of_file(str(path), options)


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_several_inputs_are_only_names(text: str, tmp_path: Path) -> None:
    names = (text, f"{text}_2")
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "name": name,
            "config": {"name": name, "batch_input_shape": [None, 8]},
            "inbound_nodes": [],
        }
        for name in names
    ]
    ends = [[name, 0, 0] for name in names]
    layers.append(
        {"class_name": "Add", "name": "sum", "config": {"name": "sum"}, "inbound_nodes": [ends]}
    )
    config = {"layers": layers, "input_layers": ends, "output_layers": [["sum", 0, 0]]}
    model = {"class_name": "Functional", "config": {"name": "net", **config}}
    path = written(tmp_path / "net.json", json.dumps(model))
    assert len(import_sketch(sketch_of_file(str(path))).network.inputs) == 2


def test_names_are_only_names(tmp_path: Path) -> None:
    """Whatever a layer is called, the file is valid and its text harmless."""
    for text in HOSTILE:
        layers = [{**DENSE, "name": text}, {**DENSE, "name": f"{text}_2"}]
        path = written(tmp_path / "net.json", document(layers, [None, 8]))
        imported = import_sketch(sketch_of_file(str(path)))
        assert imported.totals.params == 8 * 4 + 4 + 4 * 4 + 4, text


# Mutants: one value of a valid document is replaced


def small_document(file: str) -> Any:
    path = FOLDER / file
    if path.suffix == ".json":
        return json.loads(path.read_text("utf-8"))
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


ORIGINALS = {
    file: small_document(file)
    for file in (
        "shared_layers.keras",
        "time_distributed.keras",
        "operations.keras",
        "convolutions.keras",
        "bidirectional.keras",
        "attention.keras",
        "preprocessing.keras",
        "einsums.keras",
        "norms.keras",
        "series.keras",
    )
}
PLACES = [(file, path) for file, tree in ORIGINALS.items() for path in values_in(tree) if path]
OTHER = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.integers(-(10**18), 10**18),
    st.text(max_size=8),
    st.floats(allow_nan=True),
    st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from(["same", "channels_first", "Conv2D", "Reshape", "Dense", "LSTM"]),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), OTHER)
def test_mutants_are_read_or_refused(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    file, path = place
    mutant = copy.deepcopy(ORIGINALS[file])
    target = mutant
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    read_or_refused(json.dumps(mutant).encode(), "mutant.json")


def functional(*layers: tuple[str, dict[str, Any], list[Any]]) -> str:
    """The JSON text of a model of Keras 2 with an input `x`; the last of the layers is its output.

    A layer is its class, its configuration, and one call; it is named by its number.
    """
    first = {"batch_input_shape": [None, 8, 8, 3], "name": "x"}
    entries: list[dict[str, Any]]
    entries = [{"class_name": "InputLayer", "config": first, "name": "x", "inbound_nodes": []}]
    for number, (kind, config, call) in enumerate(layers):
        name = str(number)
        entry = {"class_name": kind, "config": {**config, "name": name}, "name": name}
        entries.append({**entry, "inbound_nodes": [call]})
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [[str(len(layers) - 1), 0, 0]]}
    config = {"name": "net", "layers": entries, **ends}
    return json.dumps({"class_name": "Functional", "config": config})


def called(function: str, source: str, **keywords: Any) -> tuple[str, dict[str, Any], list[Any]]:
    """A function of TensorFlow on a result."""
    return "TFOpLambda", {"function": function}, [source, 0, 0, keywords]


SHAPE = called("shape", "x")
SQUARES = [called("math.multiply", str(n), y=[str(n), 0, 0]) for n in range(80)]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            [SHAPE, *SQUARES, called("reshape", "x", shape=["80", 0, 0])],
            "a value that is not a siz",
        ),
        ([SHAPE, called("math.floordiv", "0", y=0)], "a division by zero"),
        ([SHAPE, called("math.add", "0", y=[1, 2, 3])], "operands of different sizes"),
        ([SHAPE, called("math.add", "0", y=1e300)], "a value that is not a size"),
        ([SHAPE, called("math.add", "0")], "not of two operands"),
        ([SHAPE, called("__operators__.getitem", "0", slice_spec=4)], "an index that is not"),
        ([SHAPE, called("tile", "x", multiples=["0", 0, 0])], "copies along the batch"),
        ([called("unstack", "x", axis=0)], "along an axis of too many positions"),
        ([called("nn.max_pool2d", "x", ksize="2", strides=2)], "a window that is not written"),
        ([called("image.adjust_hue", "x")], "image.adjust_hue .once, at layer 0"),
        ([called("slice", "x", begin=[0, 0], size=[1, 1])], "a slice of other axes"),
    ],
)
def test_functions_of_sizes(tmp_path: Path, layers: list[Any], message: str) -> None:
    path = written(tmp_path / "net.json", functional(*layers))
    fails(path, message, ImportFailed)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([called("gather", "x", indices=[8], axis=1)], "a position outside of its input"),
        ([called("gather", "x", indices=[[0, 1], [2]], axis=1)], "positions that are not written"),
        ([called("gather", "x", indices=0, axis=0)], "a part of the batch"),
        ([called("roll", "x", shift=[1, 2], axis=1)], "not one shift for each axis"),
        ([called("reverse", "x", axis=[4])], "an axis that its input does not have"),
        ([called("image.central_crop", "x", central_fraction=2)], "a fraction that is not"),
        ([called("image.rot90", "x", k="one")], "a number of turns that is not written"),
        (
            [called("image.crop_to_bounding_box", "x", offset_height=0, offset_width=0)],
            "a position that is not written",
        ),
        ([called("image.resize_with_pad", "x", target_height=0, target_width=1)], "no positions"),
        ([called("broadcast_to", "x", shape=[1])], "a shape of fewer axes"),
        ([called("linalg.matmul", "x", b=[[1.0], [1.0, 2.0]])], "not of two matrices"),
        ([called("einsum", "x")], "an einsum whose equation is not written"),
        ([("TFOpLambda", {"function": "einsum"}, ["_CONSTANT_VALUE", -1, "ab->b", {}])], "operand"),
    ],
)
def test_functions_of_positions(tmp_path: Path, layers: list[Any], message: str) -> None:
    path = written(tmp_path / "net.json", functional(*layers))
    fails(path, message, ImportFailed)


def node(operation: str, constants: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """The configuration of a node of TensorFlow 2.0 to 2.3, with the constants it reads."""
    return {"node_def": {"op": operation, "attr": attributes}, "constants": constants}


EQUATION = base64.b64encode(b"bhwc->bchw").decode()


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        (node("GatherV2", {"1": [5, 0], "2": 1}), "3x2x8"),
        (node("ReverseV2", {"1": [1, 2]}), "3x8x8"),
        (node("Roll", {"1": [-2, 3], "2": [1, 2]}), "3x8x8"),
        (node("Einsum", {}, equation={"s": EQUATION}), "3x8x8"),
        (node("Min", {"1": [1, 2]}, keep_dims={"b": False}), "3"),
        (node("BiasAdd", {"1": [1.0, 2.0, 3.0]}, data_format={"s": "TkhXQw=="}), "3x8x8"),
        (node("LRN", {}, depth_radius={"i": "2"}), "3x8x8"),
    ],
)
def test_nodes_with_constants(tmp_path: Path, config: dict[str, Any], shape: str) -> None:
    """The shapes follow from the definitions of the operations (tensorflow.org/api_docs)."""
    path = written(
        tmp_path / "net.json", functional(("TensorFlowOpLayer", config, [["x", 0, 0, {}]]))
    )
    (output,) = sketch_of_file(str(path)).outputs
    sizes = "x".join(str(size) for size in sorted(output.value.shape) if size != 1)
    assert sizes == "x".join(sorted(shape.split("x")))


NODE = {"op": "StridedSlice", "attr": {}}


@pytest.mark.parametrize(
    "config",
    [
        {"node_def": NODE, "constants": {"9" * 5000: 1}},
        {"node_def": {**NODE, "attr": {"axis": {"i": "9" * 5000}}}, "constants": {}},
        {"node_def": {"op": "Mean", "attr": {"keep_dims": 7}}, "constants": {"1": [{}]}},
        {"node_def": "\n\u0004Relu", "constants": {}},
    ],
)
def test_nodes_of_tensorflow(tmp_path: Path, config: dict[str, Any]) -> None:
    text = functional(("TensorFlowOpLayer", config, [["x", 0, 0, {}]]))
    fails(written(tmp_path / "net.json", text), "has 1 unsupported operator", ImportFailed)
