"""The JSON Schema: a validator accepts every good file, and refuses the errors that it can see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cnncalc.document import COMMON_KEYS
from cnncalc.layers import JOINS, LAYERS, layer_class
from cnncalc.layers.parameter import Parameter
from cnncalc.problem import Refusal
from cnncalc.schema import schema_text

from .support.paths import ARCHITECTURES, ROOT, TESTS
from .support.processes import cnncalc
from .support.schema import SCHEMA, CoreLoader, schema_errors

GOOD = sorted(
    [
        *(TESTS / "networks" / "good").glob("*.yaml"),
        *ARCHITECTURES.glob("*.yaml"),
        *(ROOT / "docs").rglob("*.yaml"),
    ]
)
BAD = sorted((TESTS / "networks" / "bad").glob("*.yaml"))

NAMES = "the names that exist or are read depend on the file"
ORDER = "a schema knows no order of keys and steps"
SHAPES = "a schema calculates no shapes"
NUMBERS = "a schema evaluates nothing"
BLOCKS = "the parameters of a block are defined in the file"
COUNTS = "the numbers of iterations and parts are calculated"
YAML = "a matter of YAML, which an editor marks or accepts"

UNSEEN = {
    "across-binds-operands-only": NAMES,
    "across-unread": NAMES,
    "block-arguments": BLOCKS,
    "block-inputs": BLOCKS,
    "block-let": NUMBERS,
    "block-sees-caller": NAMES,
    "chunk-part": COUNTS,
    "chunk-uneven": COUNTS,
    "chunk-without-from": COUNTS,
    "concat-number": "1e3 is a name in a file, and a number to an editor",
    "counter-ambiguous": NAMES,
    "counter-hides-variable": NAMES,
    "counter-outside": NAMES,
    "dtype-shared": "the data types of weights that are shared may be calculated",
    "duplicate-argument": YAML,
    "duplicate-name": NAMES,
    "duplicate-top-key": YAML,
    "end-in-parts": COUNTS,
    "expect-unknown-name": NAMES,
    "expressions-lists": NUMBERS,
    "five-axes": SHAPES,
    "for-lengths": NUMBERS,
    "for-word": NAMES,
    "groups": SHAPES,
    "in-a-block": SHAPES,
    "input-bad": "sizes in a text are not read",
    "input-commas": "sizes in a text are not read",
    "input-is-several": NAMES,
    "input-names": NAMES,
    "input-product": SHAPES,
    "input-spaces": "sizes in a text are not read",
    "input-tuple": "sizes in a text are not read",
    "input-word": NAMES,
    "inputs-at-the-end": NAMES,
    "join-channels": SHAPES,
    "join-shapes": SHAPES,
    "join-sizes": SHAPES,
    "kernel-too-large": SHAPES,
    "let-of-a-parameter": NAMES,
    "limit-list": NUMBERS,
    "limit-number": "a schema bounds parameters only",
    "limit-repeat": "a schema bounds parameters only",
    "limit-repeat-nested": "a schema bounds parameters only",
    "linear-on-map": SHAPES,
    "long-name": "a schema bounds parameters only",
    "lstm-on-map": SHAPES,
    "names-in-repeated-joins": NAMES,
    "operand-ambiguous": NAMES,
    "operand-list": NAMES,
    "operand-near-a-layer": NAMES,
    "operand-with-the-joins-name": NAMES,
    "output-padding": SHAPES,
    "pad-vector": SHAPES,
    "padding-half": SHAPES,
    "rank": SHAPES,
    "rank-of-kernel": SHAPES,
    "recursion": NUMBERS,
    "reference-automatic": NAMES,
    "reference-in-expression": NAMES,
    "reference-inside": NAMES,
    "reference-iteration": COUNTS,
    "reference-later": ORDER,
    "reference-malformed": "references are checked by their first name",
    "reference-no-iteration": COUNTS,
    "reference-skipped": NUMBERS,
    "reference-unknown": NAMES,
    "references-running": NAMES,
    "roll-shifts": SHAPES,
    "several-inputs": NAMES,
    "several-values-for-one-input": BLOCKS,
    "shared-different-structure": SHAPES,
    "shared-unequal": SHAPES,
    "silenced": SHAPES,
    "sub-three": "the number of operands may be calculated",
    "training-only-first": ORDER,
    "training-only-read": NAMES,
    "two-values": SHAPES,
    "unknown-function": NAMES,
    "unknown-name": NAMES,
    "unknown-name-in-uncalled-block": NAMES,
    "upsample-both": "a rule of its layer, not of an argument",
    "variable-argument": NAMES,
    "variable-no-layer": NAMES,
    "variable-positions": NAMES,
    "variant-reads-below": NAMES,
    "vars-order": ORDER,
    "yaml-anchor": YAML,
    "yaml-bom": YAML,
    "yaml-directive": YAML,
    "yaml-nel": YAML,
    "yaml-tag": YAML,
    "yaml-utf16": YAML,
}
"""The bad files that are valid, each with the reason why a schema cannot see the error."""


def is_valid(step: str) -> bool:
    """Whether a file of one step is valid."""
    return not schema_errors(f"input: 3x8x8\nvars: {{a: 1}}\nlayers:\n  - {step}\n")


# The files


def test_the_loader_reads_the_core_schema() -> None:
    text = "[no, 0x1F, 0o17, 1e3, 12, 1_000, True, ~, 3x5, 1:30, .5, 2016-01-01]"
    read = yaml.load(text, CoreLoader)
    assert read == ["no", 31, 15, 1000.0, 12, "1_000", True, None, "3x5", "1:30", 0.5, "2016-01-01"]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(schema_text()) == SCHEMA


@pytest.mark.slow
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files_are_valid(path: Path) -> None:
    found = schema_errors(path.read_text("utf-8"))
    assert not found or (path.stem == "wrong" and "kernal" in found[0]), found


@pytest.mark.slow
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_files_are_invalid_where_a_schema_can_see_it(path: Path) -> None:
    try:
        found = schema_errors(path.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError):
        found = ["no YAML"]
    assert bool(found) != (path.stem in UNSEEN), UNSEEN.get(
        path.stem, "not seen, and not in the table"
    )


def test_the_table_is_of_files() -> None:
    assert set(UNSEEN) <= {path.stem for path in BAD}


# The layers


@pytest.mark.slow
@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_takes_its_example_and_no_other_argument(kind: str) -> None:
    cls = layer_class(kind)
    entering, step, _ = cls.example
    assert not schema_errors(f"input: {entering}\nlayers:\n  - {step}\n")
    inside = step.strip("{}") if ":" in step else f"{step}: "
    for common in (
        "name: x",
        "from: y",
        "when: a > 1",
        "repeat: 2",
        "for: {c: [1, 2]}",
        "shared: tag",
        "trainable: false",
    ):
        assert is_valid(f"{{{inside}, {common}}}"), common
    assert is_valid(f"{{{inside}, across: {{k: 2}}}}") == (kind in JOINS)
    assert not is_valid(f"{{{inside}, nonsense: 1}}")
    assert not is_valid(f"{{{inside}, identity: }}") or kind == "identity"


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in LAYERS if kind not in JOINS])
def test_a_word_is_a_step_if_no_argument_is_required(kind: str) -> None:
    required = any(field.required for field in layer_class(kind).fields.values())
    assert is_valid(kind) == is_valid(f"{{{kind}: }}") == (not required)
    assert not is_valid(f"{{{kind}: {{a: 1}}}}")


VALUES: list[Any] = [
    0,
    1,
    -1,
    3,
    2.5,
    0.5,
    16.0,
    10**14,
    True,
    False,
    (),
    (1, 2),
    (0, 0),
    (-1, 4),
    (1.5, 2),
    (True,),
    "same",
]


def all_parameters() -> dict[str, Parameter]:
    return {
        f"{kind}.{name}": field.type
        for kind in LAYERS
        for name, field in layer_class(kind).fields.items()
    }


PARAMETERS = all_parameters()


@pytest.mark.parametrize(
    "place",
    [
        place
        for place, parameter in PARAMETERS.items()
        if not place.endswith(".constants") and parameter.form == "value"
    ],
)
def test_literals_are_valid_where_the_reader_takes_them(place: str) -> None:
    """The schema and the parser agree on each literal, except for words, which may be names."""
    kind, _, name = place.partition(".")
    schema = SCHEMA["$defs"][f"{kind}_step"]["properties"][name]
    check = Draft202012Validator(schema)
    for value in VALUES:
        try:
            PARAMETERS[place].read(value, None)
            taken = True
        except Refusal:
            taken = isinstance(value, str)
        found = check.is_valid(list(value) if isinstance(value, tuple) else value)
        assert found == taken or value == (), (value, taken)


@pytest.mark.parametrize(
    ("arguments", "valid"),
    [
        ("a, shape: 3", True),
        ("my layer, shape: [3x4, 5]", True),
        ("7, shape: 3, weights: {w: 3x4, b: n + 1}, buffers: {}", True),
        ("[a], shape: 3", False),
        ("a, shape: 3, weights: 4", False),
        ("a, shape: 3, weights: {w: 0}", False),
        ("a, shape: 3, weights: {w: {v: 1}}", False),
    ],
)
def test_texts_and_mappings_as_arguments(arguments: str, valid: bool) -> None:
    assert is_valid(f"{{custom: {arguments}}}") == valid


def test_defaults_and_words_are_offered() -> None:
    kinds = SCHEMA["$defs"]
    conv = kinds["conv_step"]["properties"]
    assert (
        conv["kernel"]["default"] == 1
        and conv["bias"]["default"] is True
        and conv["padding"]["default"] == 0
    )
    assert conv["padding"]["anyOf"][1]["enum"] == ["same", "causal"]
    assert "bilinear" in kinds["upsample_step"]["properties"]["mode"]["anyOf"][1]["enum"]
    assert "sum of products" in kinds["conv"]["description"]


# Definitions in the file


@pytest.mark.parametrize(
    ("file", "valid"),
    [
        ("blocks: {b: {layers: [relu]}}\nlayers: [b, {conv: 3, kernal: 3}]", False),
        (
            "blocks: {b: {params: [conv], layers: [relu]}}\nlayers: [{b: , conv: 3}]",
            True,
        ),  # an argument of b
        ("blocks: {b: {params: [conv=1], layers: [relu]}}\nlayers: [{b: , conv: 3}]", True),
        ("blocks: {b: {params: [convolutions], layers: [relu]}}\nlayers: [{b: , conv: 3}]", False),
        (
            "blocks: {conv: {params: [a=1], layers: [relu]}}\nlayers: [conv, {conv: 1, a: 2}]",
            True,
        ),  # a block of that name
        ("layers: [convv]", False),  # no block and no variable can be meant
        ("layers: [{convv: 3}]", False),
        ("layers: [{add: [[rellu], []]}]", False),
        ("layers: [{layers: [rellu]}]", False),
        ("vars: {unit: conv}\nlayers: [{unit: 3, kernel: 3}]", True),
        ("blocks: {b: {layers: [relu]}}\nlayers: [b, {b: , repeat: 3}]", True),
        (
            "layers: [{lstm: 64, layers: 2}, {bn: , scale: false}, {hardtanh: , max: 3}]",
            True,
        ),  # kinds as arguments
        ("layers: [{conv: 3, relu: }]", False),
        ("layers: [{name: x}]", False),
        ("layers: [{conv: 3, name: x}, {from: x}]", True),
        ("layers: [{from: x, repeat: 2}]", False),
        ("layers: [{conv: 3, kernel: 3x5, stride: [1, n], padding: k // 2}]", True),
        ("layers: [{conv: 3x5}]", False),  # sizes for a number
        ("layers: [{conv: 3 +}]", False),
    ],
)
def test_steps(file: str, valid: bool) -> None:
    assert bool(schema_errors(f"input: 3x8x8\n{file}\n")) != valid


def test_messages_name_what_is_taken() -> None:
    kinds = SCHEMA["$defs"]
    assert "`kernel`" in kinds["conv_keys"]["errorMessage"]
    assert set(COMMON_KEYS) - {"across"} <= set(kinds["conv_keys"]["enum"])


# The command


def test_the_command_prints_and_writes_it(tmp_path: Path) -> None:
    assert cnncalc("schema").stdout == schema_text()
    target = tmp_path / "architecture.schema.json"
    target.write_text("old")
    ran = cnncalc("schema", "-o", str(target))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert target.read_text("utf-8") == schema_text() and list(tmp_path.iterdir()) == [target]


def test_it_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    ran = cnncalc("schema", "-o", str(tmp_path / "missing" / "file.json"))
    assert ran.returncode == 2 and "missing" in ran.stderr and not list(tmp_path.iterdir())
    assert cnncalc("schema", "-o", str(tmp_path)).returncode == 2
    if Path("/dev/full").exists():
        ran = cnncalc("schema", "-o", "/dev/full")
        assert ran.returncode == 2 and "No space left" in ran.stderr
