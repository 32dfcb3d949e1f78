"""LaTeX: tables fit the text of an article, compile, and a text from a file stays text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cnncalc.cli.main import main
from cnncalc.escape import latex as escaped
from cnncalc.explain import explain_layers
from cnncalc.layers import LAYERS
from cnncalc.views.explain.latex import explanation_document, layer_latex
from cnncalc.views.explain.text import NUMBERS
from cnncalc.views.latex import MAX_WORD, LatexColumn, LatexTable, document, table
from cnncalc.views.latex_width import text_width

from .support.latex import AMSMATH, BOOKTABS, LONGTABLE, article, complaints, needs_latex
from .support.networks import NAMES_OF_BUNDLED, example_text, report_of

TEN = "resnet18 resnet50 vgg16 vit_b_16 mobilenet_v2 mobilenet_v3_large googlenet alexnet"
TEN += " densenet121 efficientnet_b0"
AT_DEFAULTS = (
    "show resnet50",
    "show googlenet",
    "show mobilenet_v3_large",
    "show vit_b_16",
    "show unet",
    "show googlenet --totals-only",
    "show resnet8 --device stm32f746",
    "show resnet8 --device stm32f746 --totals-only",
    "show resnet8 --device stm32f746 --memory",
    "show resnet50 --training --batch 8",
    "show resnet18 --convention fvcore",
    "show resnet50 --depth all",
    f"compare {TEN}",
    "compare resnet8 mobilenet_v1 --device stm32h743",
    "diff resnet18 resnet34",
    "diff resnet50 resnext50_32x4d",
    "diff mobilenet_v2 mobilenet_v3_large --depth all",
    "diff vgg16 vgg16",
    "list",
    "list resnet",
    "devices",
    "devices stm32f746",
    "sweep mobilenet_v2 --over width=0.5,1,1.4 --over resolution=160,224",
)


def latex(*words: str) -> str:
    ran = CliRunner().invoke(main, [*words, "--format", "latex"])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


@pytest.fixture(scope="module")
def tables() -> list[str]:
    return [latex(*line.split()) for line in AT_DEFAULTS]


@needs_latex
@pytest.mark.parametrize("options", ["10pt", "11pt,a4paper", "12pt"])
def test_tables_fit_the_text_of_an_article(tmp_path: Path, tables: list[str], options: str) -> None:
    paper = article(*unlabelled(tables), packages=BOOKTABS + LONGTABLE, options=options)
    assert complaints(tmp_path, paper) == []


def unlabelled(tables: list[str]) -> list[str]:
    """The tables without labels: a paper has each only once."""
    return [re.sub(r"\\label\{[^}]*\}", "", text) for text in tables]


@needs_latex
@pytest.mark.slow
def test_tables_of_bundled_networks_fit(tmp_path: Path) -> None:
    """Of every third: the variants of a file are similar."""
    found = [latex("show", name) for name in NAMES_OF_BUNDLED[::3]]
    paper = article(*unlabelled(found), packages=BOOKTABS + LONGTABLE, options="11pt")
    assert complaints(tmp_path, paper) == []


@needs_latex
def test_no_package_is_needed(tmp_path: Path) -> None:
    parts = [latex("show", "resnet50"), latex("compare", "resnet18", "vgg16")]
    assert complaints(tmp_path, article(*parts)) == []


def test_what_is_too_wide_is_found(tmp_path: Path) -> None:
    """The test above can fail."""
    if needs_latex.args[0]:
        pytest.skip("pdflatex is not installed")
    wide = "\\begin{tabular}{l}" + "wide " * 40 + "\\end{tabular}"
    found = complaints(tmp_path, article(wide, "\\undefined"))
    assert [line.split()[0] for line in found] == ["Overfull", "!"]


def test_more_columns_are_those_that_are_named() -> None:
    columns = "layer,type,arguments,inputs,output,params,macs,flops,weight_bytes,activation_bytes"
    text = latex("show", "googlenet", "--columns", columns)
    assert text.count("% Wider than the text of an article") == 1
    head = next(line for line in text.splitlines() if line.startswith("layer &"))
    assert head.count("&") == columns.count(",")
    assert "% of MACs" in latex("show", "alexnet", "--columns", "+macs_share").replace("\\", "")


def test_columns_that_do_not_fit_are_named() -> None:
    """A comment names the columns of CSV that the table does not have."""
    found = CliRunner().invoke(main, ["compare", *TEN.split(), "--format", "csv"]).stdout
    text = latex("compare", *TEN.split())
    dropped = re.findall(r"% Omitted to fit the text: (.*)\.\n", text)[0].split(", ")
    head = next(line for line in text.splitlines() if line.startswith("network &"))
    assert len(dropped) + head.count("&") == found.partition("\n")[0].count(",")
    assert {"layers", "depth"} <= set(dropped) and "params & MACs" in head


@pytest.mark.parametrize("command", ["compare resnet18 vgg16", "show vgg16"])
def test_no_column_that_is_named_is_omitted(command: str) -> None:
    columns = "params,macs,flops,weight_bytes,output,input"
    columns += ",depth,layers,activations" if command.startswith("compare") else ",type,line,class"
    text = latex(*command.split(), "--columns", columns)
    assert "Omitted" not in text
    line = text.partition("\\toprule\n")[2].splitlines()[0]
    assert line.count("&") == columns.count(",")


def test_caption_and_label() -> None:
    text = latex("show", "resnet50")
    title = "Layers of ResNet (resnet50), 3$\\times$224$\\times$224 $\\to$ 1000"
    assert f"\\caption{{{title}}}\\label{{tab:resnet50}}" in text


def test_long_tables_are_longtables() -> None:
    """Of more rows than a page has lines; the default number of rows fits a page."""
    assert "longtable" not in latex("show", "resnet50")
    assert "\\begin{longtable}" in latex("show", "resnet50", "--depth", "all")


def test_the_last_line_is_the_sum() -> None:
    lines = latex("show", "alexnet").splitlines()
    assert lines[-5:] == [
        "\\midrule",
        "total &  &  & 61.0M & 724M \\\\",
        "\\bottomrule",
        "\\end{tabular}",
        "\\end{table}",
    ]


# Formulas

EXPLAINED = (
    "explain alexnet conv1",
    "explain googlenet 3a",
    "explain resnet50",
    "explain resnet50 --only params",
    "explain resnet8 --device stm32h743",
    "explain resnet8 stack1.conv_bn1.conv1 --device stm32h743",
    "explain resnet50 stage.3.block.0.conv_bn2.conv1 --convention torchinfo",
    "explain resnet50 stem.bn1 --training --batch 8",
    "layer 3x32x32 relu",
)


@needs_latex
@pytest.mark.parametrize("options", ["10pt", "12pt"])
def test_explanations_fit(tmp_path: Path, explanations: list[str], options: str) -> None:
    paper = article(*unlabelled(explanations), packages=AMSMATH + LONGTABLE, options=options)
    assert complaints(tmp_path, paper) == []


@pytest.fixture(scope="module")
def explanations() -> list[str]:
    return [latex(*line.split()) for line in EXPLAINED]


@needs_latex
@pytest.mark.parametrize("options", ["10pt", "12pt"])
def test_formulas_of_every_kind_fit(tmp_path: Path, options: str) -> None:
    parts = []
    for kind in LAYERS:
        analysis = report_of(example_text(kind))
        every = explain_layers(analysis, range(len(analysis.layers)))
        parts += [layer_latex(layer, analysis, NUMBERS) for layer in every]
    assert len(parts) >= len(LAYERS) > 80
    paper = article(
        "".join(explanation_document(unlabelled(parts))),
        packages=AMSMATH + LONGTABLE,
        options=options,
    )
    assert complaints(tmp_path, paper) == []


def test_an_explanation_has_formula_numbers_and_result() -> None:
    """AlexNet's first layer: 96 kernels of 3 x 11 x 11 and 96 biases (Krizhevsky et al., 2012)."""
    text = latex("explain", "alexnet", "conv1", "--only", "output,params")
    assert text.count("\\begin{align*}") == text.count("\\end{align*}") == 2
    weight = "\\mathrm{out} \\times C \\times \\mathrm{kernel} = 96 \\times 3 \\times 11 \\times 11"
    assert f"\\text{{weight}} &= {weight} = 34{{,}}848 \\\\" in text
    assert "\\text{sum} &= 34{,}848 + 96 = 34{,}944" in text
    assert "&= \\left\\lfloor \\frac{227 + 2 \\times 0 - 11}{4} \\right\\rfloor + 1 = 55" in text


