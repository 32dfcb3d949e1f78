"""What the page asks cnncalc for: texts in, JSON out.  Runs in Pyodide, and anywhere else.

Nothing of a file is run: it is read as every architecture file is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cnncalc.catalogue import entries
from cnncalc.check.file import check_file
from cnncalc.documentation import page_url
from cnncalc.documents.check import FindingEntry
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.escape import safe
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.layers import LAYERS
from cnncalc.lint.finding import Finding
from cnncalc.lint.selection import select_rules
from cnncalc.parser import ReadFile, Request, build, build_traced, read_document
from cnncalc.sources.bundled import bundled, bundled_files
from cnncalc.views.report.explanation import explanations
from cnncalc.views.report.network import network_object
from cnncalc.views.report.page import portable

NAME = "network.yaml"
"""The file in messages: the page has one, which has no other name."""
SITE = ".."
"""The site, from the page."""
MAX_LAYERS = 4000
"""A browser takes seconds to draw more; `cnncalc show` has no such limit."""


class Session:
    """The file that is edited, as it was when it was last calculated."""

    def __init__(self) -> None:
        self.file: ReadFile | None = None
        self.data = b""
        self.variant: str | None = None
        self.analysis: Analysis | None = None

    def calculate(self, text: str, variant: str) -> str:
        """The numbers of one variant, and the problems that reading the file finds.

        `variant` is the wanted one; the first one if it is empty, or if the file has no such.
        """
        self.data = text.encode("utf-8", "replace")
        self.file = read_document(self.data, NAME)
        known = self.file.variants
        self.variant = variant if variant in known else (known[0] if known else None)
        parsed = build(self.file, Request(self.variant))
        network = parsed.network
        is_large = network is not None and len(network.nodes) > MAX_LAYERS
        self.analysis = analyse(network) if network is not None and not is_large else None
        findings = [Finding(problem, "") for problem in parsed.problems]
        found = None
        if self.analysis is not None:
            found = network_object(self.analysis, self.file.lines, is_explained=False)
        return encoded(
            {
                "problems": [finding_object(one) for one in findings],
                "variants": known,
                "variant": self.variant,
                "network": found,
                "layers": len(network.nodes) if is_large and network is not None else 0,
            }
        )

    def explain(self) -> str:
        """The explanations of the numbers that `calculate` gave."""
        texts, own = explanations(self.analysis) if self.analysis is not None else ([], [])
        return encoded({"explanations": texts, "layers": own})

    def check(self) -> str:
        """What `cnncalc check` finds in the file, in all of its variants."""
        result = check_file(self.data, NAME, select_rules(None, ()))
        assert result is not None
        return encoded([finding_object(finding) for finding in result.findings])

    def export(self, form: str) -> str:
        """The variant as source of a framework, or the reason why there is none."""
        assert self.file is not None
        _, traced = build_traced(self.file, Request(self.variant))
        if traced is None:
            return json.dumps({"text": "", "problem": "the file has errors"})
        try:
            exported = FORMATS[form].write(traced, ExportOptions())
        except ExportError as error:
            return json.dumps({"text": "", "problem": safe(str(error))})
        return json.dumps({"text": exported.content, "problem": ""})


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding, with the address of the section on its rule."""
    rule = finding.problem.rule
    return FindingEntry.of(finding).as_json() | {"url": page_url(rule, SITE)}


def encoded(value: Any) -> str:
    """Data of the page as JSON: its control characters are visible."""
    return json.dumps(portable(value), ensure_ascii=False, separators=(",", ":"))


# What does not depend on the file


def catalogue() -> str:
    """The bundled networks by their files, and the pages of the kinds of layers."""
    families: dict[str, list[str]] = {}
    for entry in entries():
        families.setdefault(entry.file, []).append(entry.name)
    pages = {kind: page_url(kind, SITE) for kind in LAYERS}
    return encoded({"families": families, "pages": pages})


def example(name: str) -> str:
    """The text of the file of a bundled network, and its variant; empty if there is none."""
    found = bundled(name)
    if found is None:
        return json.dumps({"text": "", "variant": ""})
    path, variant = found
    assert path in bundled_files().values()
    return json.dumps({"text": Path(path).read_text("utf-8"), "variant": variant or ""})
