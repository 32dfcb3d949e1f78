"""Every bound on time and memory, in one place: a figure over its bound is reported, no test fails.

Ratios compare with another figure of the same run, so that they hold on any machine.
"""

from .inside import NETWORK
from .measure import cnncalc, python

IMPORTS = "import only"
TABLE, JSON = f"show {NETWORK}", f"show {NETWORK} --format json"
SHOWS = {TABLE: cnncalc("show", NETWORK), JSON: cnncalc("show", NETWORK, "--format", "json")}
LIST = "list"
DIFF = "diff resnet50 resnext50_32x4d"
CHECK = "check of one file"
EXPORT = f"export {NETWORK}"
EXPORT_KERAS = f"export {NETWORK} --to keras"
STARTS = {
    "python -c pass": python("pass"),
    IMPORTS: python("import click, yaml, rich.console, rich.table"),
    **SHOWS,
    LIST: cnncalc("list"),
    DIFF: cnncalc(*DIFF.split()),
    CHECK: cnncalc("check", "architectures/lenet5.yaml"),
    EXPORT: cnncalc("export", NETWORK, "--to", "pytorch"),
    EXPORT_KERAS: cnncalc("export", NETWORK, "--to", "keras"),
    f"explain {NETWORK}": cnncalc("explain", NETWORK),
    "explain alexnet conv1": cnncalc("explain", "alexnet", "conv1"),
    "graph googlenet --format svg": cnncalc("graph", "googlenet", "--format", "svg"),
    f"report {NETWORK}": cnncalc("report", NETWORK, "-o", "-"),
}

START_RATIOS = {
    TABLE: (1.5, 1.4),
    JSON: (1.25, 1.15),
    LIST: (1.3, 1.3),
    DIFF: (1.6, 1.6),
    CHECK: (1.3, 1.3),
    EXPORT: (4.5, 2.5),  # three times the bound of `show`
    EXPORT_KERAS: (4.5, 2.5),
}
"""Bound and aim of the time of a command, divided by that of the import-only process."""

IN_PROCESS_MS = (20, 12)
"""Bound and aim of parsing and analysing NETWORK, in milliseconds."""

API_RATIO = 1.5
"""Bound of `cnncalc.analyse` of NETWORK, divided by the analysis in the engine."""

IMPORT_SECONDS = 3
"""Bound of importing NETWORK from PyTorch, without making and running the model."""

ONNX_RATIO = 3
"""Bound of `show` of an ONNX file of NETWORK, divided by `show` of NETWORK."""

EDIT_MS = 100
"""Bound of an edit in the playground, in milliseconds."""

NODES = 100_000
NODES_SECONDS = 10
"""Bound of `show` of an ONNX file of NODES nodes, and of reading it alone."""

PEER_RATIO = 5
"""How many times as long other tools take for the same ONNX file, at least."""

COLLECTION_SECONDS = 4
"""Bound of parsing and analysing every bundled network."""

BUNDLED_SECONDS = 0.06
"""Bound of parsing and analysing any one bundled network."""

DIFF_LAYERS = 10_000
DIFF_SECONDS = 3
"""Bound of a comparison of two networks of DIFF_LAYERS layers."""

CHECK_FILES = 1_000
CHECK_LAYERS = 100
CHECK_SECONDS = 6
"""Bound of `check` of CHECK_FILES files of CHECK_LAYERS layers each."""

GROWTH_SIZES = {"written": (100, 1_000, 10_000), "repeated": (100, 1_000, 10_000, 100_000)}
GROWTH_BOUNDS = {
    ("written", 10_000, "json"): (1.0, None),
    ("repeated", 100_000, "json"): (4.0, 400),
    ("repeated", 100_000, "table"): (8.0, 800),
}
"""Seconds and megabytes of `show`; a table may take twice what JSON may."""

WATCH_SECONDS = 0.2
"""Bound of the time from a save of the file of NETWORK to its new table, with `--watch`."""

HINT_LINES = 500
HINT_SECONDS = 0.1
"""Bound of the time from an edit of a file of HINT_LINES lines to its hints."""

PLAN_RATIO = 3
"""How many times as long a variant takes to parse and analyse as in a plan, at least."""

LANE_RATES = {"mobilenet_v2": 50_000, "small": 100_000}
"""Variants per second of CPU time of a sweep with numpy, at least."""

REDUCED_MB = 250
"""Bound of the memory of a sweep that keeps statistics, a few rows or a small front."""

PROCESSES_RATIO = 1.8
"""How many times as fast a sweep is in two processes as in one, at least."""

SWEPT_PEER_RATIO = 1_000
"""How many times as long other tools take for a variant as a sweep, at least."""
