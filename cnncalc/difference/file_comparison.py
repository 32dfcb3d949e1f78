"""Compares files with all of their variants: each file is read once, each variant built from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..engine import analyse
from ..engine.analysis import Analysis
from ..limits import MAX_CHECK_EFFORT
from ..named_tuple import NamedTuple
from ..network import Network
from ..parser import Parsed, ReadFile, Request, RequestError, build, read_document
from ..parser.declarations import block_declarations, variable_declarations
from ..problem import Error, Problem
from ..sources.resolve import Source
from ..sources.revisions import FileVersions
from .compare import compare, nothing
from .comparison import Comparison, Declarations


class InvalidFile(NamedTuple):
    """A file that cannot be compared, or what it was imported as, with its errors."""

    name: str
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    is_imported: bool = False


class InvalidFileError(Error):
    """Raised where a network cannot be built; `file` holds the errors."""

    def __init__(self, file: InvalidFile) -> None:
        super().__init__(f"{file.name} has errors")
        self.file = file


class FileComparison(NamedTuple):
    """The comparisons of the variants of one file: those that differ, or one if none does.

    `unchanged` names the variants that do not differ, if others do.  `uncompared` names those that
    are left when building the others took more than MAX_CHECK_EFFORT for each version.
    """

    name: str
    comparisons: list[Comparison]
    unchanged: list[str]
    uncompared: list[str]


class DeclaredNetwork(NamedTuple):
    """A network with the declarations of its file."""

    analysis: Analysis
    declarations: Declarations


Analyze = Callable[[Network], Analysis]
"""How the networks of both versions are analyzed: for a batch, perhaps also for a device."""


class Version:
    """One version of a file, whose networks are built when they are compared.

    Only a file of which other variants may be compared is kept: a read file takes more memory
    than its networks.  Raises InvalidFileError if a network cannot be built, and RequestError if
    the request does not fit the file.
    """

    def __init__(self, source: Source, request: Request, analyze: Analyze) -> None:
        self.request = request
        self.analyze = analyze
        self.effort = 0
        file = read_document(source.data, source.name)._replace(is_imported=source.is_imported)
        self.default = self._build(file, source.variant)
        self.variants = file.variants
        self.file = file if file.variants and source.variant is None else None

    def network(self, variant: str) -> DeclaredNetwork | None:
        """One variant, None if the file has others but not this; its only network if none."""
        if not self.variants or variant == self.default.analysis.network.variant:
            return self.default
        if self.file is None or variant not in self.variants:
            return None
        return self._build(self.file, variant)

    def _build(self, file: ReadFile, variant: str | None) -> DeclaredNetwork:
        try:
            parsed = build(file, self.request._replace(variant=variant))
        except RequestError as error:
            raise RequestError(f"{file.name}: {error}") from None
        if parsed.network is None:
            errors = [problem for problem in parsed.problems if problem.severity == "error"]
            found = InvalidFile(file.name, tuple(errors), file.lines, file.is_imported)
            raise InvalidFileError(found)
        self.effort += parsed.effort
        declarations = declarations_of(parsed, self.request.variables)
        network = parsed.network._replace(is_imported=file.is_imported)
        return DeclaredNetwork(self.analyze(network), declarations)


def declarations_of(parsed: Parsed, variables: Mapping[str, str]) -> Declarations:
    """The declarations of a file other than layers; `variables` are those that the user sets."""
    if parsed.root is None or parsed.network is None:
        return Declarations()
    vars = variable_declarations(parsed.root, parsed.network.variant, variables)
    return Declarations(vars, block_declarations(parsed.root))


def compare_files(
    files: Iterable[FileVersions],
    request: Request,
    analyze: Analyze = analyse,
    *,
    is_flat: bool = False,
) -> Iterator[FileComparison | InvalidFile]:
    """Compare files one after the other; an invalid one does not stop the others.

    `request` applies to both versions of each file; its variables to those that are not models.
    `is_flat` is that of `compare`.  Raises
    RequestError if the request does not fit a file.
    """
    for versions in files:
        try:
            comparisons, uncompared = compare_versions(versions, request, analyze, is_flat=is_flat)
        except InvalidFileError as error:
            yield error.file
            continue
        changed = [found for found in comparisons if not found.is_empty]
        unchanged = [found.after.network.variant or "?" for found in comparisons if found.is_empty]
        shown = changed or comparisons[:1]
        yield FileComparison(versions.name, shown, unchanged if changed else [], uncompared)


def compare_versions(
    versions: FileVersions,
    request: Request = Request(),
    analyze: Analyze = analyse,
    *,
    is_flat: bool = False,
) -> tuple[list[Comparison], list[str]]:
    """Compare two versions of a file: one network or all variants.  One version may be missing.

    Returns the comparisons, in the order of the later version, followed by the variants that it
    lacks; and the variants that are left.
    Raises InvalidFileError if a network cannot be built, and RequestError.
    """
    before, after = (
        None if source is None else Version(source, request_for(source, versions, request), analyze)
        for source in (versions.before, versions.after)
    )
    variants: Sequence[str | None] = (None,)
    present = [version for version in (after, before) if version is not None]
    if versions.all_variants:
        names = dict.fromkeys(name for version in present for name in version.variants)
        variants = list(names) or variants
    found: list[Comparison] = []
    for variant in variants:
        if max(version.effort for version in present) > MAX_CHECK_EFFORT and found:
            break
        pair = network_of(before, variant), network_of(after, variant)
        found.append(compare_networks(*pair, is_flat=is_flat))
    return found, [variant for variant in variants[len(found) :] if variant]


def request_for(source: Source, versions: FileVersions, request: Request) -> Request:
    """The request without variables for a model that is compared with a file: it has none."""
    sources = [one for one in (versions.before, versions.after) if one is not None]
    has_file = not all(one.is_imported for one in sources)
    return request._replace(variables={}) if source.is_imported and has_file else request


def network_of(version: Version | None, variant: str | None) -> DeclaredNetwork | None:
    """A variant of a version, or its default network; None if it does not exist."""
    if version is None:
        return None
    return version.default if variant is None else version.network(variant)


def compare_networks(
    before: DeclaredNetwork | None, after: DeclaredNetwork | None, *, is_flat: bool = False
) -> Comparison:
    """Compare two networks; a missing one is compared as a network without layers."""
    present = before or after
    if present is None:
        raise ValueError("there is nothing to compare")
    empty = DeclaredNetwork(nothing(present.analysis.network), Declarations())
    earlier, later = before or empty, after or empty
    declarations = (earlier.declarations, later.declarations)
    return compare(earlier.analysis, later.analysis, declarations, is_flat=is_flat)
