"""A media value before it is encoded: what its files will be, and the data for them.

Everything but the data is JSON, so that another process can go on with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, Union

from msgspec import Struct

from mediatypes.schema.records import Count, Encoded, EncodedPart, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Buffer", "Draft", "DraftFile", "Head", "Snapshot", "drafted", "size_of"]

Buffer: TypeAlias = Union[bytes, "NDArray[np.generic]"]
"""The data of one file: its bytes, or the C-ordered array that is encoded."""


class DraftFile(Struct, frozen=True, omit_defaults=True):
    """One file of a value, the first or a further one."""

    kind: str
    extension: str
    mime: str
    name: str = ""
    """Of a further file: what the value calls it."""
    codec: str = ""
    """What encodes the array, or none for bytes that are kept."""
    options: dict[str, Any] = {}
    dtype: str = ""
    shape: tuple[Count, ...] = ()


class Draft(Struct, frozen=True, omit_defaults=True):
    """What is said of a value, and of each of its files, the first of them first."""

    kind: str
    files: tuple[DraftFile, ...]
    caption: str | None = None
    id: str | None = None
    meta: dict[str, Any] = {}
    source: Source | None = None

    def with_data(self, contents: list[bytes]) -> Encoded:
        """Return the value with the bytes of its files."""
        first = self.files[0]
        parts = tuple(
            EncodedPart(file.name, file.kind, file.extension, file.mime, data)
            for file, data in zip(self.files[1:], contents[1:], strict=True)
        )
        return Encoded(
            first.kind,
            first.extension,
            first.mime,
            contents[0],
            self.meta,
            self.source,
            parts,
            self.caption,
            self.id,
        )


class Head(Struct, frozen=True):
    """What stands before the data of a snapshot in the spool."""

    slot: Count
    sizes: tuple[Count, ...]
    """Bytes of the data of each file."""
    crc: Count
    """CRC-32 of all data."""
    draft: Draft


class Snapshot(NamedTuple):
    """A draft, and the data of its files in their order."""

    draft: Draft
    buffers: list[Buffer]
    late: Callable[[], Encoded] | None = None
    """What makes the files, where only the process that has the value can: such data
    are not for others to read, and stay in memory."""


def size_of(buffer: Buffer) -> int:
    """Return how many bytes a buffer has."""
    return len(buffer) if isinstance(buffer, bytes) else buffer.nbytes


def drafted(encoded: Encoded) -> Snapshot:
    """Return a value that has its bytes already as a draft."""
    files = [
        DraftFile(encoded.kind, encoded.extension, encoded.mime),
        *[
            DraftFile(part.kind, part.extension, part.mime, part.name)
            for part in encoded.parts
        ],
    ]
    draft = Draft(
        encoded.kind,
        tuple(files),
        encoded.caption,
        encoded.id,
        encoded.meta,
        encoded.source,
    )
    return Snapshot(draft, [encoded.data, *[part.data for part in encoded.parts]])
