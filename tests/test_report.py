"""`cnncalc report` without a browser: the file and its data. tests/browser opens the pages."""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
import sys
from base64 import b64encode
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.engine.analysis import Analysis
from cnncalc.escape import safe
from cnncalc.views.palette import DARK, FILLS, INK, LIGHT, NAMES, page_style
from cnncalc.views.report import network_object
from cnncalc.views.report.containers import MAX_PARTS, containers, siblings
from cnncalc.views.report.page import MODULES, SWEEP_MODULES, embedded, page_files, portable
from cnncalc.views.show.json import show_json

from .support.networks import bundled, report_of
from .support.paths import ROOT
from .support.processes import cnncalc

VENDOR = ROOT / "cnncalc" / "views" / "report" / "vendor"


def page_of(*words: str) -> str:
    ran = cnncalc("report", *words, "-o", "-")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def data_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


# The command


def test_a_file_is_written_with_the_bytes_that_are_printed(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("what was there")
    ran = cnncalc("report", "lenet5", "-o", str(path))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert path.read_text("utf-8") == page_of("lenet5") == page_of("lenet5")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["alexnet"], 2, "report needs -o FILE.html, or --open"),
        (["-o", "page.html"], 2, "Missing argument"),
        (["no_such_net", "-o", "page.html"], 2, "no file or bundled architecture"),
        (["alexnet", "-o", "."], 2, "directory"),
        (["alexnet", "-o", "no/such/folder/page.html"], 2, "cannot write"),
        (["alexnet", "wrong.yaml", "-o", "page.html"], 1, "unknown layer"),
    ],
)
def test_errors_are_reported_and_nothing_is_written(
    tmp_path: Path, words: list[str], code: int, message: str
) -> None:
    (tmp_path / "wrong.yaml").write_text("input: 3x8x8\nlayers: [rellu]\n")
    ran = cnncalc("report", *words, cwd=tmp_path)
    assert ran.returncode == code and message in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.yaml"]


def test_the_options_of_show_change_the_network() -> None:
    words = [
        "alexnet",
        "--set",
        "classes=7",
        "--input",
        "3x250x250",
        "--dtype",
        "float16",
        "--batch",
        "4",
    ]
    [network] = data_of(page_of(*words))["networks"]
    assert network["show"] == json.loads(cnncalc("show", *words, "--format", "json").stdout)


# The page


def test_the_policy_allows_the_scripts_of_the_page_and_nothing_else() -> None:
    page = page_of("alexnet", "vgg16")
    policy = html.unescape(
        re.findall(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', page)[0]
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", page, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashes = [
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in (*scripts, style)
    ]
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert (
        rules["script-src"].split() == hashes[:-1]
        and rules["style-src"] == hashes[-1]
        and rules["img-src"] == "blob:"  # made by the page, for a picture that is saved
        and len(rules) == 6
    )


def test_the_page_names_nothing_to_load() -> None:
    page = page_of("googlenet")
    assert not re.search(
        r"<[^>]*\b(src|href|srcset|action|data|poster)\s*=\s*[\"'](?!#)", page.split("<script")[0]
    )
    assert not re.search(r"@import|url\(", page.split("</style>")[0])
    assert "sourceMappingURL" not in page


def test_the_page_of_resnet152_is_below_2_mb() -> None:
    assert len(page_of("resnet152").encode()) < 2_000_000


def test_all_modules_are_in_a_page() -> None:
    scripts = {name for name in page_files() if name.endswith(".js")}
    libraries = {"dagre.min.js", "uPlot.iife.min.js"}
    assert {f"{name}.js" for name in (*MODULES, *SWEEP_MODULES)} | libraries == scripts


@pytest.mark.parametrize("modules", [MODULES, SWEEP_MODULES], ids=["report", "sweep"])
def test_modules_are_in_a_page_after_their_imports(modules: tuple[str, ...]) -> None:
    files = page_files()
    for place, name in enumerate(modules):
        imported = re.findall(
            r'^import \{[^}]*\} from "\./(\w+)\.js";$', files[f"{name}.js"], re.MULTILINE
        )
        assert set(imported) <= set(modules[:place]), name
        assert len(imported) == len(re.findall(r"^import\b", files[f"{name}.js"], re.MULTILINE)), (
            name
        )
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "</",
        ):
            assert word not in files[f"{name}.js"], name


