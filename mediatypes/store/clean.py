"""A log file without the lines that cannot be read, all others as they are."""

from __future__ import annotations

import hashlib
import itertools
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.errors import ManifestError
from mediatypes.schema.reading import read_line
from mediatypes.store.scan import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediatypes.store.beneath import Folder

__all__ = ["Survey", "survey", "write_clean", "write_copy"]

_BLOCK: Final = 1 << 20


class Survey(NamedTuple):
    """What a log file holds."""

    sha256: str
    good: int
    bad: int
    """Lines that cannot be read; a torn end is one."""
    is_ended: bool
    """Whether the last line has its line feed."""

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to leave out or to end."""
        return not self.bad and self.is_ended


def survey(folder: Folder, path: str) -> Survey:
    """Return what the log file `path` holds."""
    digest = hashlib.sha256()
    good = bad = 0
    ending = b"\n"
    for line, ending in _lines(folder, path):
        digest.update(line + ending)
        if not line:
            continue
        if _is_record(line):
            good += 1
        else:
            bad += 1
    return Survey(digest.hexdigest(), good, bad, ending == b"\n")


def write_clean(folder: Folder, path: str, temporary: str) -> None:
    """Write the good lines of the log file `path` into a new file, on the disk."""
    found = (line for line, _ in _lines(folder, path))
    good = (line + b"\n" for line in found if line and _is_record(line))
    _write(folder, temporary, good)


def write_copy(folder: Folder, path: str, temporary: str) -> None:
    """Write a copy of the file `path`, on the disk."""
    _write(folder, temporary, folder.blocks(path))


def _write(folder: Folder, temporary: str, pieces: Iterable[bytes]) -> None:
    descriptor = folder.create(temporary)
    try:
        try:
            _write_pieces(descriptor, pieces)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        folder.remove(temporary)
        raise


def _write_pieces(descriptor: int, pieces: Iterable[bytes]) -> None:
    """Write all of `pieces` to a file, many short ones at once."""
    waiting = bytearray()
    for piece in itertools.chain(pieces, [b""]):
        waiting += piece
        if piece and len(waiting) < _BLOCK:
            continue
        view = memoryview(waiting)
        while view:
            view = view[os.write(descriptor, view) :]
        waiting = bytearray()


def _lines(folder: Folder, path: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line, or piece of one that is too long, and what ends it."""
    read = 0
    for line, ending in lines(folder.blocks(path)):
        read += len(line) + len(ending)
        yield line, ending
    rest = b"".join(folder.blocks(path, read))
    if rest:
        yield rest, b""


def _is_record(line: bytes) -> bool:
    try:
        read_line(line)
    except ManifestError:
        return False
    return True
