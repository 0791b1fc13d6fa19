"""One large buffer that is used again.

Memory fresh from the system is filled with zeros page by page, which costs the loop
about as much as a third of the copy that it is for.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOST", "empty"]

MOST: Final = 64 << 20
"""Bytes that are kept while nobody uses them."""
_spare: Final[list[NDArray[np.uint8]]] = []
"""At most one; lists are taken from and added to in one step of the interpreter."""


class _Lent:
    """What an array lies in, which goes back once no view of it is left."""

    def __init__(self, room: NDArray[np.uint8]) -> None:
        self._room = room
        self.__array_interface__ = room.__array_interface__

    def __del__(self) -> None:
        if self._room.nbytes <= MOST:
            _spare[:] = [self._room]


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a C-ordered array of `shape` whose values are whatever was there.

    It may hold on to twice its own size.
    """
    size = prod(shape) * dtype.itemsize
    try:
        room = _spare.pop()
    except IndexError:
        room = np.empty(size, np.uint8)
    if not size <= room.nbytes <= 2 * size:  # or little would hold on to much
        room = np.empty(size, np.uint8)
    lent = np.asarray(_Lent(room))
    return lent[:size].view(dtype).reshape(shape)
