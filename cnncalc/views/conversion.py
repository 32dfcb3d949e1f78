"""Drawings in SVG as PDF and PNG, by CairoSVG, which the extra `figures` installs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..problem import Error

SCALE = 2
"""Pixels of a PNG for a pixel of the drawing, which is 1/96 inch."""


class MissingConverter(Error):
    """CairoSVG, or the library that it uses, is not installed."""


def drawn_as(form: str) -> str:
    """The format that a drawing has before it is converted: `svg` for `pdf`, and else the same."""
    return "svg" if form in CONVERSIONS else form


def with_conversions(forms: Sequence[str]) -> Sequence[str]:
    """Formats, and after them those that one of them can be converted to."""
    return (*forms, *CONVERSIONS) if "svg" in forms else forms


def require_converter(form: str) -> None:
    """Raise MissingConverter if a drawing cannot be converted to a format."""
    if form in CONVERSIONS:
        cairosvg(form)


def converted(svg: str, form: str) -> bytes:
    """A drawing in one of CONVERSIONS.  Raises MissingConverter."""
    return CONVERSIONS[form](cairosvg(form), svg.encode())


def cairosvg(form: str) -> Any:
    try:
        import cairosvg
    except ImportError:
        message = f"{form} needs CairoSVG: pip install 'cnncalc[figures]'"
        raise MissingConverter(f"{message}, or write an .svg") from None
    except OSError:  # CairoSVG loads it when it is imported
        message = f"{form} needs the library cairo (libcairo2): install it, or write an .svg"
        raise MissingConverter(message) from None
    return cairosvg


def as_pdf(converter: Any, svg: bytes) -> bytes:
    """A PDF without the time of its creation, so that the same drawing gives the same file."""
    data: bytes = converter.svg2pdf(bytestring=svg)
    return re.sub(rb"(?<=/CreationDate \(D:)\d{14}", b"19700101000000", data)


def as_png(converter: Any, svg: bytes) -> bytes:
    data: bytes = converter.svg2png(bytestring=svg, scale=SCALE)
    return data


CONVERSIONS: Mapping[str, Callable[[Any, bytes], bytes]] = {"pdf": as_pdf, "png": as_png}
