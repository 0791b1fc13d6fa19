"""What has been read of a run, kept in the user's cache folder; never the record.

A file is a header, then the numbers as they are, so that opening it again costs neither
time nor memory: they are read when they are looked at. Whoever deletes the folder loses
nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from mediatypes._core.version import __version__
from mediatypes.viewer.stored import Source, Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cache", "Kept", "default_folder"]

_MAGIC: Final = b"mediatypes-view-3\n"
_SIZES: Final = struct.Struct("<Q")
_ALIGNED: Final = 64
_MOST_BYTES: Final = 4 << 30
"""Of all files; the ones that were used least lately go first."""
_MISFITS: Final = (OSError, ValueError, struct.error, msgspec.MsgspecError, KeyError)


def default_folder() -> Path:
    """Return the cache folder of this user (XDG Base Directory Specification 0.8)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "mediatypes" / "view"


class Kept(msgspec.Struct):
    """What is kept of a run: facts, and numbers by name."""

    facts: dict[str, Any]
    arrays: dict[str, Any]
    """`Growing` where they are to be kept, `Stored` where they have been."""


class Cache:
    """Files of what has been read, one for each run.

    Parameters
    ----------
    folder
        Where they are; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, run: Path) -> Kept | None:
        """Return what is kept of a run, or None if that is nothing that can be used."""
        path = self._path(run)
        try:
            kept = _unpacked(Source(path))
            os.utime(path)
        except _MISFITS:
            return None
        return kept

    def save(self, run: Path, kept: Kept) -> bool:
        """Keep what has been read of a run; return whether that went well."""
        path = self._path(run)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
                file.writelines(_packed(kept))
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            return False
        self._prune()
        return True

    def _path(self, run: Path) -> Path:
        name = hashlib.sha256(os.fsencode(run.absolute())).hexdigest()
        return self._folder / f"{name[:32]}.index"

    def _prune(self) -> None:
        with contextlib.suppress(OSError):
            files = [(f.stat(), f) for f in self._folder.glob("*.index")]
            files.sort(key=lambda pair: pair[0].st_mtime)
            total = sum(status.st_size for status, _ in files)
            while total > _MOST_BYTES and len(files) > 1:
                status, oldest = files.pop(0)
                oldest.unlink(missing_ok=True)
                total -= status.st_size


def _packed(kept: Kept) -> Iterator[bytes]:
    """Yield what is in the file; of the numbers, one column is in memory at a time."""
    table: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, numbers in kept.arrays.items():
        table[name] = numbers.dtype.str, len(numbers), at
        size = len(numbers) * numbers.dtype.itemsize
        at += size + -size % _ALIGNED
    header = msgspec.msgpack.encode([__version__, kept.facts, table])
    start = len(_MAGIC) + _SIZES.size + len(header)
    yield from (_MAGIC, _SIZES.pack(len(header)), header, bytes(-start % _ALIGNED))
    for numbers in kept.arrays.values():
        data = np.ascontiguousarray(numbers.values).tobytes()
        yield data + bytes(-len(data) % _ALIGNED)


def _unpacked(source: Source) -> Kept | None:
    start = len(_MAGIC) + _SIZES.size
    head = source.read(0, start)
    if head[: len(_MAGIC)] != _MAGIC:
        return None
    (length,) = _SIZES.unpack(head[len(_MAGIC) :])
    version, facts, table = msgspec.msgpack.decode(source.read(start, length))
    if version != __version__:
        return None
    start += length
    start += -start % _ALIGNED
    arrays = {
        name: Stored(source, dtype, count, start + at)
        for name, (dtype, count, at) in table.items()
    }
    return Kept(facts, arrays)
