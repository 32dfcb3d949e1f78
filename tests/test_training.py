"""The memory of a training step, as the command line shows it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from cnncalc import Error, Report, analyse, load
from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.training import OPTIMIZERS, train, training_memory
from cnncalc.documents.training import TrainingReport
from cnncalc.explain import explain_layers
from cnncalc.network import OPTIMIZER_NAMES
from cnncalc.parser import read_document
from cnncalc.unparse.document import unparse

from .support.networks import bundled, read, report_of
from .support.processes import cnncalc, terminal

SMALL = "input: 3x32x32\nlayers:\n  - {conv: 8, kernel: 3, padding: 1, name: c}\n  - bn\n  - relu\n"


def shown(*arguments: str, cwd: Path | None = None) -> str:
    ran = cnncalc("show", *arguments, cwd=cwd)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def document(*arguments: str, cwd: Path | None = None) -> TrainingReport:
    report = Report.from_json(shown(*arguments, "--training", "--format", "json", cwd=cwd))
    assert Report.from_json(report.to_json()) == report
    assert report.training is not None
    return report.training


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


# The numbers


def test_mixed_precision_may_keep_more() -> None:
    """Source: tests/published/devices/torch_saved_for_backward.csv."""
    plain = document("vgg16", "--batch", "2")
    mixed = document("vgg16", "--batch", "2", "--amp")
    assert (plain.saved_bytes, plain.amp) == (146_661_376, False)
    assert (mixed.saved_bytes, mixed.amp) == (362_270_080, True)
    text = shown("vgg16", "--batch", "2", "--training", "--amp", "--totals-only", "--exact")
    assert "mixed precision keeps 215,608,704 B more for the backward pass than float32" in text
    assert "mixed precision keeps" not in shown("resnet18", "--training", "--amp", "--batch", "32")


def test_the_numbers_of_a_small_network(folder: Path) -> None:
    """By hand: the convolution keeps the image, the norm its input, the relu its output."""
    found = document("small.yaml", "--batch", "4", cwd=folder)
    image, map_ = 4 * 3 * 32 * 32 * 4, 4 * 8 * 32 * 32 * 4
    weights = 4 * (8 * 27 + 8 + 8 + 8)
    assert found.saved_bytes == image + 2 * map_ + 8 * 8
    assert (found.gradient_bytes, found.optimizer_bytes) == (weights, weights)
    assert (found.optimizer, found.dtype, found.peak_layer) == ("sgd", "float32", "relu1")
    buffers = 2 * 8 * 4
    loss = 2 * map_  # the outputs and their logarithmic softmax
    gradients = 2 * map_  # of the output and the input of the relu
    kept = found.saved_bytes - image + loss
    assert found.peak_bytes == 2 * weights + buffers + image + kept + gradients


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_state_of_optimizers(optimizer: str) -> None:
    """As many tensors as torch.optim keeps of each parameter, but for the counter."""
    states = {"sgd-plain": 0, "sgd": 1, "rmsprop": 1, "adagrad": 1, "amsgrad": 3}
    found = training_memory(report_of(SMALL), optimizer)
    assert found.optimizer_bytes == states.get(optimizer, 2) * found.gradient_bytes


def test_frozen_weights_have_no_gradient(folder: Path) -> None:
    text = SMALL.replace("padding: 1,", "padding: 1, trainable: false,")
    (folder / "frozen.yaml").write_text(text)
    found = document("frozen.yaml", cwd=folder)
    assert found.gradient_bytes == found.optimizer_bytes == 4 * (8 + 8)


def test_what_is_not_known_is_stated(folder: Path) -> None:
    (folder / "grn.yaml").write_text("input: 8x20x20\nlayers: [grn, {conv: 4}]")
    assert document("grn.yaml", cwd=folder).not_known == ("grn",)
    text = shown("grn.yaml", "--training", cwd=folder)
    assert "what is kept of grn is not known and not counted: training needs more" in text


def test_what_is_assumed_is_stated(folder: Path) -> None:
    layers = "[{lstm: 16}, {attention: 4}, {attention: 2}]"
    (folder / "series.yaml").write_text(f"input: 8x20\nlayers: {layers}")
    assert document("series.yaml", cwd=folder).assumed_kinds == ("lstm", "attention")
    text = shown("series.yaml", "--training", cwd=folder)
    assert "note: lstm is counted step by step, as PyTorch runs it without cuDNN" in text
    assert text.count("note: attention is counted in a fused kernel") == 1


# The largest batch


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_largest_batch_fits_and_the_next_does_not(optimizer: str) -> None:
    analysis, device = report_of(SMALL), bundled_device("t4")
    found = train(analysis, optimizer, device=device).largest
    assert found is not None and device.ram is not None
    assert found == training_memory(analysis, optimizer, batch=found.batch)
    assert found.peak_bytes <= device.ram
    assert training_memory(analysis, optimizer, batch=found.batch + 1).peak_bytes > device.ram


def test_the_largest_batch_on_a_device(folder: Path) -> None:
    found = document("resnet50", "--device", "t4")
    peak = found.largest_batch_bytes
    assert found.largest_batch and peak is not None
    assert peak == document("resnet50", "--batch", str(found.largest_batch)).peak_bytes
    text = shown("resnet50", "--device", "t4", "--training", "--totals-only")
    assert re.search(
        rf"batch +{found.largest_batch}  the largest that fits t4: its peak is 99", text
    )


def test_no_batch_fits(folder: Path) -> None:
    (folder / "board.yaml").write_text("ram: 64KiB\n")
    assert document("small.yaml", "--device", "board.yaml", cwd=folder).largest_batch == 0
    text = shown("small.yaml", "--device", "board.yaml", "--training", cwd=folder)
    assert re.search(r"batch +none  fits the 64.0 KiB of board", text)


def test_training_has_not_the_type_of_inference(folder: Path) -> None:
    """A device with an int8 runtime: the network is trained in float32."""
    (folder / "board.yaml").write_text("ram: 64MiB\ndtype: int8\n")
    report = Report.from_json(
        shown("small.yaml", "--device", "board.yaml", "--training", "--format", "json", cwd=folder)
    )
    assert report.dtype == "int8" and report.training is not None
    assert report.training.dtype == "float32"
    assert report.training == document("small.yaml", "--device", "board.yaml", cwd=folder)


# Formats


def test_the_column_adds_up(folder: Path) -> None:
    text = shown("resnet18", "--training", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(int(row["saved_bytes"]) for row in rows) == document("resnet18").saved_bytes
    [totals] = csv.DictReader(
        io.StringIO(shown("resnet18", "--training", "--totals-only", "--format", "csv"))
    )
    assert int(totals["training_bytes"]) == document("resnet18").peak_bytes


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_tables_have_the_lines(form: str, folder: Path) -> None:
    text = shown("small.yaml", "--training", "--totals-only", "--format", form, cwd=folder)
    assert "Training in PyTorch: SGD with momentum, float32, batch 1" in text
    for title in ("kept", "gradients", "optimizer", "peak"):
        assert re.search(rf"^(\| )?{title} ", text, re.MULTILINE), title


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_terminals(columns: int) -> None:
    text = terminal("show", "vgg16", "--training", "--amp", "--device", "t4", columns=columns)
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in text.splitlines()]
    assert max(map(len, lines)) <= columns
    words = " ".join(" ".join(lines).split())
    assert "the largest that fits t4" in words
    assert "the CUDA context" in words


def test_without_the_option_nothing_changes() -> None:
    document = json.loads(shown("resnet18", "--format", "json"))
    assert "training" not in document
    assert "saved" not in shown("resnet18")


# Errors


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--amp"], "--amp needs --training"),
        (["--optimizer", "adam"], "--optimizer needs --training"),
        (["--columns", "layer,saved"], "column saved_bytes needs --training"),
        (["--sort", "saved"], "column saved_bytes needs --training"),
        (["--training", "--optimizer", "adam", "--format", "csv"], "--optimizer is for table"),
        (["--training", "--optimizer", "lion"], "lion is not one of sgd, sgd-plain, adam"),
        (["--training", "--dtype", "int8"], "training needs a floating-point `dtype`, not int8"),
        (
            ["--training", "--amp", "--dtype", "float16"],
            "mixed precision needs the `dtype` float32, not float16",
        ),
    ],
)
def test_wrong_options(options: list[str], message: str) -> None:
    ran = cnncalc("show", "alexnet", *options)
    assert ran.returncode == 2
    assert message in ran.stderr


# Budgets


def test_budget_of_the_file(folder: Path) -> None:
    peak = document("small.yaml", cwd=folder).peak_bytes
    for most, code in ((peak, 0), (peak - 1, 1)):
        (folder / "budget.yaml").write_text(f"{SMALL}budget: {{training_bytes: {most}}}\n")
        ran = cnncalc("check", "budget.yaml", cwd=folder)
        assert ran.returncode == code, ran.stdout
    assert f"training_bytes: {peak:,} at `relu1` is over the budget of {peak - 1:,}" in ran.stdout


def test_budget_of_the_command_line(folder: Path) -> None:
    ran = cnncalc("check", "small.yaml", "--budget", "training_bytes=64KiB", cwd=folder)
    assert ran.returncode == 1
    assert "is over the budget of 65,536 (64KiB)" in ran.stdout


STEP = "batch: 32, optimizer: adam, amp: true"


def test_budget_of_a_step_of_a_batch(folder: Path) -> None:
    """The limit is exactly what the step needs, and one byte less is too little."""
    options = ("--batch", "32", "--optimizer", "adam", "--amp")
    peak = document("small.yaml", *options, cwd=folder).peak_bytes
    for most, count in ((peak, 0), (peak - 1, 1)):
        budget = f"budget: {{training_bytes: {{most: {most}, {STEP}}}}}\n"
        (folder / "step.yaml").write_text(SMALL + budget)
        ran = cnncalc("check", "step.yaml", "--isolated", cwd=folder)
        assert ran.returncode == count
    assert f"training_bytes: {peak:,} at `" in ran.stdout
    assert "(batch: 32, optimizer: adam, amp: true) is over the budget of" in ran.stdout


def test_a_limit_of_a_step_is_written_as_it_is_read() -> None:
    text = f"{SMALL}budget: {{training_bytes: {{most: 8MiB, {STEP}}}}}\n"
    parsed = read_document(text.encode(), "small.yaml").document
    assert parsed is not None
    written = unparse(parsed)
    assert f"training_bytes: {{most: 8MiB, {STEP}}}" in written


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{batch: 3}", "`training_bytes` needs `most`, the limit"),
        ("{most: 3, batch: 0}", "`batch` must be a positive integer, found `0`"),
        ("{most: 3, batch: [3]}", "`batch` must be text, found a list"),
        ("{most: 3, optimizer: adm}", "`optimizer` must be one of sgd, sgd-plain, adam, adamw,"),
        ("{most: 3, amp: yes}", "`amp` must be one of false, true, found `yes`"),
        ("{most: x}", "`training_bytes` must be a figure, found `x`"),
        ("{most: 3, rate: 3}", "unknown key `rate` in `training_bytes`"),
    ],
)
def test_what_is_not_a_step(step: str, message: str) -> None:
    problems = read(f"{SMALL}budget: {{training_bytes: {step}}}\n").problems
    assert any(message in problem.message for problem in problems)


def test_a_budget_takes_every_optimizer() -> None:
    assert tuple(OPTIMIZERS) == OPTIMIZER_NAMES


def test_budget_that_cannot_be_checked(folder: Path) -> None:
    """A lower bound is not enough to be within a limit."""
    (folder / "grn.yaml").write_text("input: 8x20x20\nlayers: [grn, {conv: 4}]")
    ran = cnncalc("check", "grn.yaml", "--budget", "training_bytes=1GiB", cwd=folder)
    assert ran.returncode == 1
    assert "or more: what training keeps of grn is not known" in ran.stdout


def test_budget_of_a_network_that_cannot_be_trained(folder: Path) -> None:
    (folder / "int8.yaml").write_text(f"dtype: int8\n{SMALL}budget: {{training_bytes: 1GiB}}\n")
    ran = cnncalc("check", "int8.yaml", cwd=folder)
    assert ran.returncode == 1
    assert "training_bytes: training needs a floating-point `dtype`, not int8" in ran.stdout


# Comparisons, and the Python interface


def test_comparison_has_columns() -> None:
    words = ("compare", "resnet18", "vgg11", "--training", "--amp", "--format", "json")
    found = json.loads(cnncalc(*words).stdout)
    assert (found["optimizer"], found["amp"]) == ("sgd", True)
    for row, name in zip(found["networks"], ("resnet18", "vgg11"), strict=True):
        alone = document(name, "--amp")
        assert row["training_bytes"] == alone.peak_bytes
        assert row["saved_bytes"] == alone.saved_bytes


def test_python_interface() -> None:
    network = load("resnet18")
    report = analyse(network, batch=4, optimizer="adam", amp=True, device="t4")
    options = ("--batch", "4", "--optimizer", "adam", "--amp", "--device", "t4")
    assert report.training == document("resnet18", *options)
    assert analyse(network).training is None
    with pytest.raises(ValueError, match=r"the optimizer is one of sgd, .* not 'lion'"):
        analyse(network, optimizer="lion")
    with pytest.raises(ValueError, match="name the optimizer"):
        analyse(network, amp=True)
    with pytest.raises(Error, match="there is no device t5"):
        analyse(network, device="t5")


# Explanations


@pytest.mark.parametrize("amp", [False, True])
@pytest.mark.parametrize("name", ["alexnet", "googlenet", "densenet121", "lenet5", "ssd300"])
def test_explanations_add_up(name: str, amp: bool) -> None:
    analysis = bundled(name)
    found = train(analysis, amp=amp)
    explained = analysis.supplemented(found)
    totals = 0
    for layer in explain_layers(explained, range(len(analysis.layers))):
        [section] = [one for one in layer.sections if one.number == "saved_bytes"]
        assert section.total == sum(term.result for term in section.terms.values())
        assert section.total == found.memory.saved.get(layer.layer.node.path, 0)
        assert section.total or section.remarks
        totals += section.total
    assert totals == found.memory.saved_bytes


def test_the_overview_has_the_equation_of_the_peak(folder: Path) -> None:
    ran = cnncalc("explain", "small.yaml", "--training", cwd=folder)
    equation = re.search(r"^ *= ([\d,+ ]+) = ([\d,]+) B$", ran.stdout, re.MULTILINE)
    assert equation is not None, ran.stdout
    parts = [int(part.replace(",", "")) for part in equation[1].split(" + ")]
    assert sum(parts) == int(equation[2].replace(",", ""))
    assert sum(parts) == document("small.yaml", cwd=folder).peak_bytes


def test_explanation_of_kept_tensors(folder: Path) -> None:
    arguments = ("small.yaml", "c", "relu1", "--training", "--batch", "4")
    text = cnncalc("explain", *arguments, "--only", "saved", cwd=folder).stdout
    assert "input          elements x bytes x samples = 3,072 x 4 x 4 = 49,152" in text
    assert "output         elements x bytes x samples = 8,192 x 4 x 4 = 131,072" in text
    ran = cnncalc("explain", *arguments, "--format", "json", cwd=folder)
    assert json.loads(ran.stdout)["training"]["optimizer"] == "sgd"


def test_explanation_without_training_is_refused(folder: Path) -> None:
    ran = cnncalc("explain", "small.yaml", "c", "--only", "saved", cwd=folder)
    assert ran.returncode == 2
    assert "--only saved needs --training" in ran.stderr