def test_libraries_are_as_they_were_released() -> None:
    """vendor.json describes each library and has the hash of each file."""
    listed = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
    names = {name for library in listed for name in library["files"]}
    assert names == {path.name for path in VENDOR.iterdir()} - {"vendor.json"}
    for library in listed:
        assert library["license"] == "MIT" and library["release"].startswith("sha512-")
        for name, integrity in library["files"].items():
            digest = hashlib.sha256((VENDOR / name).read_bytes()).digest()
            assert integrity == f"sha256-{b64encode(digest).decode()}"
    page = page_of("lenet5")
    for library in listed:
        license = next(name for name in library["files"] if name.endswith("LICENSE.txt"))
        assert html.escape((VENDOR / license).read_text("utf-8")) in page


# The data


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "unet", "yolov3", "densenet121"])
def test_data_are_those_of_show_and_of_the_file(name: str) -> None:
    report = bundled(name)
    data = network_object(report, ["name: x", ""])
    assert portable(data["show"]) == portable(json.loads("".join(show_json(report))))
    assert data["lines"] == ["name: x"]
    for step, layer in enumerate(report.layers):
        held = sum(size for _, _, first, last, size in data["values"] if first <= step <= last)
        assert layer.alive_bytes in (None, held)
        numbers = [
            data["explanations"][place]["number"] for place in data["layers"][step]["explanation"]
        ]
        assert numbers[:2] == ["output_shape", "params"] and len(numbers) == len(set(numbers))


def test_a_page_without_a_device_has_no_section_on_it() -> None:
    data = network_object(bundled("lenet5"), [])
    assert not {"needs", "plan", "roofline"} & set(data)


def test_the_page_has_the_lines_of_show_on_a_device() -> None:
    words = ("visual_wake_words", "--device", "stm32h743", "--training")
    [network] = data_of(page_of(*words))["networks"]
    device, training = network["needs"]
    shown = " ".join(cnncalc("show", *words, "--totals-only").stdout.split())
    for need in (device, training):
        assert need["title"] in shown
        for line in need["lines"]:
            assert line[0] in shown and line[-1] in shown
    arena = network["show"]["deployment"]["arena_bytes"]
    ends = [offset + size for _, _, offset, size, _, _ in network["plan"]["buffers"]]
    assert network["plan"]["bytes"] == max(ends) == arena
    assert "roofline" not in network  # the device states no bandwidth


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "resnet50", "mobilenet_v2", "googlenet"])
def test_explanations_end_with_the_numbers_of_show(name: str) -> None:
    report = bundled(name)
    data = network_object(report, [])
    for layer, more in zip(data["show"]["layers"], data["layers"], strict=True):
        for entry in (data["explanations"][place] for place in more["explanation"]):
            if (
                entry["number"] in ("params", "buffers", "macs", "flops", "activation_bytes")
                and entry["equations"]
            ):
                results = [
                    int(equation["sides"][-1].replace(",", "")) for equation in entry["equations"]
                ]
                times = [len(equation["of"].split(", ")) for equation in entry["equations"]]
                assert sum(map(int.__mul__, results, times)) == layer[entry["number"]], (
                    layer["path"],
                    entry,
                )


@given(st.text())
def test_text_cannot_end_the_data(text: str) -> None:
    written = embedded(portable({"name": [text, {text: 1}]}))
    assert not re.search("[<>&\u2028\u2029\x00-\x1f]", written)
    assert json.loads(written) == {"name": [safe(text), {safe(text): 1}]}


