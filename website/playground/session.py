"""What the page asks cnncalc for: texts in, JSON out.  Runs in Pyodide, and anywhere else.

Nothing of a file is run: it is read as every architecture file is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cnncalc.catalogue import entries
from cnncalc.documentation import page_url
from cnncalc.documents.check import FindingEntry
from cnncalc.engine.analysis import Analysis
from cnncalc.escape import safe
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.language_server.edited_file import EditedFile
from cnncalc.language_server.hints import StepHint, hints
from cnncalc.language_server.remedies import findings_of
from cnncalc.layers import LAYERS
from cnncalc.lint.finding import Finding
from cnncalc.lint.selection import select_rules
from cnncalc.parser import Request, build_traced
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
        self.edited: EditedFile | None = None
        self.analysis: Analysis | None = None

    def calculate(self, text: str, variant: str) -> str:
        """The numbers of one variant, the problems that reading the file finds, and the hints.

        `variant` is the wanted one; the first one if it is empty, or if the file has no such.
        """
        self.edited = edited = EditedFile(text, NAME, variant or None, self.edited)
        parsed = edited.parsed
        built = parsed.network or parsed.partial
        layers = len(built.nodes) if built is not None else 0
        is_small = layers <= MAX_LAYERS
        self.analysis = edited.analysis if parsed.network is not None and is_small else None
        found = None
        if self.analysis is not None:
            found = network_object(self.analysis, parsed.lines, is_explained=False)
        return encoded(
            {
                "problems": [finding_object(Finding(one, "")) for one in parsed.problems],
                "variants": parsed.variants,
                "variant": edited.shown_variant,
                "network": found,
                "layers": 0 if is_small else layers,
                "hints": [hint_object(one) for one in hints(edited)] if is_small else [],
            }
        )

    def explain(self) -> str:
        """The explanations of the numbers that `calculate` gave."""
        texts, own = explanations(self.analysis) if self.analysis is not None else ([], [])
        return encoded({"explanations": texts, "layers": own})

    def check(self) -> str:
        """What `cnncalc check` finds in the file, in all of its variants."""
        assert self.edited is not None
        found = findings_of(self.edited.text, NAME, select_rules(None, ()))
        return encoded([finding_object(finding) for finding in found])

    def export(self, form: str) -> str:
        """The variant as source of a framework, or the reason why there is none."""
        assert self.edited is not None
        _, traced = build_traced(self.edited.read, Request(self.edited.variant))
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


def hint_object(hint: StepHint) -> dict[str, Any]:
    return {"line": hint.place.line, "column": hint.place.column, "text": hint.text}


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
