"""A file that is open in an editor: its text, the chosen variant, and what is known of both."""

from __future__ import annotations

import os
from collections.abc import Collection
from threading import Lock

from ..check.configuration import Configuration, ConfigurationError, nearest_configuration
from ..check.result import with_severity
from ..lint.finding import Finding
from ..lint.selection import UnknownRule, select_rules
from ..named_tuple import NamedTuple
from ..parser import read_architecture
from ..sources.files import UnreadableFile
from .edited_file import EditedFile, encoded
from .remedies import findings_of

OWN_ENDINGS = (".cnn.yaml", ".cnn.yml")
"""The extensions of files that are architecture files, whatever is in them."""


class CheckedText(NamedTuple):
    """A text, and what was found in it."""

    text: str
    findings: tuple[Finding, ...]


class OpenFile:
    """A file in an editor.

    Texts come one after the other.  What they mean is read when it is asked for, in any thread.
    """

    def __init__(self, path: str, text: str, version: int) -> None:
        self.path = path
        self.name = os.path.basename(path)
        self.lock = Lock()
        self.variant: str | None = None
        self.last: EditedFile | None = None
        self.checked: CheckedText | None = None
        self.is_known = self.name.endswith(OWN_ENDINGS)
        self.change(text, version)

    def change(self, text: str, version: int) -> None:
        """A new text."""
        self.text = text
        self.version = version

    def choose(self, variant: str | None) -> None:
        """Choose the variant that numbers are of; None for the first."""
        self.variant = variant

    def is_architecture(self) -> bool:
        """Whether the file is, or was, an architecture, and not YAML of another tool."""
        if not self.is_known:
            self.is_known = read_architecture(encoded(self.text), self.name) is not None
        return self.is_known

    def edited(self) -> EditedFile | None:
        """The text as it was read; None for YAML of another tool."""
        with self.lock:
            text, variant, last = self.text, self.variant, self.last
            if not self.is_architecture():
                return None
            if last is None or last.text is not text or last.asked != variant:
                self.last = last = EditedFile(text, self.name, variant, last)
            return last

    def findings(self) -> CheckedText:
        """What `cnncalc check` finds in the text, with the configuration of its folder."""
        text, checked = self.text, self.checked
        if checked is not None and checked.text is text:
            return checked
        found: tuple[Finding, ...] = ()
        if self.is_architecture():
            settings = configuration_for(os.path.dirname(self.path))
            found = findings_of(text, self.name, rules_of(settings))
            found = tuple([with_severity(one, settings.severities) for one in found])
        self.checked = CheckedText(text, found)
        return self.checked

    def rules(self) -> Collection[str]:
        return rules_of(configuration_for(os.path.dirname(self.path)))


def configuration_for(folder: str) -> Configuration:
    """The configuration of a folder; none if there is an error in it, which `check` reports."""
    try:
        return nearest_configuration(folder)
    except (ConfigurationError, UnreadableFile):
        return Configuration()


def rules_of(settings: Configuration) -> tuple[str, ...]:
    """The rules that a configuration enables."""
    try:
        return settings.enabled_rules(None, ())
    except UnknownRule:
        return select_rules(None, ())
