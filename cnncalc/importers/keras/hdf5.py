"""What the superblock of an HDF5 file says of its size.

Source: HDF5 File Format Specification 3.0, II.A, The Superblock.
"""

from __future__ import annotations

from .first_bytes import HDF5

VERSION = len(HDF5)
"""Where the version of the superblock is, after the signature."""

LAYOUTS = {0: (13, 24), 1: (13, 28), 2: (9, 12), 3: (9, 12)}
"""By version: where the width of addresses is, and the first of three addresses.

The third one is that of the first byte after the file.
"""

WIDTHS = (2, 4, 8)
LONGEST = 28 + 3 * max(WIDTHS)
"""The bytes of a superblock that are read."""


def stated_size(head: bytes) -> int | None:
    """The size of a file in bytes, by its first ones; None if they do not say."""
    layout = LAYOUTS.get(head[VERSION]) if len(head) > VERSION else None
    if layout is None or len(head) <= layout[0]:
        return None
    place, first = layout
    width = head[place]
    end = head[first + 2 * width : first + 3 * width]
    if width not in WIDTHS or len(end) < width:
        return None
    return int.from_bytes(end, "little")
