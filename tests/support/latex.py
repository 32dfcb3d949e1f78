"""Documents of LaTeX: an article with parts, compiled by pdfLaTeX, and what it complains about."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .processes import PATIENCE

needs_latex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
BOOKTABS = "\\usepackage{booktabs}"
LONGTABLE = "\\usepackage{longtable}"
AMSMATH = "\\usepackage{amsmath}"
TIKZ = "\\usepackage{tikz}"


def article(*parts: str, packages: str = "", options: str = "10pt") -> str:
    """An article with parts, each on its own page."""
    body = "\n\\clearpage\n".join(parts)
    return (
        f"\\documentclass[{options}]{{article}}\n{packages}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


def complaints(folder: Path, document: str, runs: int = 2) -> list[str]:
    """The errors, and the boxes that are too wide or high, of a document after some runs.

    A longtable has its final widths in the second one.
    """
    (folder / "paper.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-no-shell-escape", "paper.tex"]
    for _ in range(runs):
        subprocess.run(command, cwd=folder, capture_output=True, timeout=PATIENCE, check=False)
    log = (folder / "paper.log").read_text("utf-8", "replace")
    assert "Output written on" in log, log[-2000:]
    return re.findall(r"(?m)^(?:!|Overfull|.*Float too large|.*multiply defined).*", log)
