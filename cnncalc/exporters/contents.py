"""The content of a file in parts, which are not in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..named_tuple import NamedTuple


class RepeatedBytes(NamedTuple):
    """A block that repeats until there are `size` bytes."""

    block: bytes
    size: int

    def parts(self) -> Iterator[bytes]:
        whole, rest = divmod(self.size, len(self.block) or 1)
        for _ in range(whole):
            yield self.block
        yield self.block[:rest]


ByteChunk = bytes | RepeatedBytes


class FileParts:
    """The bytes of chunks, of repeated ones one block after the other; may be iterated again."""

    def __init__(self, chunks: Iterable[ByteChunk]) -> None:
        self.chunks = tuple(chunks)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, bytes):
                yield chunk
            else:
                yield from chunk.parts()


def size_of(chunks: Iterable[ByteChunk]) -> int:
    """The number of bytes."""
    sizes = [len(chunk) if isinstance(chunk, bytes) else chunk.size for chunk in chunks]
    return sum(sizes)
