"""Numbers that lie in a file of the cache, and take no memory until they are read."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Source", "Stored"]

_KINDS: Final = "iuf"
"""Of numbers, as NumPy calls them: what a file says of itself is not to be trusted."""


class Source:
    """A file that several threads read.

    It is read, not mapped: pages of a mapping count as memory of the process, and each
    that is looked at costs more than its copy.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    OSError
        If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._lock = threading.Lock()
        self.size = os.fstat(self._file.fileno()).st_size

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):  # it was never opened
            self._file.close()

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from byte `start` on, fewer where the file ends."""
        room = np.empty(max(0, min(size, self.size - start)), np.uint8)
        self.read_into(room, start)
        return room.tobytes()

    def read_into(self, room: NDArray[Any], start: int) -> None:
        """Fill `room` with what lies in the file from byte `start` on.

        Raises
        ------
        OSError
            If it cannot be read, or ends before.
        """
        if not room.size:
            return
        view, done = room.data.cast("B"), 0
        with self._lock:
            self._file.seek(start)
            while done < len(view):
                count = self._file.readinto(view[done:])
                if not count:
                    raise OSError(errno.EIO, "a file of the cache has become shorter")
                done += count


class Stored:
    """Numbers of one type in a file.

    Parameters
    ----------
    source
        The file.
    dtype
        Of the numbers.
    count
        How many there are.
    start
        Where the first is.

    Raises
    ------
    ValueError
        If they are no numbers, or the file is too short.
    """

    def __init__(self, source: Source, dtype: str, count: int, start: int) -> None:
        self._source = source
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._count = count
        self._start = start
        end = start + count * self.dtype.itemsize
        if self.dtype.kind not in _KINDS or start < 0 or count < 0 or end > source.size:
            msg = "a file of the cache holds something else, or is too short"
            raise ValueError(msg)

    def __len__(self) -> int:
        return self._count

    def read(self, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Return the numbers from `first` to the one before `last`."""
        first, end, _ = slice(first, last).indices(self._count)
        found = np.empty(max(0, end - first), self.dtype)
        self._source.read_into(found, self._start + first * self.dtype.itemsize)
        return found