@pytest.mark.parametrize("kind", ["conv", "lstm", "linear"])
def test_no_name_equals_a_multiple_of_itself(kind: str) -> None:
    """Each operation is counted from MACs, biases, gates: `MACs = 2 x MACs` is not an equation."""
    analysis = report_of(example_text(kind))
    text = layer_latex(next(explain_layers(analysis, [0])), analysis, NUMBERS)
    found = re.findall(r"\\text\{([^}]*)\} &= (.*)", text)
    assert ("from MACs", "2 \\times \\mathrm{MACs}") in [(a, b.split(" = ")[0]) for a, b in found]
    assert not any(f"\\mathrm{{{label}}}" in formula for label, formula in found)


def test_a_network_is_the_sum_of_its_classes() -> None:
    text = latex("explain", "vgg16", "--only", "params")
    classes = re.findall(r"\\underbrace\{([\d{},]+)\}_\{\\text\{(\w+)\}\}", text)
    assert [name for _, name in classes] == ["convolutional", "dense"]
    assert sum(int(number.replace("{,}", "")) for number, _ in classes) == 138_357_544


# Text


HOSTILE = """\
name: "<b>|x| @all `c` $y_1$ 5% & #1 ~ ^ {z} \\\\ -- '' \\" é ß → 가 я"
input: 3x8x8
layers: [{conv: 4, name: "b|<i>_c$d%e&f#g{h}^~--''é가"}, {relu: , name: "a--_&"}]
"""


