"""The formats of `cnncalc diff`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...difference import Comparison
from ...named_tuple import NamedTuple
from ..style import Style


class DiffRequest(NamedTuple):
    """The comparisons of each file, remarks on the files, and how they are shown.

    `depth` is that to which groups are expanded, None for as deep as fits; `consequences` adds
    layers that changed only because of others.
    """

    files: Sequence[list[Comparison]]
    remarks: Sequence[str]
    depth: int | None
    consequences: bool
    style: Style


def render(form: str, request: DiffRequest) -> str:
    """A comparison of files in a format."""
    return FORMATS[form](request)


def as_table(request: DiffRequest) -> str:
    from ...escape import safe
    from .table import diff_table

    tables = [
        diff_table(file, request.style, request.depth, request.consequences)
        for file in request.files
    ]
    remarks = "".join(f"{safe(remark)}\n" for remark in request.remarks)
    return "\n\n".join(tables) + remarks


def as_json(request: DiffRequest) -> str:
    from .json import diff_json

    comparisons = [comparison for file in request.files for comparison in file]
    return "".join(f"{line}\n" for line in diff_json(comparisons))


def as_markdown(request: DiffRequest) -> str:
    from .markdown import diff_markdown

    files, remarks, depth, consequences, style = request
    return diff_markdown(files, depth, consequences, style.exact, remarks)


def as_latex(request: DiffRequest) -> str:
    from .latex import diff_latex

    files, remarks, depth, consequences, style = request
    return diff_latex(files, depth, consequences, style.exact, remarks)


FORMATS: dict[str, Callable[[DiffRequest], str]] = {
    "table": as_table,
    "json": as_json,
    "markdown": as_markdown,
    "latex": as_latex,
}
OPTION_FORMATS = {
    "--depth": ("table", "markdown", "latex"),
    "--consequences": ("table", "markdown", "latex"),
    "--color": ("table",),
}
"""The formats that an option applies to; an option that is not here applies to all."""
