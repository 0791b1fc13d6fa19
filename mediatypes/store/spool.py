"""Snapshots of media that have no file yet, in a file that outlives the process.

A snapshot is a head and the data of its files, one after the other, from the beginning
of a page. Its row names it by number, and its head and data are checked by CRC-32, so
what a dying process left half written is never taken for a snapshot.
"""

from __future__ import annotations

import bisect
import contextlib
import errno
import itertools
import os
import struct
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import numpy as np

from mediatypes._core.beside import LARGE, beside
from mediatypes._core.checksum import crc32
from mediatypes.errors import StoreError
from mediatypes.schema.draft import Head, Snapshot, size_of
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatypes.schema.draft import Buffer, Draft
    from mediatypes.store.beneath import Folder

__all__ = ["Slot", "Spool", "find_snapshots", "read_snapshot"]

_IS_POSSIBLE: Final = hasattr(os, "pwritev") and hasattr(os, "preadv")
_MAGIC: Final = b"mtspool1"
_PREFIX: Final = struct.Struct("<8sII")
"""The magic, the length of the head, and its CRC-32."""
_PAGE: Final = 4096
_MOST_PIECES: Final = 64
"""Buffers that are handed to the system at once."""
_MOST_HEAD: Final = 16 << 20
_MAX_CRC: Final = 2**32 - 1
_KEPT: Final = 64 << 20
"""Bytes that an empty spool may keep for the next snapshots."""
_encode: Final = msgspec.json.Encoder().encode


class Slot(NamedTuple):
    """Where a snapshot is in the spool."""

    number: int
    """Never given twice."""
    start: int
    room: int
    """Bytes, whole pages."""
    data: int
    """Where the data begin."""
    sizes: tuple[int, ...]


