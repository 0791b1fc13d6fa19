"""Numbers that lie in a file of the cache, and take no memory until they are read."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Stored"]

_LET_GO: Final[int | None] = getattr(mmap, "MADV_DONTNEED", None)
"""What tells the system that pages of a file need not stay in this process."""


class Stored:
    """Numbers of one type in a file that is mapped.

    A mapping counts as memory of the process once it has been looked at, so what is
    read is copied, and its pages are let go.

    Parameters
    ----------
    data
        The file.
    dtype
        Of the numbers.
    count
        How many there are.
    start
        Where the first is.
    """

    def __init__(self, data: mmap.mmap, dtype: str, count: int, start: int) -> None:
        self._data = data
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._count = count
        self._start = start
        np.frombuffer(data, self.dtype, count, start)  # raises if the file is too short

    def __len__(self) -> int:
        return self._count

    def read(self, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Return the numbers from `first` to the one before `last`.

        Examples
        --------
        >>> room = mmap.mmap(-1, 4096)
        >>> room[:3] = bytes([7, 8, 9])
        >>> Stored(room, "u1", 3, 0).read(1)
        array([8, 9], dtype=uint8)
        """
        first, end, _ = slice(first, last).indices(self._count)
        start = self._start + first * self.dtype.itemsize
        found: NDArray[Any] = np.frombuffer(
            self._data, self.dtype, max(0, end - first), start
        ).copy()
        if _LET_GO is not None:
            self._data.madvise(_LET_GO)  # all, since the system maps neighbours as well
        return found
