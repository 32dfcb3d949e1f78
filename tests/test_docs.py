"""The outputs in README and docs are real.

`CNNCALC_REWRITE=1 pytest tests/test_docs.py` updates them.
"""

from __future__ import annotations

import ast
import doctest
import json
import math
import os
import re
import shlex
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from cnncalc.check.file import check_file
from cnncalc.engine import analyse
from cnncalc.layers import JOINS, LAYERS, layer_class
from cnncalc.lint.selection import select_rules
from cnncalc.network import Network
from cnncalc.parser import parse

from .support.networks import NAMES_OF_BUNDLED, read
from .support.paths import ROOT, TESTS
from .support.processes import cnncalc, python

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COOKBOOK = dict(
    re.findall(
        r"^## ([^\n]+)\n(?:(?!^## ).)*?```yaml\n(.*?)```",
        (ROOT / "docs" / "cookbook.md").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
)
"""The files of the cookbook by their headings."""
OUTPUT = re.compile(r"<!-- output: cnncalc (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)


@pytest.mark.parametrize("name", sorted({page.name.partition(".")[0] for page in PAGES}))
def test_outputs(name: str) -> None:
    """A page in all its languages, which have the same commands."""
    for page in PAGES:
        if page.name.partition(".")[0] == name:
            fresh = OUTPUT.sub(with_real_output, page.read_text("utf-8"))
            if os.environ.get("CNNCALC_REWRITE"):
                page.write_text(fresh, encoding="utf-8")
            assert fresh == page.read_text("utf-8")


def with_real_output(found: re.Match[str]) -> str:
    output = printed(found[1])
    kind = "mermaid" if output.startswith("flowchart ") else "text"  # which GitHub draws
    return f"<!-- output: cnncalc {found[1]} -->\n\n```{kind}\n{output}```\n\n<!-- end -->"


@cache
def printed(command: str) -> str:
    ran = cnncalc(*shlex.split(command), cwd=ROOT)
    return ran.stdout + ran.stderr


def blocks(kind: str) -> list[str]:
    return [
        block
        for page in PAGES
        for block in re.findall(rf"```{kind}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    ]


@pytest.mark.parametrize(
    "text", [text for text in blocks("yaml") if re.match(r"(name: .*\n)?input:", text)]
)
def test_whole_files(text: str) -> None:
    """Every complete file in the docs is valid, except the one that demonstrates an error."""
    wrong = [problem for problem in read(text).problems if problem.severity == "error"]
    assert bool(wrong) == ("kernal" in text), wrong


def test_commands_run() -> None:
    """Every command of cnncalc in a shell block of README and docs."""
    commands = [
        line for text in blocks("sh") for line in text.splitlines() if line.startswith("cnncalc ")
    ]
    assert len(commands) > 8
    for command in dict.fromkeys(commands):  # several pages and languages have some of them
        ran = cnncalc(*shlex.split(command, comments=True)[1:], cwd=ROOT)
        assert ran.returncode == 0 and ran.stdout, command


def test_readme_counts() -> None:
    """The README states how many networks are bundled."""
    text = (ROOT / "README.md").read_text("utf-8").replace("\n", " ")
    assert f"[{len(NAMES_OF_BUNDLED)} networks](docs/architectures.md)" in text


def test_python_examples() -> None:
    """Every example on the Python page gives the output below it."""
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / "python.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert tried > 10 and not failed


@pytest.mark.parametrize("title", COOKBOOK)
def test_cookbook(title: str) -> None:
    """Each file passes `check`, some with a note on what a small example cannot have."""
    result = check_file(COOKBOOK[title].encode(), "cookbook.yaml", select_rules(None, ()))
    assert result is not None
    problems = [finding.problem for finding in result.findings]
    assert [problem for problem in problems if problem.severity != "note"] == []


def test_cookbook_shares_weights() -> None:
    """By hand: weights and biases of one tower of each kind, and of what is not shared."""
    tower = (64 * 100 + 64) + (128 * 64 * 49 + 128) + (128 * 256 + 256)
    steps, stem = 4 * (256 * 256 * 9 + 256), 2 * (256 * 256 * 9 + 256)
    heads = sum(256 * 9 * out + out for out in (80 * 9, 4 * 9))
    totals = {
        title: analyse(network_of(COOKBOOK[title])).totals
        for title in ("Siamese network", "Detection head")
    }
    assert totals["Siamese network"].params == tower + 256 + 1
    assert totals["Detection head"].params == stem + 2 * steps + heads


def network_of(text: str) -> Network:
    network = parse(text.encode(), "cookbook.yaml").network
    assert network is not None
    return network


def test_catalogue_is_complete() -> None:
    """The list of layers in language.md, in the order of `FAMILIES`."""
    page = (ROOT / "docs" / "language.md").read_text("utf-8")
    listed = re.findall(r"`(\w+)`", page[page.index("## Layers") : page.index("## Limits")])
    assert set(listed) == set(LAYERS)
    assert listed == list(LAYERS)


# The pages for contributors


CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
EXAMPLES_ONLY = {
    "cnncalc/cli/count.py",
    "cnncalc/lint/rules/large_kernel.py",
    "cnncalc/views/check/html.py",
    "tests/networks/good/NAME.yaml",
    "tests/networks/bad/NAME.yaml",
}


def definitions(path: Path) -> set[str]:
    """The names of all functions and classes in a module."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_functions_of_the_architecture_exist() -> None:
    found = re.findall(r"`(\w+)`\s+\(`([\w/]+\.py)`\)", ARCHITECTURE.read_text("utf-8"))
    assert len(found) > 10
    for name, module in found:
        assert name in definitions(ROOT / "cnncalc" / module), (name, module)


def test_paths_of_the_pages_for_contributors_exist() -> None:
    for page, folder in ((CONTRIBUTING, ROOT), (ARCHITECTURE, ROOT / "cnncalc")):
        paths = set(re.findall(r"`([\w/]+/(?:\w+\.\w+)?)`", page.read_text("utf-8")))
        for path in paths - EXAMPLES_ONLY:
            assert (folder / path).exists() or (ROOT / path).exists(), (page.name, path)


def test_tests_that_find_what_was_forgotten_exist() -> None:
    rows = re.findall(r"\| `(tests/\w+\.py)`, (.*) \|", CONTRIBUTING.read_text("utf-8"))
    assert len(rows) > 10
    for path, names in rows:
        assert set(re.findall(r"test_\w+", names)) <= definitions(ROOT / path), names


# The page of layers, as committed: docs/make.py made it


LAYERS_PAGE = (ROOT / "docs" / "layers.md").read_text("utf-8")
ENTRIES = {
    kind: text
    for entry in re.split(r"\n(?=##)", LAYERS_PAGE)
    if entry.startswith("### ")
    for kind, text in [entry.removeprefix("### ").split("\n", 1)]
}
EXAMPLE = re.compile(r"Example: `(.*?)`, .+?\. `(.*?)` → `(.*?)`; (.*)\.$", re.MULTILINE)


MAKE = ROOT / "docs" / "make.py"


def test_generated_files_are_fresh() -> None:
    for ran in (python(MAKE, "--check"), python("-m", "doctest", MAKE.with_name("make_layers.py"))):
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ran.stdout + ran.stderr == ""


def test_stale_pages_are_found_and_regenerated(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for script in MAKE.parent.glob("make*.py"):
        (tmp_path / "docs" / script.name).write_bytes(script.read_bytes())
    for folder in ("architectures", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for page in (path for path in MAKE.parent.glob("*.*") if path.suffix != ".py"):
        (tmp_path / "docs" / page.name).write_bytes(page.read_bytes())
    for folder in ("examples", "figures"):
        copytree(MAKE.parent / folder, tmp_path / "docs" / folder)
    script, page = tmp_path / "docs" / "make.py", tmp_path / "docs" / "layers.md"
    stale = LAYERS_PAGE.replace("37,752,832 params", "37,752,833 params")
    page.write_text(stale, encoding="utf-8")
    ran = python(script, "--check")
    assert (
        ran.returncode == 1
        and "layers.md" in ran.stdout
        and page.read_text("utf-8") == stale != LAYERS_PAGE
    )
    assert python(script).returncode == 0 and page.read_text("utf-8") == LAYERS_PAGE


def test_page_of_layers_is_complete() -> None:
    assert list(ENTRIES) == list(LAYERS)
    anchors = [
        re.sub(r"\W+", "-", title.lower())
        for title in re.findall(r"^##+ (.*)", LAYERS_PAGE, re.MULTILINE)
    ]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#(.*?)\)", LAYERS_PAGE)) == set(anchors) - {"the-window"}


@pytest.mark.parametrize("kind", LAYERS)
def test_entry_has_all_parameters(kind: str) -> None:
    """The call and the table have each parameter of the class, after the operands of a join."""
    fields = layer_class(kind).fields
    names = [name for name in fields if name != "constants"]
    if kind in JOINS:
        names = ["operands", *names]
    assert re.findall(r"^\| `(\w+)` \|", ENTRIES[kind], re.MULTILINE) == names
    call = re.search(r"^`(\w+)(?:: (.*))?`$", ENTRIES[kind], re.MULTILINE)
    assert call and call[1] == kind
    assert [word.partition("=")[0] for word in (call[2] or "").split(", ") if word] == names
    for line in ("Takes", "Shape", "Class", "Source"):
        assert re.search(rf"^- {line}: \S", ENTRIES[kind], re.MULTILINE), line


@pytest.mark.parametrize("kind", LAYERS)
def test_example_is_of_its_kind_and_costs_what_its_entry_says(kind: str) -> None:
    """A quantity has a formula if it is not 0, and plain formulas on the page give the number."""
    entry = ENTRIES[kind]
    found = EXAMPLE.search(entry)
    assert found
    step, entering, output, numbers = found.groups()
    assert re.match(rf"\{{?{kind}\b", step)
    counts = {
        name: int(number.replace(",", ""))
        for number, name in re.findall(r"(\d[\d,]*) (\w+)", numbers)
    }
    for line, name in (
        ("Weights", "params"),
        ("Buffers", "buffers"),
        ("MACs", "MACs"),
        ("FLOPs", "FLOPs"),
    ):
        assert bool(counts.get(name)) == (f"\n- {line}: " in entry), line
    plain = re.search(r"^- FLOPs: (\d+) an (?:(input|output) )?element$", entry, re.MULTILINE)
    if plain:
        shape = entering if plain[2] == "input" else output
        assert counts["FLOPs"] == int(plain[1]) * math.prod(map(int, shape.split("x")))


@pytest.mark.parametrize(
    ("kind", "network", "name"),
    [
        ("conv", "resnet50", "conv1"),
        ("bn", "resnet50", "bn1"),
        ("maxpool", "resnet50", "maxpool"),
        ("global_avgpool", "resnet50", "avgpool"),
        ("linear", "alexnet_owt", "classifier.1"),
        ("depthwise", "mobilenet_v2", "features.1.conv.0.0"),
    ],
)
def test_examples_agree_with_torchvision(kind: str, network: str, name: str) -> None:
    layers = json.loads((TESTS / "published" / "layers" / f"{network}.json").read_text("utf-8"))[
        "layers"
    ]
    published = next(layer for layer in layers if layer["name"] == name)
    found = EXAMPLE.search(ENTRIES[kind])
    assert found and found[3] == "x".join(map(str, published["output"]))
    assert (
        found[4].startswith(f"{published['params']:,} params, ")
        and f" {published['macs']:,} MACs, " in found[4]
    )


def test_readme_commands_are_what_ci_runs() -> None:
    """The two commands of the README are in shell blocks of their own."""
    commands = [text.strip() for text in blocks("sh") if text.startswith("python3 -m venv")]
    assert [command.rpartition("/")[2] for command in commands] == [
        "alexnet.yaml",
        "python -m pytest",
    ]


@pytest.mark.parametrize("page", ["tutorial", "design_spaces"])
def test_translation_shows_the_same(page: str) -> None:
    """The Korean page has every command of the English one, in the same order."""
    english, korean = (
        (ROOT / "docs" / name).read_text("utf-8") for name in (f"{page}.md", f"{page}.ko.md")
    )
    assert OUTPUT.findall(english) == OUTPUT.findall(korean)
    assert english.count("\n## ") == korean.count("\n## ")