class Spool:
    """Keeps the snapshots of one writer until their files are there.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Its name.
    """

    def __init__(self, folder: Folder, writer: str) -> None:
        self._folder = folder
        self._path = layout.spool_path(writer)
        self._descriptor = -1
        self._numbers = itertools.count()
        self._lock = threading.RLock()
        self._busy = False
        self._gaps: list[tuple[int, int]] = []
        """Start and end of free room, in order."""
        self._end = 0
        self._late: list[Slot] = []

    def put(self, snapshot: Snapshot) -> Slot | None:
        """Write a snapshot and return its place.

        None stands for one that cannot be kept: the system has no positioned writes, or
        a signal handler came into the middle of another.

        Raises
        ------
        OSError
            If the file system refuses.
        """
        if not _IS_POSSIBLE:
            return None
        with self._lock:
            if self._busy:
                return None
            self._busy = True
            try:
                return self._put(*snapshot[:2])
            finally:
                self._busy = False
                self._free_late()

    def read(self, slot: Slot, draft: Draft) -> Snapshot:
        """Return the snapshot in `slot`.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        return _read(self._descriptor, slot.data, slot.sizes, draft)

    def free(self, slot: Slot) -> None:
        """Give the room of a snapshot to the next ones."""
        with self._lock:
            self._late.append(slot)
            if not self._busy:
                self._free_late()

    def close(self, *, keep: bool = False) -> None:
        """Close the file and remove it, unless `keep` says that it is still needed."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
            if not keep:
                with contextlib.suppress(OSError):  # a leftover harms nobody
                    self._folder.remove(self._path)

    def abandon(self) -> None:
        """Close the file in a forked child, to whom it does not belong."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _put(self, draft: Draft, buffers: Sequence[Buffer]) -> Slot:
        if self._descriptor < 0:
            self._descriptor = self._folder.create(self._path, mode=0o600, read=True)
        sizes = (*map(size_of, buffers),)
        number, length = next(self._numbers), sum(sizes)
        is_large = length >= LARGE
        crc = _MAX_CRC if is_large else _crc_of(buffers)
        head = _head(Head(number, sizes, crc, draft))
        room = -(-(len(head) + length) // _PAGE) * _PAGE
        start = self._take(room)
        slot = Slot(number, start, room, start + len(head), sizes)
        try:
            if is_large:
                crc = beside(
                    lambda: _crc_of(buffers),
                    lambda: _write(self._descriptor, [*buffers], slot.data),
                )
                head = _head(Head(number, sizes, crc, draft), len(head))
                _write(self._descriptor, [head], start)
            else:
                _write(self._descriptor, [head, *buffers], start)
        except OSError:
            self._late.append(slot)
            raise
        return slot

    def _take(self, room: int) -> int:
        """Return where there is room, as near to the beginning as possible."""
        for index, (start, end) in enumerate(self._gaps):
            if end - start >= room:
                self._gaps[index] = (start + room, end)
                if end - start == room:
                    del self._gaps[index]
                return start
        start = self._end
        self._end = start + room
        return start

    def _free_late(self) -> None:
        while self._late:
            slot = self._late.pop()
            self._free(slot.start, slot.start + slot.room)

    def _free(self, start: int, end: int) -> None:
        gaps = self._gaps
        at = bisect.bisect(gaps, (start, end))
        if at < len(gaps) and gaps[at][0] == end:
            end = gaps.pop(at)[1]
        if at and gaps[at - 1][1] == start:
            start = gaps.pop(at - 1)[0]
            at -= 1
        if end < self._end:
            gaps.insert(at, (start, end))
            return
        self._end = start
        if start == 0 and end > _KEPT and self._descriptor >= 0:
            os.ftruncate(self._descriptor, _KEPT)


def _crc_of(buffers: Sequence[Buffer]) -> int:
    crc = 0
    for buffer in buffers:
        crc = crc32(buffer, crc)
    return crc


def _head(head: Head, length: int = 0) -> bytes:
    """Return a head with its prefix, at least `length` bytes."""
    text = _encode(head)
    text += b" " * (length - _PREFIX.size - len(text))
    return _PREFIX.pack(_MAGIC, len(text), crc32(text)) + text


def _write(descriptor: int, buffers: list[Buffer], at: int) -> None:
    for first in range(0, len(buffers), _MOST_PIECES):
        pieces = buffers[first : first + _MOST_PIECES]
        # NumPy's arrays are buffers, which the type of `os.pwritev` does not know.
        done: int = os.pwritev(descriptor, pieces, at)  # type: ignore[arg-type]
        size = sum(map(size_of, pieces))
        if done < size:
            rest = memoryview(b"".join(pieces))[done:]  # type: ignore[arg-type]  # as above
            while rest:
                count = os.pwrite(descriptor, rest, at + done)
                rest, done = rest[count:], done + count
        at += done


def _read(descriptor: int, at: int, sizes: Sequence[int], draft: Draft) -> Snapshot:
    buffers: list[Buffer] = []
    for file, size in zip(draft.files, sizes, strict=True):
        array = np.empty(size, np.uint8)
        view, done = array.data, 0
        while done < size:
            count = os.preadv(descriptor, [view[done:]], at + done)
            if not count:
                raise OSError(errno.EIO, "the spool ends in the middle")
            done += count
        buffers.append(array if file.codec else array.tobytes())
        at += size
    return Snapshot(draft, buffers)


def find_snapshots(descriptor: int) -> dict[int, tuple[Head, int]]:
    """Return the heads in a spool by number, and where the data of each begin.

    Nothing of the data is read. Only what is whole and in bounds is returned.
    """
    found: dict[int, tuple[Head, int]] = {}
    if not _IS_POSSIBLE:
        return found
    size = os.fstat(descriptor).st_size
    for start in range(0, size, _PAGE):
        prefix = os.pread(descriptor, _PREFIX.size, start)
        if len(prefix) < _PREFIX.size or not prefix.startswith(_MAGIC):
            continue
        _, length, crc = _PREFIX.unpack(prefix)
        text = os.pread(descriptor, min(length, _MOST_HEAD), start + _PREFIX.size)
        if len(text) != length or crc32(text) != crc:
            continue
        try:
            head = msgspec.json.decode(text, type=Head)
        except (msgspec.DecodeError, RecursionError):
            continue
        data = start + _PREFIX.size + length
        if head.draft.files and data + sum(head.sizes) <= size:
            found[head.slot] = (head, data)
    return found


def read_snapshot(descriptor: int, head: Head, data: int) -> Snapshot:
    """Return the snapshot of `head`, whose data begin at `data`.

    Raises
    ------
    mediatypes.errors.StoreError
        If the data are not what the head says.
    OSError
        If they cannot be read.
    """
    if len(head.sizes) == len(head.draft.files):
        snapshot = _read(descriptor, data, head.sizes, head.draft)
        if _crc_of(snapshot.buffers) == head.crc:
            return snapshot
    msg = "its snapshot in the spool is damaged"
    raise StoreError(msg)
