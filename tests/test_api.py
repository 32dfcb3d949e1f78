"""The Python interface gives what the command line prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc import api
from cnncalc.views.show.json import show_json

from .support.networks import ONE_OF_EACH, bundled
from .support.processes import cnncalc as run
from .support.processes import python


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_report_is_the_json(name: str) -> None:
    document = json.loads("".join(show_json(bundled(name))))
    report = cnncalc.analyse(cnncalc.load(name))
    assert {**json.loads(report.to_json()), "file": ""} == {**document, "file": ""}
    assert cnncalc.Report.from_json(report.to_json()) == report


def test_json_of_the_command_line_is_read() -> None:
    ran = run("show", "googlenet_bn", "--format", "json")
    assert cnncalc.Report.from_json(ran.stdout) == cnncalc.analyse(cnncalc.load("googlenet_bn"))


@pytest.mark.parametrize("text", ["[]", "{}", "3", '{"schema": 1}', "nothing"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        cnncalc.Report.from_json(text)


def test_a_request_replaces_values_of_the_file() -> None:
    network = cnncalc.load(
        "resnet",
        variant="resnet50",
        input=(3, 320, 320),
        vars={"classes": 10, "depths": [1, 1, 1, 1]},
    )
    report = cnncalc.analyse(network, batch=4)
    assert (
        report.inputs == {"input": (3, 320, 320)}
        and report.outputs == {"output": (10,)}
        and report.batch == 4
    )
    assert cnncalc.load("alexnet", dtype="float16").dtype == "float16"


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet50", "efficientnet_b0", "unet"])
def test_a_plan_has_the_totals_of_a_report(name: str) -> None:
    """Also of its second network, and after one that cannot be built."""
    plan = cnncalc.Plan(name)
    for batch in (1, 3):
        report = cnncalc.analyse(cnncalc.load(name), batch=batch)
        assert plan.totals(batch=batch) == report.totals._replace(peak_layer="")
    with pytest.raises(cnncalc.RequestError):
        plan.totals({"no_such_variable": 1})
    changed = cnncalc.load(name, vars={"classes": 7}, dtype="int8")
    totals = cnncalc.Plan(name, dtype="int8").totals({"classes": 7})
    assert totals == cnncalc.analyse(changed).totals._replace(peak_layer="")
    assert repr(plan).startswith("<Plan architectures/")


def test_a_plan_of_variants() -> None:
    plan = cnncalc.Plan("resnet.yaml@resnet18")
    for name in ("resnet18", "resnet50"):
        variant = None if name == "resnet18" else name
        found = plan.totals(variant=variant, input=(3, 160, 160))
        report = cnncalc.analyse(cnncalc.load(name, input="3x160x160"))
        assert found == report.totals._replace(peak_layer="")


def test_errors_of_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nvars: {n: 3}\nlayers: [{conv: 4, kernel: n}]\n")
    plan = cnncalc.Plan(path)
    assert plan.totals({"n": 5}).params == 4 * (3 * 25 + 1)
    with pytest.raises(cnncalc.NetworkError, match=r"net\.yaml:3:"):
        plan.totals({"n": 9})
    assert plan.totals({"n": 1}).params == 4 * (3 + 1)
    path.write_text("input: 3x8x8\nlayers: [{cnov: 4}]\n")
    with pytest.raises(cnncalc.NetworkError, match="did you mean `conv`"):
        cnncalc.Plan(path)
    with pytest.raises(OSError):
        cnncalc.Plan(tmp_path / "missing.yaml")


def test_values_cannot_be_changed() -> None:
    report = cnncalc.analyse(cnncalc.load("lenet5"))
    with pytest.raises(AttributeError):
        report.name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        report.inputs["input"] = (1,)  # type: ignore[index]
    with pytest.raises(TypeError):
        report.layers[0].arguments["out"] = 3  # type: ignore[index]
    assert isinstance(report.layers[0].input_shapes[0], tuple)


def test_errors_are_reported_together(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers: [{conv: 4, kernal: 3}, {maxpol: 2}]\n")
    with pytest.raises(cnncalc.NetworkError) as caught:
        cnncalc.load(path)
    assert [problem.rule for problem in caught.value.problems] == [
        "unknown-argument",
        "unknown-layer",
    ]
    assert f"{path}:2:20: error: unknown argument `kernal` of conv" in str(caught.value)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no file or bundled architecture"):
        cnncalc.load("nothing")
    with pytest.raises(OSError, match="is a folder"):
        cnncalc.load(tmp_path)
    with pytest.raises(cnncalc.RequestError, match="clases"):
        cnncalc.load("alexnet", vars={"clases": 10})
    with pytest.raises(ValueError, match="no variant"):
        cnncalc.load("alexnet", variant="nothing")


def test_reprs_are_readable() -> None:
    report = cnncalc.analyse(cnncalc.load("alexnet"))
    assert (
        repr(report)
        == "<Report AlexNet: 3x227x227 -> 1000, 23 layers, 60,965,224 params, 724,406,816 MACs>"
    )
    assert (
        repr(report.layer("conv1"))
        == "<LayerReport conv1: conv -> 96x55x55, 34,944 params, 105,415,200 MACs>"
    )
    with pytest.raises(KeyError):
        report.layer("nothing")


def test_html_for_notebooks(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text('name: "<script>"\ninput: 3x8x8\nlayers: [{conv: 4, name: "a<b>"}]\n')
    html = cnncalc.analyse(cnncalc.load(path))._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "a&lt;b&gt;" in html
    folded = cnncalc.analyse(cnncalc.load("resnet152"))._repr_html_()
    assert folded.count("<tr>") < 20 and "60,192,808" in folded


@pytest.mark.parametrize(
    ("before", "after"), [("resnet50", "resnet101"), ("vgg16", "vgg16_bn"), ("alexnet", "alexnet")]
)
def test_a_difference_is_the_json(before: str, after: str) -> None:
    (document,) = json.loads(run("diff", before, after, "--format", "json").stdout)["differences"]
    found = cnncalc.diff(cnncalc.load(before), cnncalc.load(after))
    assert (found.equal, found.calculates_the_same) == (
        document["equal"],
        document["calculates_the_same"],
    )
    assert dict(found.delta) == document["delta"]
    for rows, entries in ((found.groups, document["groups"]), (found.layers, document["layers"])):
        assert [(row.path, row.path_before, list(row.what)) for row in rows] == [
            (entry["path"], entry["path_before"], entry["what"]) for entry in entries
        ]
        assert [[change._asdict() for change in row.changes] for row in rows] == [
            entry["changes"] for entry in entries
        ]
    assert (repr(found) == "<Difference: none>") == (before == after)


def test_names_are_handed_on() -> None:
    assert set(cnncalc.__all__) == set(api.__all__)
    for name in cnncalc.__all__:
        assert getattr(cnncalc, name) is getattr(api, name)
    with pytest.raises(AttributeError):
        cnncalc.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    code = """
import sys, cnncalc
print([name for name in sys.modules if name.startswith(("cnncalc.", "yaml", "rich"))])
"""
    assert python("-c", code).stdout.strip() == "[]"
