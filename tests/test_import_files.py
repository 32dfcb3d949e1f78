"""`.pt2` files: what is read from them, and what a stranger's file can do."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import FORMATS, ReadOptions
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.importers.pytorch import pt2
from cnncalc.importers.pytorch.pt2 import read_pt2

from .support.hostile import HOSTILE
from .support.mutants import values_in
from .support.paths import TESTS
from .support.processes import cnncalc as run
from .support.pt2 import document, write_pt2


def test_a_chain_of_convolutions(tmp_path: Path) -> None:
    path = write_pt2(tmp_path / "net.pt2", document(["stem", "body"]))
    imported = import_sketch(sketch_of_file(str(path)))
    assert imported.totals.params == 4 * 3 * 9 + 4 * 4 * 9
    assert imported.totals.macs == (4 * 3 * 9 + 4 * 4 * 9) * 64
    assert 'source: "net.pt2, imported with torch 2.14.1"' in imported.text
    assert cnncalc.load(str(path)).outputs["output"].shape == (4, 8, 8)


def test_every_command_takes_a_file(tmp_path: Path) -> None:
    write_pt2(tmp_path / "net.pt2", document(["stem", "body"]))
    for words in (
        ["show", "net.pt2"],
        ["explain", "net.pt2"],
        ["graph", "net.pt2"],
        ["compare", "net.pt2", "lenet5"],
        ["diff", "lenet5", "net.pt2"],
        ["import", "net.pt2", "--flat"],
    ):
        ran = run(*words, cwd=tmp_path)
        assert ran.returncode == 0 and ran.stdout, (words, ran.stderr)


def test_import_writes_a_file_and_a_summary(tmp_path: Path) -> None:
    write_pt2(tmp_path / "net.pt2", document(["stem", "body"]))
    ran = run("import", "net.pt2", "-o", "net.yaml", "--name", "mine", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr.splitlines() == [
        "2 layers in 9 lines",
        "each layer agrees with the sizes of the model's tensors: "
        "252 parameters, 0 buffers, 16,128 MACs",
    ]
    assert run("show", "net.yaml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "net.yaml").read_text("utf-8").startswith("name: mine\n")


# Wrong files and targets


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not valid JSON"),
        ("[]", "is not an object"),
        ("{}", "has version None of PyTorch's export format"),
        ("[" * 100_000, "not valid JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not valid JSON"),
        (document(["a"], {"major": 9, "minor": 1}), "has version 9"),
        (document(["a"], "eight"), "has version eight"),
        ({**document(["a"]), "graph_module": []}, "is malformed"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_invalid_documents(content: Any, message: str, tmp_path: Path) -> None:
    path = write_pt2(tmp_path / "net.pt2", content)
    with pytest.raises(InvalidModelFile, match=message):
        read_pt2(str(path))
    ran = run("import", str(path))
    assert ran.returncode == 2 and message in ran.stderr and "Traceback" not in ran.stderr


def test_not_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    path.write_bytes(b"input: 3x8x8\nlayers: [relu]\n")
    with pytest.raises(InvalidModelFile, match=r"is not a \.pt2 file"):
        read_pt2(str(path))


def test_archive_without_a_model(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.json", "{}")
    with pytest.raises(InvalidModelFile, match="not a file of torch"):
        read_pt2(str(path))


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that an archive declares, and the bytes that it has, are bounded."""
    monkeypatch.setattr(pt2, "MAX_JSON_BYTES", 1_000_000)
    path = write_pt2(tmp_path / "net.pt2", " " * 2_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(InvalidModelFile, match="larger than"):
        read_pt2(str(path))


def test_too_many_operations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pt2, "MAX_OPERATIONS", 5)
    with pytest.raises(InvalidModelFile, match="more than 5 operations"):
        read_pt2(str(write_pt2(tmp_path / "net.pt2", document(list("abcdefg")))))


EXTENSIONS = [extension for form in FORMATS.values() for extension in form.extensions]
NO_MODELS = {
    b"": "is empty: export or download the model again",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n": "`git lfs pull`",
    b"\n<!DOCTYPE html>\n<html><body>[net] layer {</body></html>": "is an HTML page",
    b"<HTML>": "is an HTML page",
}


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("content", NO_MODELS, ids=lambda content: content[:20].decode())
def test_files_that_are_found_in_place_of_a_model(
    content: bytes, extension: str, tmp_path: Path
) -> None:
    path = tmp_path / f"net{extension}"
    path.write_bytes(content)
    with pytest.raises(InvalidModelFile, match=re.escape(NO_MODELS[content])) as caught:
        sketch_of_file(str(path))
    assert str(caught.value).startswith(f"{path} is ")


TRUNCATED = {
    "onnx/quantized/half.onnx": "not an ONNX file, or a damaged or incomplete one",
    "keras/VGG16.keras": "is not a .keras file, or it is damaged or incomplete",
    "tflite/residual_float.tflite": "residual_float.tflite is damaged or incomplete",
    "caffe/residual.prototxt": "residual.prototxt ends in the middle of a message",
}


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
@pytest.mark.parametrize("name", TRUNCATED)
def test_truncated_files(name: str, share: float, tmp_path: Path) -> None:
    data = (TESTS / "data" / name).read_bytes()
    path = tmp_path / Path(name).name
    path.write_bytes(data[: int(len(data) * share)])
    ran = run("import", path.name, "-o", "net.yaml", cwd=tmp_path)
    assert ran.returncode == 2 and "Traceback" not in ran.stderr
    assert path.name in ran.stderr and TRUNCATED[name] in ran.stderr
    assert not (tmp_path / "net.yaml").exists()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("model.pth", "is a pickle, which would execute code"),
        ("model.pt", "is a pickle, which would execute code"),
        ("model", "does not name a model (there is no file model)"),
        ("weights.safetensors", "has weights, but no architecture"),
        ("missing.pt2", "does not name a model (there is no file missing.pt2)"),
    ],
)
def test_wrong_targets(target: str, message: str, tmp_path: Path) -> None:
    ran = run("import", target, cwd=tmp_path)
    assert ran.returncode == 2 and message in ran.stderr and "Traceback" not in ran.stderr


def test_options_that_a_file_does_not_take(tmp_path: Path) -> None:
    path = write_pt2(tmp_path / "net.pt2", document(["a"]))
    ran = run("import", str(path), "--input", "3x8x8")
    assert ran.returncode == 2 and "states the shapes of its inputs" in ran.stderr
    with pytest.raises(ImportFailed, match="has no output `mask`"):
        sketch_of_file(str(path), ReadOptions(output="mask"))


def test_names_are_only_names(tmp_path: Path) -> None:
    """Whatever a module is called, the file is valid and its text harmless."""
    for text in HOSTILE:
        path = write_pt2(tmp_path / "net.pt2", document([text, text]))
        imported = import_sketch(sketch_of_file(str(path)))
        assert imported.totals.macs == 16_128, text


# Mutants: one value of a valid document is replaced, removed or moved


ORIGINAL = document(["stem", "body"])
PATHS = [path for path in values_in(ORIGINAL) if path]
OTHER = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.text(max_size=8),
    st.floats(allow_nan=True),
    st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), OTHER)
def test_mutants_are_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    mutant = json.loads(json.dumps(ORIGINAL))
    place = mutant
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = copy.deepcopy(value)
    with TemporaryDirectory() as folder:
        file = write_pt2(Path(folder) / "net.pt2", mutant)
        with suppress(ImportFailed, InvalidModelFile):
            sketch_of_file(str(file))