@needs_latex
def test_hostile_names(tmp_path: Path) -> None:
    path = tmp_path / "net_1&%.yaml"
    path.write_text(HOSTILE, encoding="utf-8")
    parts = [latex("show", str(path)), latex("compare", str(path), "resnet18")]
    assert complaints(tmp_path, article(*parts)) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS)
def test_escapes_leave_no_markup(text: str) -> None:
    """What is left without the macros of the escape is nothing that LaTeX acts on."""
    found = re.sub(r"\\cnncalcchar\{[0-9A-F]+\}\{[^ -~]\}", "", escaped(text))
    found = re.sub(r"\\text[a-z]+\{\}|\$\\?[a-z]+\$|\$-\$|\\[&%$#_{}]|(?<=[-',])\{\}", "", found)
    assert not set(found) & set('\\{}$&#%_^~"`<>|'), found
    assert "--" not in escaped(text) and "''" not in escaped(text)


@needs_latex
@pytest.mark.slow
@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(texts=st.lists(st.text(max_size=30), min_size=40, max_size=40))
def test_any_text_compiles(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    columns = [LatexColumn("a_b", texts), LatexColumn("%", texts[::-1])]
    text = document(table(LatexTable(columns, "".join(texts[:3]), texts[0])))
    paper = article(text, packages=LONGTABLE)
    assert complaints(tmp_path_factory.mktemp("any"), paper) == []


# Widths


@needs_latex
def test_widths_are_those_of_the_font(tmp_path: Path) -> None:
    """TeX measures the same: up to a tenth less, with kerns and ligatures."""
    texts = ["conv 7x7 /2, 64", "stage.0.block.0.conv_bn1", "25,557,032", "ResNet (resnet50)"]
    texts += ["3x224x224", "WMQ@&%#", "fiffl", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQ"]
    shown = [re.sub("(?<=[0-9])x(?=[0-9])", r"$\\times$", escaped(text)) for text in texts]
    boxes = [rf"\setbox0\hbox{{{text}}}\typeout{{WIDTH \the\wd0}}" for text in shown]
    complaints(tmp_path, article("x" + "".join(boxes)))
    log = (tmp_path / "paper.log").read_text("utf-8", "replace")
    measured = [float(found) / 10 for found in re.findall(r"WIDTH ([\d.]+)pt", log)]
    assert len(measured) == len(texts)
    for text, width in zip(texts, measured, strict=True):
        assert width - 0.001 <= text_width(text) <= 1.1 * width, text


def test_a_long_word_can_be_broken() -> None:
    word = "a" * 400
    text = document(table(LatexTable([LatexColumn("x", [word])], "one", "one")))
    assert text_width(word) > MAX_WORD and "a\\allowbreak{}a" in text
