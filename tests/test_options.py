"""Every option of every command changes what the command does in every format, or is refused."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cnncalc.cli.main import COMMANDS, main

NET = """\
name: small
input: 3x16x16
vars: {classes: 10}
blocks:
  unit: {params: [out], layers: [{conv: out, kernel: 3, padding: 1}, bn, relu]}
layers:
  - {unit: 8, name: a}
  - {unit: 16, name: b}
  - global_avgpool
  - flatten
  - {linear: classes, name: fc}
"""
OTHER = NET.replace("unit: 16, name: b", "unit: 24, name: b").replace("bn, relu", "relu, bn")
FILES = {
    "net.yaml": NET,
    "other.yaml": OTHER,
    "wide.yaml": NET.replace("16x16", "20x20"),
    "networks.csv": "name,rank\nnet,1\nother,2\n",
    "points.csv": "resolution\n16\n20\n",
    "results.csv": "classes,top1\n2,50\n3,40\n",
}

NETWORK = {
    "--set": ["classes=7"],
    "--input": ["3x20x20"],
    "--dtype": ["float16"],
    "--batch": ["3"],
}
"""The options that change a network."""
DEVICE = {"--device": ["stm32h743"], "--runtime": ["tflm"]}
"""The options that show what it needs."""
TRAINING = {"--training": [], "--optimizer": ["adam", "--training"], "--amp": ["--training"]}
"""The options on a training step."""

OPTIONS = {
    "show": {
        **NETWORK,
        **DEVICE,
        **TRAINING,
        "--convention": ["thop"],
        "--depth": ["1"],
        "--layers": ["conv"],
        "--columns": ["layer,params"],
        "--sort": ["params"],
        "--exact": [],
        "--memory": ["--device", "stm32h743"],
        "--totals-only": [],
        "--source": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "list": {
        "--task": ["segmentation"],
        "--max-params": ["1M"],
        "--max-macs": ["50M"],
        "--sort": ["params"],
        "--variants": [],
        "--exact": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "diff": {
        **NETWORK,
        **DEVICE,
        "--flat": [],
        "--depth": ["1"],
        "--consequences": [],
        "--exact": [],
        "--exit-code": [],
        "--fail-on": ["params > 0%"],
        "--output": ["written"],
        "--textconv": [],
        "--color": ["always"],
    },
    "explain": {
        **NETWORK,
        **TRAINING,
        **DEVICE,
        "--convention": ["thop"],
        "--only": ["macs"],
        "--exact": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "layer": {
        "--want": ["4x8x8"],
        "--dtype": ["float16"],
        "--batch": ["3"],
        "--convention": ["torchinfo"],
        "--only": ["macs"],
        "--exact": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "devices": {
        "--sort": ["ram"],
        "--exact": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "compare": {
        **NETWORK,
        **TRAINING,
        **DEVICE,
        "--convention": ["thop"],
        "--relative": [],
        "--columns": ["+trained"],
        "--join": ["networks.csv"],
        "--by": ["class"],
        "--pareto": ["min params"],
        "--plot": ["macs"],
        "--exact": [],
        "--sort": ["macs"],
        "--output": ["written"],
        "--color": ["always"],
    },
    "sweep": {
        **NETWORK,
        **DEVICE,
        "--over": ["resolution=16,20"],
        "--from": ["points.csv"],
        "--sample": ["1"],
        "--seed": ["1"],
        "--join": ["results.csv"],
        "--where": ["params < 1"],
        "--pareto": ["min params"],
        "--sort": ["params"],
        "--top": ["1"],
        "--per": ["classes"],
        "--columns": ["macs"],
        "--plot": ["macs"],
        "--jobs": ["2"],
        "--executor": ["missing:executor"],
        "--shard": ["1/2"],
        "--merge": [],
        "--restart": [],
        "--quiet": [],
        "--exact": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "fit": {
        **NETWORK,
        **DEVICE,
        "--sample": ["1"],
        "--seed": ["0", "--sample", "1"],
        "--vary": ["resolution=16,20"],
        "--under": ["macs=300k"],
        "--maximize": ["macs"],
        "--join": ["results.csv"],
        "--top": ["1"],
        "--jobs": ["2"],
        "--executor": ["missing:executor"],
        "--quiet": [],
        "--exact": [],
        "--output": ["written"],
        "--color": ["always"],
    },
    "graph": {
        **NETWORK,
        "--depth": ["1"],
        "--direction": ["right"],
        "--style": ["flat"],
        "--palette": ["gray"],
        "--caption": ["A caption"],
        "--width": ["500"],
        "--roofline": ["rtx-4090"],
        "--exact": [],
        "--output": ["written"],
    },
    "export": {
        "--set": ["classes=7"],
        "--input": ["3x20x20"],
        "--flat": [],
        "--class": ["Net2"],
        "--weights": ["random"],
        "--output": ["written.py"],
    },
    "report": {**NETWORK, **DEVICE, **TRAINING, "--output": ["other.html"]},
    "new": {"--like": ["lenet5"], "--force": []},
    "schema": {"--output": ["written"]},
    "help": {},
    "completion": {},
}
"""Every option but `--format`, with a value that changes the output."""

ARGUMENTS = {
    "show": ["net.yaml"],
    "list": [],
    "devices": [],
    "diff": ["net.yaml", "other.yaml"],
    "explain": ["net.yaml"],
    "layer": ["conv", "3x8x8", "4", "kernel=3"],
    "compare": ["net.yaml", "other.yaml"],
    "sweep": ["net.yaml", "--over", "classes=2,3"],
    "fit": ["net.yaml", "--vary", "classes=2,3", "--under", "params=2k"],
    "graph": ["net.yaml"],
    "export": ["net.yaml", "--to", "pytorch"],
    "report": ["net.yaml"],
    "new": ["mine"],
    "schema": [],
}
PLOT_FORMS = ("plot", "svg", "html")
GRID_FORMS = ("table", "json", "csv", "markdown", "latex")
IN_BYTES = ["net.yaml", "--columns", "weight_bytes"]
UNDER = ["--under", "params=2k"]
MORE = {
    **{("show", "--dtype", form): IN_BYTES for form in ("table", "csv", "markdown", "latex")},
    ("export", "--weights", ""): ["net.yaml", "--to", "onnx"],
    **{
        ("sweep", "--set", form): ["net.yaml", "--over", "resolution=16,20"]
        for form in (*GRID_FORMS, *PLOT_FORMS)
    },
    **{
        ("fit", option, form): ["net.yaml", "--vary", "classes=27..32,1..6,20..25", *UNDER]
        for option in ("--sample", "--seed")  # where steps to neighbors do not lead to the best
        for form in GRID_FORMS
    },
    **{
        ("fit", "--set", form): ["net.yaml", "--vary", "resolution=16,20", "--under", "params=2k"]
        for form in GRID_FORMS
    },
}
"""Other arguments of a command for an option in a format."""
COMPARED = [
    ("--dtype", ["float16"], "peak_bytes"),
    ("--device", ["stm32h743"], "ram"),
    ("--runtime", ["tflm"], "arena"),
    ("--convention", ["thop"], "convention_count"),
    ("--training", [], "training"),
    ("--optimizer", ["adam", "--training"], "training"),
    ("--amp", ["--training"], "training"),
]
"""What options change in a plot."""
VALUES = {
    **{("graph", "--depth", form): ["2"] for form in ("svg", "tikz")},
    **{("graph", "--direction", form): ["down"] for form in ("svg", "tikz")},
    **{
        ("sweep", "--dtype", form): ["float16", "--plot", "peak_bytes,params"]
        for form in PLOT_FORMS
    },
    **{("sweep", "--device", form): ["stm32h743", "--plot", "ram,params"] for form in PLOT_FORMS},
    **{("sweep", "--runtime", form): ["tflm", "--plot", "arena,params"] for form in PLOT_FORMS},
    **{("sweep", "--where", form): ["classes < 3"] for form in PLOT_FORMS},
    **{
        ("compare", option, form): [*value, "--plot", f"{drawn},params"]
        for option, value, drawn in COMPARED
        for form in PLOT_FORMS
    },
}
"""Other values."""

MET = {
    **{(name, "--exact", form): "has all digits" for name in COMMANDS for form in ("json", "csv")},
    **{("list", "--variants", form): "has one row per network" for form in ("json", "csv")},
    **{("layer", "--exact", form): "has all digits" for form in ("markdown", "latex")},
    **{
        (name, "--jobs", form): "has the same rows, sooner"
        for name in ("sweep", "fit")
        for form in (*GRID_FORMS, *PLOT_FORMS)
    },
    **{("fit", "--quiet", form): "has no progress without a terminal" for form in GRID_FORMS},
    ("new", "--force", ""): "allows to replace a file; there is none",
}
"""Where the output is what the option asks for without it, too."""

VIEWS = dict.fromkeys(("list", "devices", "fit"), "grid")


def forms_of(name: str) -> list[str]:
    if all(option.opts[-1] != "--format" for option in options_of(name)):
        return [""]
    module = import_module(f"cnncalc.views.{VIEWS.get(name, name)}.formats")
    return list(module.FORMATS)


def options_of(name: str) -> list[click.Option]:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return [option for option in command.params if isinstance(option, click.Option)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcome(folder: Path, *words: str) -> tuple[int, str, str, dict[str, str]]:
    """What a command does: its exit code, what it prints, and the files that it writes."""
    before = set(folder.iterdir())
    ran = CliRunner().invoke(main, words)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    written = {}
    for path in set(folder.iterdir()) - before:
        written[path.name] = path.read_text("utf-8")
        path.unlink()
    return ran.exit_code, ran.stdout, ran.stderr, written


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_here(name: str) -> None:
    """`--base` needs a git repository, and is tested with it; `--to` is the format of `export`.

    `--watch` runs until it is interrupted: tests/test_watch.py.  `--open` starts a browser:
    tests/test_report.py.
    """
    known = {option.opts[-1] for option in options_of(name)}
    assert known - {"--format", "--base", "--to", "--watch", "--open"} == set(OPTIONS[name])


def test_every_command_is_here() -> None:
    """The options of `check` concern many files, and are tested with it; `import` runs a model.

    `lsp` has no option.
    """
    assert set(OPTIONS) == set(COMMANDS) - {"check", "import", "lsp"}


CASES = [
    (name, option, form)
    for name, options in OPTIONS.items()
    for option in options
    for form in forms_of(name)
]


@pytest.mark.parametrize(("name", "option", "form"), CASES)
def test_an_option_has_an_effect_or_is_refused(
    name: str, option: str, form: str, folder: Path
) -> None:
    arguments = MORE.get((name, option, form), ARGUMENTS[name])
    words = [name, *arguments, *(["--format", form] if form else [])]
    if name == "report":
        words += ["-o", "page.html"] if option != "--output" else []
    value = VALUES.get((name, option, form), OPTIONS[name][option])
    given = [*words, option, *value]
    without = outcome(folder, *words)
    found = outcome(folder, *given)
    code, _, errors, _ = found
    if code == 2:
        assert option in errors, errors
        return
    is_met = (name, option, form) in MET
    assert (found == without) == is_met, (given, found[1][:500])


REFUSED = [
    ("show net.yaml --totals-only --columns layer", "--totals-only omits the rows"),
    ("show net.yaml --totals-only --sort params", "--totals-only omits the rows"),
    ("show net.yaml --totals-only --layers conv", "--totals-only omits the rows"),
    ("show net.yaml --totals-only --depth 1", "--totals-only omits the rows"),
    ("show net.yaml --layers conv --depth 1", "--depth has no effect"),
    ("show net.yaml --layers nothing", "there is no layer, group or kind of layer nothing"),
    ("show net.yaml --layers conv --layers con", "there is no layer"),
    ("show net.yaml --layers 'zz*'", "there is no layer"),
    ("show net.yaml other.yaml", "cnncalc show takes one network, found also other.yaml: "),
    ("fit net.yaml other.yaml", "cnncalc fit takes one network, found also other.yaml: "),
    ("show net.yaml --depth 1 --depth 2", "--depth is given twice"),
    ("show net.yaml --format csv --format json", "--format is given twice"),
    ("show net.yaml --convention thop --convention fvcore", "--convention is given twice"),
    ("show net.yaml --columns share", "params_share and of macs_share"),
    ("show net.yaml --sort nothing", "there is no column nothing"),
    ("show net.yaml --columns convention_count", "needs --convention"),
    ("show net.yaml -o x.json --format csv", "the extension of json, but the format is csv"),
    ("show net.yaml -o x.pdf", "unknown extension .pdf: write one of"),
    ("diff net.yaml other.yaml -o x.csv", "unknown extension .csv: write one of"),
    ("graph net.yaml -o x.jpg", "unknown extension .jpg: write one of"),
    (
        "graph net.yaml --roofline rtx-4090 -o x.mmd",
        "--roofline is for svg, pdf and png, not for mermaid",
    ),
    ("graph net.yaml --roofline rtx-4090 --depth 2", "--depth has no effect on a roofline"),
    ("graph net.yaml --roofline rtx-4090 --style flat", "--style has no effect on a roofline"),
    ("graph net.yaml --roofline rtx-4091", "there is no device rtx-4091"),
    ("graph net.yaml --roofline stm32h743", "the bandwidth of the RAM of stm32h743 is not stated"),
    (
        "graph net.yaml --roofline rtx-4090 --dtype int4",
        "stated for float16, float32, not for int4",
    ),
    ("diff net.yaml --textconv --exact", "--textconv takes no other option"),
    (
        "explain net.yaml --only flops",
        "the overview of a network has params, macs, memory, field and",
    ),
    ("explain net.yaml a --only field", "the explanation of a group has params and macs"),
    ("explain net.yaml --only nothing", "--only takes output"),
    ("compare net.yaml --relative", "--relative compares with the first network"),
    (
        "compare net.yaml other.yaml --sort nothing",
        "there is no column `nothing`: known: name, input",
    ),
    ("compare net.yaml other.yaml --columns ram", "no column `ram`: it needs --device NAME"),
    ("compare net.yaml other.yaml --columns saved", "no column `saved`: it needs --training"),
    ("compare net.yaml other.yaml --columns alive", "no column `alive`: it is a number of layers"),
    ("compare net.yaml --join points.csv", "points.csv has no column name, network,"),
    ("compare net.yaml other.yaml --plot macs,nothing", "--plot: there is no column `nothing`"),
    ("compare net.yaml other.yaml --plot name", "name is net.yaml, not a number"),
    ("compare net.yaml other.yaml --pareto params", "`params` is not an objective"),
    (
        "compare net.yaml other.yaml --plot macs --format csv",
        "--plot is for plot, svg, html, pdf and png",
    ),
    ("compare net.yaml other.yaml --relative --format svg", "--relative is for table,"),
    ("compare net.yaml --by type --join networks.csv", "so --join has no effect"),
    ("compare net.yaml --by type --columns flops", "--columns with --by takes name, type, layers"),
    ("compare net.yaml@*", "net.yaml has no variants: omit @*"),
    ("list --sort nothing", "--sort takes name"),
    ("layer conv 3x8x8 4 kernel=3 --want 4x8x8 --only macs", "--only has no effect"),
    ("layer conv 3x8x8 4 kernel=3 --want 4x8x8 --format json", "--format has no effect"),
    ("layer conv 3x8x8 4 kernel=3 --want 4x8x8 --batch 3", "--batch has no effect"),
    ("layer conv 3x8x8 4 kernel=3 --want 4x8x8 -o x.yaml", "the format yaml has no effect"),
    (
        "layer conv 3x8x8 4 kernel=3 -o x.yml --batch 3",
        "--batch is for text, markdown, latex and json",
    ),
    ("explain net.yaml -o x.yaml", "unknown extension .yaml: write one of"),
]


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_options_that_would_be_ignored_are_refused(line: str, message: str, folder: Path) -> None:
    import shlex

    code, printed, errors, written = outcome(folder, *shlex.split(line))
    assert (code, printed, written) == (2, "", {})
    assert message in " ".join(errors.split())


# The format of a file


@pytest.mark.parametrize(
    ("extension", "form"),
    [("json", "json"), ("csv", "csv"), ("md", "markdown"), ("tex", "latex"), ("txt", "table")],
)
def test_the_ending_is_the_format(extension: str, form: str, folder: Path) -> None:
    for words in (["show", "net.yaml"], ["compare", "net.yaml", "other.yaml"], ["list", "lenet"]):
        _, printed, _, _ = outcome(folder, *words, "--format", form)
        _, nothing, _, written = outcome(folder, *words, "-o", f"out.{extension}")
        assert (nothing, written) == ("", {f"out.{extension}": printed})


# Names of columns and their printed titles

SAME = [
    ("--columns layer,field", "--columns layer,receptive_field"),
    ("--columns layer,jump", "--columns layer,field_stride"),
    ("--columns layer,MACs/byte", "--columns layer,intensity"),
    ("--columns layer,Weights", "--columns layer,weight-bytes"),
    ("--columns parameters,trainable", "--columns params,trainable_params"),
    ("--sort alive", "--sort alive_bytes"),
    (
        "--convention thop --columns layer,thop",
        "--convention thop --columns layer,convention_count",
    ),
]


@pytest.mark.parametrize(("titled", "named"), SAME)
def test_a_title_is_the_name_of_its_column(titled: str, named: str, folder: Path) -> None:
    one, other = (outcome(folder, "show", "net.yaml", *words.split()) for words in (titled, named))
    assert one[0] == 0 and one == other


def test_titles_elsewhere(folder: Path) -> None:
    for one, other in (
        (["explain", "net.yaml", "--only", "receptive field"], ["--only", "field"]),
        (["explain", "net.yaml", "--only", "peak_bytes"], ["--only", "memory"]),
        (["compare", "net.yaml", "other.yaml", "--sort", "peak memory"], ["--sort", "peak_bytes"]),
        (["diff", "net.yaml", "other.yaml", "--fail-on", "peak memory > 1"], ["--fail-on"]),
    ):
        value = other[1:] or ["peak_bytes > 1"]
        found = outcome(folder, *one)
        expected = outcome(folder, *one[: one.index(other[0])], other[0], *value)
        assert found[:2] == expected[:2] and found[0] in (0, 1)


# Order


def test_one_direction(folder: Path) -> None:
    """Numbers from the largest, texts from a to z; `-` before the column reverses it."""
    for name, words, column in (
        ("show", ["net.yaml"], "layer,params"),
        ("list", ["resnet"], ""),
        ("compare", ["net.yaml", "other.yaml", "wide.yaml"], ""),
    ):
        chosen = ["--columns", column] if column else []
        for sort, is_text in (("params", False), ("-params", True), ("macs", False)):
            line = [name, *words, "--format", "csv", "--sort", sort, *chosen]
            if sort == "macs" and column:
                continue
            code, printed, errors, _ = outcome(folder, *line)
            assert code == 0, errors
            head, *rows = [row.split(",") for row in printed.splitlines() if '"' not in row]
            if '"' in printed:
                continue
            numbers = [int(row[head.index(sort.lstrip("-"))]) for row in rows]
            assert numbers == sorted(numbers, reverse=not is_text) and len(set(numbers)) > 1


def test_sizes_are_sorted_by_their_product(folder: Path) -> None:
    text = NET.replace("- {unit: 16", "- {maxpool: 2}\n  - {unit: 16")
    (folder / "pool.yaml").write_text(text)
    for sort, backwards in (("output", False), ("-output", True)):
        words = ["--format", "csv", "--columns", "output", "--sort", sort]
        _, printed, _, _ = outcome(folder, "show", "pool.yaml", *words)
        found = list(dict.fromkeys(printed.split()[1:]))
        large, equal = ["8x16x16", "16x8x8", "8x8x8"], ["16x1x1", "16"]  # keep their order
        assert found == (["10", *equal, *large[::-1]] if backwards else [*large, *equal, "10"])
    words = ["--format", "csv", "--columns", "receptive_field", "--sort", "field"]
    _, printed, _, _ = outcome(folder, "show", "pool.yaml", *words)
    assert list(dict.fromkeys(printed.split()[1:])) == ["all", "8x8", "4x4", "3x3"]


# Words that select layers


@pytest.mark.parametrize("word", ["a.conv1", "conv", "a", "b.*", "?.bn1", "fc"])
def test_a_word_selects_the_same_layers_everywhere(word: str, folder: Path) -> None:
    _, printed, _, _ = outcome(
        folder, "show", "net.yaml", "--layers", word, "--columns", "layer", "--format", "csv"
    )
    layers = printed.split()[1:]
    code, explained, _, _ = outcome(folder, "explain", "net.yaml", word)
    assert code == 0 and layers
    if word != "a":  # a group is explained as the sum of its parts
        lines = explained.splitlines()
        titles = [line for line, location in pairwise(lines) if location.startswith("net.yaml:")]
        assert [title.split()[0] for title in titles] == layers


def test_ends_of_paths(folder: Path) -> None:
    words = ["show", "net.yaml", "--columns", "layer", "--format", "csv", "--layers"]
    assert outcome(folder, *words, "conv1")[1].split()[1:] == ["a.conv1", "b.conv1"]
    code, _, errors, _ = outcome(folder, "explain", "net.yaml", "conv1")
    assert code == 2 and "conv1 could be a.conv1, b.conv1" in errors
