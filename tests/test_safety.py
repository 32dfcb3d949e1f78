"""Hostile input to `check`: each kind gets its finding, at its line, in every format."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnncalc.views.check.formats import FORMATS

from .support.bombs import BOMBS
from .support.processes import cnncalc

HEAD = "input: 3x8x8\n"

# The content of the file, and the line and the rule of its first finding.
ROWS: dict[str, tuple[bytes, int, str]] = {
    "an alias": (b"vars: {a: &a 3}\n" + HEAD.encode() + b"layers: [{conv: *a}]\n", 1, "anchor"),
    "a billion laughs": (BOMBS["aliases"].encode(), 1, "anchor"),
    "a merge key": (BOMBS["merge"].encode(), 3, "merge"),
    "nesting": (BOMBS["nesting"].encode(), 1, "limit"),
    "a key twice": (b"input: 3x8x8\ninput: 3x9x9\nlayers: [relu]\n", 2, "duplicate-key"),
    "keys that YAML takes for one": (
        b"input: 3x8x8\nlayers: [relu]\nvars: {yes: 1, yes: 2}\n",
        3,
        "duplicate-key",
    ),
    "a tab": (b"input: 3x8x8\nlayers:\n\t- relu\n", 3, "character"),
    "a next-line mark": ("input: 3x8x8\u0085layers: [relu]\n".encode(), 1, "character"),
    "a line separator": ("input: 3x8x8\nlayers: [relu]\u2028\n".encode(), 2, "character"),
    "a byte order mark inside": (b"input: 3x8x8\nlayers: [re\xef\xbb\xbflu]\n", 2, "character"),
    "UTF-16": ("input: 3x8x8\nlayers: [relu]\n".encode("utf-16"), 1, "encoding"),
    "bytes that are not text": (b"input: 3x8x8\nlayers: [\xff]\n", 2, "encoding"),
    "a number of a million digits": (BOMBS["digits"].encode(), 2, "limit"),
    "no number": (b"input: 3x8x8\nlayers: [{leaky_relu: .nan}]\n", 2, "expression"),
    "a tag": (b"input: 3x8x8\nlayers: !!python/object:os.system [relu]\n", 2, "tag"),
    "several documents": (b"input: 3x8x8\nlayers: [relu]\n---\ninput: 3\n", 3, "documents"),
    "nothing": (b"", 1, "empty"),
    "a comma in a call": (b"input: 3x8x8\nvars: {c: 9}\nlayers: [{conv: max(8, c)}]\n", 3, "quote"),
    "no space after a colon": (b"input: 3x8x8\nlayers: [{conv: 4, kernel:3}]\n", 2, "quote"),
    "a colon in a text": (b"input: 3x8x8\nlayers: [{conv: 4, name: a: b}]\n", 2, "syntax"),
    "a power of powers": (BOMBS["power"].encode(), 2, "limit"),
    "a long expression": (
        HEAD.encode() + b"layers: [{conv: '" + b"1+" * 200 + b"1'}]\n",
        2,
        "limit",
    ),
    "a billion repetitions": (BOMBS["repeat"].encode(), 2, "limit"),
    "repetitions of nothing": (BOMBS["repeat of nothing"].encode(), 2, "limit"),
    "an escape in a name": (
        b'input: 3x8x8\nlayers: [{conv: 4, name: "a\\e[31m"}]\n',
        2,
        "bad-name",
    ),
    "markup in a layer": (b'input: 3x8x8\nlayers: ["[red]x[/red]"]\n', 2, "unknown-layer"),
    "a command in a layer": (b'input: 3x8x8\nlayers: ["::error::x%0A"]\n', 2, "unknown-layer"),
    "a script in a key": (
        b'input: 3x8x8\nlayers: [{conv: 4, "<script>alert(1)</script>|": 3}]\n',
        2,
        "unknown-argument",
    ),
    "a formula in a name": (
        b"input: 3x8x8\nlayers: [{conv: 4, name: '=cmd()[1]'}]\n",
        2,
        "bad-name",
    ),
}


@pytest.fixture(params=ROWS)
def outputs(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, str], int, str]:
    """The file, the line and the rule of a row in each format."""
    data, line, rule = ROWS[request.param]
    (tmp_path / "a.yaml").write_bytes(data)
    words = [word for form in FORMATS for word in ("--output", f"{form}={form}.out")]
    ran = cnncalc("check", "a.yaml", *words, cwd=tmp_path)
    assert ran.returncode == 1
    return {form: (tmp_path / f"{form}.out").read_text("utf-8") for form in FORMATS}, line, rule


def test_a_finding_in_every_format(outputs: tuple[dict[str, str], int, str]) -> None:
    texts, line, rule = outputs
    for text in texts.values():
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", text.replace("\t", "")), (
            "a control character"
        )
    assert re.match(rf"a\.yaml:{line}:\d+: error: .*\[{rule}\]$", texts["text"].splitlines()[0])
    found = json.loads(texts["json"])["results"][0]["findings"]
    assert (found[0]["line"], found[0]["rule"]) == (line, rule)
    command = texts["github"].splitlines()[0]
    assert (
        command.startswith(f"::error file=a.yaml,line={line},")
        and f"title=cnncalc {rule}::" in command
    )
    commands = [line for line in texts["github"].splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == len(found)
    entry = json.loads(texts["gitlab"])[0]
    assert (entry["location"]["lines"]["begin"], entry["check_name"]) == (line, rule)
    result = json.loads(texts["sarif"])["runs"][0]["results"][0]
    assert (
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        result["ruleId"],
    ) == (line, rule)
    case = next(iter(ElementTree.fromstring(texts["junit"]).iter("testcase")))
    assert re.fullmatch(rf"a\.yaml:{line}:\d+ {rule}", case.get("name") or "")
    row = next(text for text in texts["markdown"].splitlines() if text.startswith("| error"))
    assert f"a.yaml:{line}:" in row.replace("\\", "") and rule in row
    assert "<script" not in texts["markdown"] and "<script" not in texts["junit"]


# Paths


def test_what_is_not_a_file(tmp_path: Path) -> None:
    """A FIFO, a device, a loop of links, a gigabyte: skipped in a folder, one line if named."""
    (tmp_path / "good.yaml").write_text(HEAD + "layers: [relu]\n")
    os.mkfifo(tmp_path / "fifo.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    with open(tmp_path / "large.yaml", "wb") as file:
        file.truncate(1 << 30)
    ran = cnncalc("check", ".", cwd=tmp_path)
    assert ran.returncode in (0, 2) and "good.yaml" not in ran.stdout
    for name in ("loop.yaml", "zero.yaml", "large.yaml"):
        ran = cnncalc("check", name, cwd=tmp_path)
        assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran
