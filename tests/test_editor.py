"""The schema in an editor: the YAML language server itself, if it is installed.

    npm install --no-package-lock --prefix tests/editor

`CNNCALC_EDITOR` names another folder with its node_modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncalc.document import COMMON_KEYS
from cnncalc.layers import LAYERS
from cnncalc.sources.starter import SCHEMA, starter

from .editor.server import LanguageServer, missing
from .support.paths import ARCHITECTURES, ROOT

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

FILE = ROOT / "docs" / SCHEMA
HEAD = "input: 3x32x32\nlayers:\n"


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    with LanguageServer(FILE) as running:
        yield running


# Marks


@pytest.mark.parametrize("name", ["resnet", "googlenet", "unet", "yolov3", "mobilenet_v3"])
def test_good_files_have_no_marks(server: LanguageServer, name: str) -> None:
    assert server.problems((ARCHITECTURES / f"{name}.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("step", "marked", "message"),
    [
        (
            "{conv: 64, kernal: 3}",
            "kernal",
            "unknown argument of conv, which takes `out`, `kernel`, ",
        ),
        ("{conv: 64, relu: }", "relu", "unknown argument of conv"),
        ("{conv: 64, bias: 1}", "1", "expected true or false"),
        ("{conv: 64, stride: 0}", "0", "Value is below the minimum of 1"),
        ("{conv: 2.5}", "2.5", "expected a whole number, 1 or more"),
        ("{conv: 3 $ 4}", "3 $ 4", "expected a whole number, 1 or more, or an expression"),
        ("{conv: 64, padding: true}", "true", "expected a whole number, 0 or more"),
        ("conv", "conv", "conv needs `out`, as in {conv: out}"),
        ("{embedding: 10}", "{", "embedding needs `vocab` and `dim`"),
        ("{conv: 64, out: 3}", "3", "the value of `conv` is its `out`"),
        ("{relu: 3}", "3", "relu takes no arguments"),
        ("rellu", "rellu", "unknown layer"),
        ("{convv: 3}", "convv", "unknown layer"),
        ("{add: relu}", "relu", "add takes a list or a mapping of operands"),
        ("{name: x}", "{", "this step has no layer, block or structure"),
        ("{conv: 64, across: {k: 2}}", "across", "unknown argument of conv"),
        ("{conv: 64, shared: true}", "true", "`shared` must be a tag"),
        ("[relu]", "[relu]", "a step is a word or a mapping"),
    ],
)
def test_errors_are_marked_at_their_positions(
    server: LanguageServer, step: str, marked: str, message: str
) -> None:
    found = server.problems(f"{HEAD}  - {step}\n")
    assert all(line == 3 for line, _, _ in found)
    marks = [(where, text) for _, where, text in found]
    assert any(where == marked and text.startswith(message) for where, text in marks), found
    # With two layers, each is an unknown key to the other.
    assert len(found) == (2 if "relu: }" in step else 1), found


def test_errors_at_the_top_level(server: LanguageServer) -> None:
    found = server.problems("layer: 3\nexpect: {params: 3 mb}\nvariants: {a: {var: }}\n")
    messages = {where: text for _, where, text in found}
    assert (
        messages["layer"] == "Property layer is not allowed."
        and messages["var"] == "Property var is not allowed."
    )
    assert messages["3 mb"].startswith("expected a figure")
    assert messages["l"].startswith("the file has no `layers`") and messages["a"].startswith(
        "the file has no `input`"
    )


def test_a_file_of_new_finds_the_schema_next_to_it(tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_bytes(FILE.read_bytes())
    with LanguageServer(None) as server:
        text = starter("net")
        assert server.problems(text, tmp_path) == []
        assert [
            where
            for _, where, _ in server.problems(text.replace("bias: false", "bais: false"), tmp_path)
        ] == ["bais"]


# Completion


@pytest.mark.parametrize(
    "place",
    ["- |", "- co|", "- name: stem\n    |", "- add:\n      - - |", "- {re|}", "- add: [[re|], []]"],
)
def test_kinds_are_offered_where_a_step_can_be(server: LanguageServer, place: str) -> None:
    found = server.complete(f"{HEAD}  {place}\n")
    assert set(LAYERS) <= set(found)
    assert {"kernel", "out", "training_only"}.isdisjoint(found)
    assert "sum of products" in found["conv"]["documentation"]["value"]


def inserted(item: dict[str, object]) -> str:
    edit = item.get("textEdit")
    return str(edit["newText"] if isinstance(edit, dict) else item["insertText"])


def test_kinds_are_written_as_they_are_used(server: LanguageServer) -> None:
    """With a value to change where one must be given, with a first operand, or as a word."""
    found = server.complete(f"{HEAD}  - |\n")
    assert re.fullmatch(r"conv: \$\{1:\d+\}", inserted(found["conv"]))
    assert inserted(found["add"]).split() == ["add:", "-"] and inserted(
        found["layers"]
    ).split() == ["layers:", "-"]
    assert inserted(found["relu"]) == "relu" and inserted(found["bn"]) == "bn"


@pytest.mark.parametrize(
    "place",
    ["- conv: 64\n    |", "- conv: 64\n    ke|", "- {conv: 64, pad|}", "- {name: x, conv: 64, s|}"],
)
def test_arguments_are_offered_after_a_kind(server: LanguageServer, place: str) -> None:
    found = set(server.complete(f"{HEAD}  {place}\n"))
    common = set(COMMON_KEYS) - {"across"} - ({"name"} if "name" in place else set())
    own = {"kernel", "stride", "padding", "dilation", "groups", "bias", "padding_end"}
    assert found == own | {"weights", "weight_norm", "density"} | common


def test_values_are_offered(server: LanguageServer) -> None:
    assert {"same", "causal"} <= set(server.complete(f"{HEAD}  - {{conv: 64, padding: |}}\n"))
    assert set(server.complete(f"{HEAD}  - {{conv: 64, bias: |}}\n")) == {"true", "false"}
    assert {"nearest", "bilinear"} <= set(server.complete(f"{HEAD}  - {{upsample: 2, mode: |}}\n"))
    assert "float16" in server.complete("input: 3\ndtype: |\nlayers: [relu]\n")
    for place in ("- conv: |", "- relu: |", "- conv: 3\n    name: |"):
        assert "null" not in server.complete(f"{HEAD}  {place}\n")


def test_the_top_level_is_offered(server: LanguageServer) -> None:
    assert {"input", "layers", "vars", "blocks", "variants", "expect"} <= set(server.complete("|"))
    assert "input" not in server.complete("input: 3x8x8\n|")
    assert {"params", "layers"} <= set(
        server.complete("input: 3x8x8\nblocks:\n  b:\n    |\nlayers: [b]\n")
    )
    assert {"params", "macs"} <= set(
        server.complete("input: 3x8x8\nlayers: [relu]\nbudget:\n  |\n")
    )


# What is shown


def test_hovering_shows_what_a_word_means(server: LanguageServer) -> None:
    kind = server.hover(f"{HEAD}  - {{c|onv: 64, kernel: 3}}\n")
    assert (
        kind.startswith("#### conv\n")
        and "`conv: out, kernel=1" in kind
        and "sum of products" in kind
    )
    word = server.hover(f"{HEAD}  - re|lu\n")
    assert "max(0, x)" in word and "Takes any number of axes" in word
    argument = server.hover(f"{HEAD}  - {{conv: 64, ke|rnel: 3}}\n")
    assert "`kernel` of conv: a whole number, 1 or more, per axis. Default: `1`" in argument
    assert "channels first" in server.hover("inp|ut: 3x8x8\nlayers: [relu]\n")
    assert "tables, references" in server.hover(f"{HEAD}  - {{conv: 64, na|me: stem}}\n")