@given(st.integers())
def test_numbers_keep_all_digits(number: int) -> None:
    found = portable([number])[0]
    assert int(found) == number and (isinstance(found, str) or float(found) == number)


# Containers


def nested(report: Analysis) -> None:
    """Containers are nested, and none has more than MAX_PARTS parts."""
    found = containers(report)
    parts = {(0, len(report.layers), -1): 0}
    around = [(0, len(report.layers), -1)]
    owner = [(0, len(report.layers), -1)] * len(report.layers)
    for container in found:
        while (
            not (around[-1][0] <= container.start < around[-1][1])
            or around[-1][2] >= container.level
        ):
            around.pop()
        assert container.end <= around[-1][1] and container.level == around[-1][2] + 1
        parts[around[-1]] += 1
        around.append((container.start, container.end, container.level))
        parts[around[-1]] = 0
        owner[container.start : container.end] = [around[-1]] * (container.end - container.start)
    for own in owner:
        parts[own] += 1
    assert max(parts.values()) <= MAX_PARTS
    groups = [group for group in report.groups if group.group.start < group.group.end]
    assert sorted(id(container.group) for container in found if container.group) == sorted(
        map(id, groups)
    )


@pytest.mark.parametrize(
    "name", ["googlenet", "resnet152", "densenet201", "inception_v4", "unet", "yolov3"]
)
def test_containers_nest(name: str) -> None:
    nested(bundled(name))


@pytest.mark.slow
@given(st.integers(1, 500), st.integers(0, 120), st.integers(0, 90))
@settings(max_examples=40)
def test_many_neighbors_collapse_into_runs(single: int, groups: int, inner: int) -> None:
    steps = "  - relu\n" * single
    for group in range(groups):
        steps += (
            f"  - {{layers: [{', '.join(['relu'] * (inner % (group + 1) + 1))}], name: g{group}}}\n"
        )
    nested(report_of(f"input: 3x8x8\nlayers:\n{steps}"))


def test_parts_of_a_scope_are_its_groups_and_its_own_layers() -> None:
    report = report_of(
        "input: 3x8x8\n"
        "layers: [relu, {layers: [relu, {layers: [relu], name: b}, relu], name: a}, relu]\n"
    )
    assert sorted(siblings(report)) == [[0, 1, 4, 5], [1, 2, 3, 4], [2, 3]]


# Colors


