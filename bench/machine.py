"""The machine that a run of the bench was made on."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from .measure import REMOVED, output, python
from .table import FigureTable


def machine() -> FigureTable:
    libyaml = output(python("import yaml; print(yaml.__with_libyaml__)")).strip() == "True"
    versions = ", ".join(f"{name} {version(name)}" for name in ("click", "rich", "pyyaml"))
    rows = [
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("packages", f"{versions} ({'with' if libyaml else 'without'} libyaml)"),
        ("environment", f"without {' and '.join(REMOVED)}"),
    ]
    return FigureTable("The machine", ("item", "value"), rows)


def processor() -> str:
    """The name of the processor, as far as the system reports it."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor()
