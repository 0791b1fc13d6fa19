"""Media files: written aside, then given their name, which nothing ever replaces.

What reads them back believes nothing but the record: size and digest are checked.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.errors import IntegrityError, ManifestError, StoreError
from mediatypes.schema import Media, Part
from mediatypes.store import layout

if TYPE_CHECKING:
    from mediatypes.schema import Encoded
    from mediatypes.store.beneath import Folder

__all__ = ["MediaFiles", "PartFiles", "Published", "parts_of", "read_file"]

_NO_PARTS: Final[Mapping[str, bytes]] = MappingProxyType({})
"""Of an item that has one file."""

_REMEMBERED: Final = 4_096
"""Files that a writer can share with a later item of equal bytes."""


class Published(NamedTuple):
    """A media file in its place, and its parts in theirs."""

    path: str
    sha256: str
    size: int
    same: bool
    """Whether an earlier item of this writer has the same bytes, and so the file."""
    parts: tuple[Part, ...] = ()


class MediaFiles:
    """Writes the media files of one writer.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Its name, which makes the names of temporary files its own.
    sync
        Whether each file is on the disk before it gets its name.
    """

    def __init__(self, folder: Folder, writer: str, *, sync: bool = False) -> None:
        self._folder = folder
        self._writer = writer
        self._sync = sync
        self._numbers = itertools.count()
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def write(self, encoded: Encoded, *, key: str, step: int, index: int) -> Published:
        """Give the files of a value their places in the run folder, its parts first.

        Raises
        ------
        OSError
            If the file system refuses; of the file itself nothing is left behind.
        mediatypes.errors.StoreError
            If other content has the name already.
        """
        place = encoded.kind, key, step, index
        if not encoded.parts:
            return self._put(encoded.data, encoded.extension, place)
        parts: list[Part] = []
        for part in encoded.parts:
            put = self._put(part.data, part.extension, place)
            facts = put.path, put.sha256, put.size, part.mime, put.same
            parts.append(Part(part.name, part.kind, *facts))
        whole = self._put(encoded.data, encoded.extension, place)
        return whole._replace(parts=tuple(parts))

    def write_item(
        self,
        encoded: Encoded,
        *,
        r: int,
        key: str,
        step: int,
        index: int,
        w: str | None = None,
    ) -> Media:
        """Write the files of a media item as `write` does, and return its record.

        Parameters
        ----------
        encoded
            The item.
        r
            Number of its log record.
        key, step, index
            Its place.
        w
            The writer of its log record, if that is another one.
        """
        put = self.write(encoded, key=key, step=step, index=index)
        return Media(
            r=r,
            w=w,
            key=key,
            step=step,
            i=index,
            kind=encoded.kind,
            path=put.path,
            sha256=put.sha256,
            size=put.size,
            mime=encoded.mime,
            caption=encoded.caption,
            id=encoded.id,
            meta=encoded.meta,
            source=encoded.source,
            parts=put.parts,
            same=put.same,
        )

    def _put(
        self,
        data: bytes,
        extension: str,
        place: tuple[str, str, int, int],
    ) -> Published:
        digest = hashlib.sha256(data).hexdigest()
        name = f"{digest}.{extension}"
        known = self._known.get(name)
        if known is not None:
            return Published(known, digest, len(data), same=True)
        path = layout.media_path(*place, digest, extension)
        temporary = f"{layout.TMP}/{self._writer}-{next(self._numbers)}.part"
        self._folder.write(temporary, data, sync=self._sync)
        if not self._folder.publish(temporary, path):
            self._check_same(path, digest)
        elif self._sync:
            self._folder.sync_names(path.rpartition("/")[0])
        self._remember(name, path)
        return Published(path, digest, len(data), same=False)

    def _remember(self, name: str, path: str) -> None:
        with self._lock:
            self._known[name] = path
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]

    def _check_same(self, path: str, digest: str) -> None:
        found = hashlib.sha256(self._folder.read(path)).hexdigest()
        if found != digest:
            msg = f"{path} is there already, with other content."
            raise StoreError(msg)


def read_file(folder: Folder, path: str, size: int, sha256: str) -> bytes:
    """Return the content of a file of a run, its size and digest checked.

    Raises
    ------
    mediatypes.errors.IntegrityError
        If it cannot be read, or is not what its record says.
    """
    try:
        data = folder.read(path, limit=size)
    except OSError as error:
        msg = f"{path} cannot be read as its record says: {error}"
        raise IntegrityError(msg) from error
    if len(data) != size or hashlib.sha256(data).hexdigest() != sha256:
        msg = f"{path} is not the file of its record: size or digest differs."
        raise IntegrityError(msg)
    return data


class PartFiles(Mapping[str, bytes]):
    """The parts of an item by name, each read and checked when it is asked for.

    Parameters
    ----------
    folder
        The run folder.
    record
        Of the item.

    Raises
    ------
    mediatypes.errors.ManifestError
        If two parts have one name.
    """

    def __init__(self, folder: Folder, record: Media) -> None:
        self._folder = folder
        self._parts = {part.name: part for part in record.parts}
        if len(self._parts) != len(record.parts):
            msg = f"The record of {record.path} has two parts of one name."
            raise ManifestError(msg)

    def __getitem__(self, name: str) -> bytes:
        part = self._parts[name]
        return read_file(self._folder, part.path, part.size, part.sha256)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


def parts_of(folder: Folder, record: Media) -> Mapping[str, bytes]:
    """Return the parts of an item, nothing of which is read yet."""
    return PartFiles(folder, record) if record.parts else _NO_PARTS
