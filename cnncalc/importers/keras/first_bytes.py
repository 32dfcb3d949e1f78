"""What files of Keras start with."""

from __future__ import annotations

ZIP = b"PK\x03\x04"
ZIP_NAME = 30
"""Where the name of the first member is in an archive."""

MEMBERS = (b"metadata.json", b"config.json", b"model.weights.h5")
HDF5 = b"\x89HDF\r\n\x1a\n"


def is_keras(head: bytes) -> bool:
    """True for the first bytes of a file of Keras: an archive, HDF5, or the text of a model."""
    if head.startswith(HDF5):
        return True
    if head.startswith(ZIP):
        return head[ZIP_NAME:].startswith(MEMBERS)
    return head.lstrip().startswith(b"{") and b'"class_name"' in head