LOOKS = ("conv", "dense", "memory", "norm", "pool", "activation", "join", "other")
SEEN_BY = {
    "all": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopes": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopes": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopes": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""How color-blind people see linear red, green and blue, with severity 1.0.

Source: Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color
Vision Deficiency, 2009.
"""


def palette(scheme: str) -> dict[str, tuple[float, ...]]:
    """The colors of the page by name, as linear red, green and blue (sRGB, IEC 61966-2-1)."""
    texts = (page_style(), page_files()["page.css"])
    parts = (re.findall(r":root[^{]*\{([^{}]*)\}", text)[scheme == "dark"] for text in texts)
    colors = re.findall(r"--([\w-]+): #([0-9a-f]{6})", "".join(parts))
    return {
        name: tuple(linear(byte / 255) for byte in bytes.fromhex(digits)) for name, digits in colors
    }


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def lab(color: tuple[float, ...]) -> tuple[float, float, float]:
    """CIE L*a*b* of linear sRGB, white D65."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in color)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    f = [part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2, contrast ratio."""
    lights = sorted(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("people", SEEN_BY)
def test_looks_are_distinguishable(scheme: str, people: str) -> None:
    """A difference of 2.3 is just seen; these are 12 or more."""
    colors = palette(scheme)
    seen = [
        lab(tuple(sum(map(float.__mul__, row, colors[look])) for row in SEEN_BY[people]))
        for look in LOOKS
    ]
    assert min(math.dist(one, other) for one, other in combinations(seen, 2)) >= 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_colors_stand_out(scheme: str) -> None:
    """4.5 for text and 3 for graphics: WCAG 2.2, 1.4.3 and 1.4.11."""
    colors = palette(scheme)
    for ground in ("paper", "ground"):
        assert all(
            contrast(colors[text], colors[ground]) >= 4.5 for text in ("ink", "muted", "accent")
        )
    assert all(contrast(colors[look], colors["paper"]) >= 3 for look in LOOKS)


def test_fills_of_figures_are_distinct_in_gray_and_below_dark_text() -> None:
    rgb = (bytes.fromhex(color[1:]) for color in (INK, *FILLS.values()))
    ink, *fills = (tuple(linear(byte / 255) for byte in color) for color in rgb)
    assert all(contrast(fill, ink) >= 4.5 for fill in fills)
    grays = sorted(lab(fill)[0] for fill in fills)
    assert all(two - one >= 2.3 for one, two in pairwise(grays))


def test_every_look_has_a_color_and_a_word() -> None:
    files = page_files()
    assert all(f".look-{look} {{ --look: var(--{look})" in page_style() for look in LOOKS)
    legend = re.search(r"const LOOKS = \{(.*?)\};", files["view.js"], re.DOTALL)
    assert legend and tuple(re.findall(r"(\w+):", legend[1])) == LOOKS
    assert dict(re.findall(r'(\w+): "(.*)"', legend[1])) == NAMES
    assert set(LIGHT) == set(DARK) == set(FILLS) == set(LOOKS)


def test_more_layers_than_a_browser_can_open(tmp_path: Path) -> None:
    data = b"input: 8x8x8\nlayers:\n  - {conv: 8, repeat: 20001}\n"
    ran = cnncalc("report", "-", "-o", str(tmp_path / "page.html"), data=data)
    assert ran.returncode == 2 and "has 20,001 layers, more than the 20,000 of a" in ran.stderr
    assert not list(tmp_path.iterdir())


# --open


@pytest.fixture
def browser(tmp_path: Path) -> tuple[dict[str, Any], Path]:
    """The environment of a browser that writes the address that it opens to a file."""
    opened, script = tmp_path / "opened.txt", tmp_path / "browser.sh"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}"\n')
    script.chmod(0o755)
    return {"BROWSER": f"{script} %s"}, opened


def test_a_page_is_opened(browser: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    environment, opened = browser
    path = tmp_path / "a page.html"
    ran = cnncalc("report", "lenet5", "-o", str(path), "--open", **environment)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert opened.read_text() == path.as_uri()
    assert path.read_text("utf-8") == page_of("lenet5")


def test_a_page_without_a_name_is_in_a_folder_of_its_own(
    browser: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    environment, opened = browser
    ran = cnncalc("report", "lenet5", "--open", TMPDIR=str(tmp_path), **environment)
    path = Path(opened.read_text().removeprefix("file://"))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", f"wrote {path}\n")
    assert path.parent.parent == tmp_path and path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_text("utf-8") == page_of("lenet5")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "report needs -o FILE.html, or --open"),
        (("--open", "-o", "-"), "--open needs a file: omit `-o -`"),
        (("--open", "--watch"), "--open has no effect with --watch"),
    ],
)
def test_pages_that_are_not_opened(
    browser: tuple[dict[str, Any], Path], words: tuple[str, ...], message: str
) -> None:
    environment, opened = browser
    ran = cnncalc("report", "lenet5", *words, **environment)
    assert ran.returncode == 2 and message in ran.stderr and not opened.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need no variable")
def test_a_page_needs_a_display(tmp_path: Path) -> None:
    nothing: dict[str, Any] = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
    ran = cnncalc("report", "lenet5", "-o", str(tmp_path / "net.html"), "--open", **nothing)
    assert ran.returncode == 2 and "--open needs a display" in ran.stderr
    assert not list(tmp_path.iterdir())
