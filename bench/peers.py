"""Other tools on the same network, called as their own documentation does.

They are optional: `pip install -e '.[peers]'`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from .bounds import PEER_RATIO, SHOWS, TABLE
from .measure import Sample, alternate, cnncalc, once, python
from .table import FigureTable, milliseconds, times, timings

MAKE = """\
import logging, warnings
logging.disable()
warnings.simplefilter('ignore')
from torchvision.models import get_model
model = get_model({name!r}).eval()
"""
MODEL = MAKE.format(name="resnet152")
IMAGE = "import torch\nimage = torch.zeros(1, 3, 224, 224)\n"
EXPORT = MAKE + IMAGE + "torch.onnx.export(model, (image,), {path!r}, dynamo=False)"

TORCHINFO = "import torchinfo\ntorchinfo.summary(model, (1, 3, 224, 224), device='cpu')"
FVCORE = """\
from fvcore.nn import FlopCountAnalysis, flop_count_table
print(flop_count_table(FlopCountAnalysis(model, image)))
"""
PROGRAMS = {
    "torchinfo": MODEL + TORCHINFO,
    "fvcore": MODEL + IMAGE + FVCORE,
    "onnx-tool": "import onnx_tool\nonnx_tool.model_profile({path!r})",
    "onnxsim": "import onnx, onnxsim\nonnxsim.simplify(onnx.load({path!r}))",
}
# The network is torchvision's, for those that read a file too.
PACKAGES = {name: (name, "torch", "torchvision") for name in PROGRAMS}
OF_FILES = ("onnx-tool", "onnxsim")
SHOW_FILE = "show resnet152.onnx"
FILES = (
    *("resnet50", "resnet152", "densenet121", "mobilenet_v3_large", "convnext_tiny", "vit_b_16"),
    "swin_t",
)
"""The networks whose files are measured one by one."""


def comparison(rounds: int) -> FigureTable:
    with TemporaryDirectory() as folder:
        samples = alternate({**SHOWS, **commands(Path(folder))}, rounds)
    table = samples[TABLE]
    rows = []
    for name, sample in samples.items():
        ratios = [sample.seconds / samples[show].seconds for show in SHOWS]
        ratios += [sample.least / table.least, sample.peak / table.peak]
        rows.append((name, *timings(sample), *map(times, ratios), of_file(name, samples)))
    titles = ("process", "median", "least", "peak")
    ratio_titles = ("/ table", "/ json", "least / table", "peak / table", "/ file")
    return FigureTable("Other tools", (*titles, *ratio_titles), rows, note())


def of_files(rounds: int) -> Iterator[FigureTable]:
    """The tools that read ONNX files next to cnncalc: file by file, and all in one process.

    The files are torchvision's, which PyTorch writes first.
    """
    tools = [name for name in OF_FILES if name not in missing()]
    if not tools:
        return
    with TemporaryDirectory() as folder:
        paths = {name: str(Path(folder) / f"{name}.onnx") for name in FILES}
        for name, path in paths.items():
            once(python(EXPORT.format(name=name, path=path)))
        rows = [file_row(path, tools, rounds) for path in paths.values()]
        titles = (*("file", "show"), *tools, *(f"{tool} / show" for tool in tools))
        yield FigureTable("Other tools, file by file", titles, rows, FILE_NOTE)
        yield in_one_process(list(paths.values()), tools, rounds)


FILE_NOTE = (
    "CPU time of whole processes, medians. More than half of `show` is the start for the smaller"
    " files: Python, click, yaml and the modules of cnncalc. What other tools take beyond their own"
    " start grows with the weights as well."
)
ONE_PROCESS_NOTE = (
    "CPU time of one process that reads all files of the table before, medians: `cnncalc compare`"
    " with their paths, and a loop in Python that calls the other tool for each. `without start` is"
    " what is left without the start of the tool, which is that of `cnncalc compare --help`, and"
    " that of importing the other tool."
)


def file_row(path: str, tools: Sequence[str], rounds: int) -> list[str]:
    """The times of one file."""
    programs = {tool: python(PROGRAMS[tool].format(path=path)) for tool in tools}
    samples = alternate({"show": cnncalc("show", path), **programs}, rounds)
    seconds = [found.processor for found in samples.values()]
    ratios = [times(value / seconds[0]) for value in seconds[1:]]
    return [Path(path).name, *map(milliseconds, seconds), *ratios]


def in_one_process(paths: Sequence[str], tools: Sequence[str], rounds: int) -> FigureTable:
    """All files read by one process of each tool, with and without its start."""
    commands = {"compare": cnncalc("compare", *paths)}
    starts = {"compare": cnncalc("compare", "--help")}
    for tool in tools:
        first, program = PROGRAMS[tool].splitlines()
        commands[tool] = python(f"{first}\nfor path in {paths!r}:\n    {for_each(program)}")
        starts[tool] = python(first)
    samples, started = alternate(commands, rounds), alternate(starts, rounds)
    whole = {name: sample.processor for name, sample in samples.items()}
    rest = {name: seconds - started[name].processor for name, seconds in whole.items()}
    rows = [
        [
            *(name, milliseconds(whole[name]), times(whole[name] / whole["compare"])),
            *(milliseconds(rest[name]), times(rest[name] / rest["compare"])),
        ]
        for name in commands
    ]
    titles = ("process", "CPU time", "/ compare", "without start", "/ compare")
    return FigureTable("Other tools, all files in one process", titles, rows, ONE_PROCESS_NOTE)


def for_each(program: str) -> str:
    """The program of one path as that of a variable."""
    return program.replace("{path!r}", "path")


def of_file(name: str, samples: Mapping[str, Sample]) -> str:
    """How much longer a tool takes for a file than `show` does, and whether that is enough."""
    if SHOW_FILE not in samples or not name.startswith(OF_FILES):
        return ""
    ratio = samples[name].seconds / samples[SHOW_FILE].seconds
    return f"{times(ratio)}: {'ok' if ratio >= PEER_RATIO else 'under'} {PEER_RATIO}"


def note() -> str:
    text = (
        "Other tools get resnet152 of torchvision; those of ONNX a file of it, exported before, as"
        " the row of cnncalc with the file does."
    )
    lacking = "; ".join(f"{name} (needs {', '.join(found)})" for name, found in missing().items())
    return f"{text} Not installed here: {lacking}." if lacking else text


def installed(package: str) -> str | None:
    """The version of a package; None if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def missing() -> dict[str, list[str]]:
    """The tools that cannot run here, with the packages that they need."""
    lacking = {
        name: [package for package in packages if not installed(package)]
        for name, packages in PACKAGES.items()
    }
    return {name: packages for name, packages in lacking.items() if packages}


def commands(folder: Path) -> dict[str, list[str]]:
    """The commands of the tools that can run here. Exports the ONNX file into the folder."""
    available = [name for name in PROGRAMS if name not in missing()]
    path = str(folder / "resnet152.onnx")
    found = {
        f"{name} {installed(name)}": python(PROGRAMS[name].format(path=path)) for name in available
    }
    if not set(OF_FILES) & set(available):
        return found
    once(python(EXPORT.format(name="resnet152", path=path)))
    return {SHOW_FILE: cnncalc("show", path), **found}
