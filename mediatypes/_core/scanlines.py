"""Rows of a picture before they are deflated, by clause 9 of the PNG specification.

Each filter is computed for many rows at once: what it predicts of a byte depends on
the picture alone, not on what was made of other bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["NONE", "UP", "adapted", "unfiltered", "upward"]

NONE: Final = 0
UP: Final = 2
"""Filter types, which each row begins with."""

_SUB, _AVERAGE, _PAETH = 1, 3, 4
_BLOCK: Final = 1 << 16
"""Bytes of rows that are filtered at once in five ways."""


def unfiltered(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return rows of bytes as they are, of type None."""
    found = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    found[:, 0] = NONE
    found[:, 1:] = rows
    return found


def upward(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the differences from the row above, of type Up."""
    found = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    found[:, 0] = UP
    found[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=found[1:, 1:])
    return found


def adapted(rows: NDArray[np.uint8], stride: int) -> NDArray[np.uint8]:
    """Return each row by the filter that leaves the least differences.

    Parameters
    ----------
    rows
        Shape (rows, bytes).
    stride
        Bytes of a pixel.
    """
    found = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    at_once = max(1, _BLOCK // rows.shape[1])
    above = np.zeros((1, rows.shape[1]), np.uint8)
    for start in range(0, len(rows), at_once):
        block = rows[start : start + at_once]
        ups = np.concatenate([above, block[:-1]])
        above = block[-1:]
        target = found[start : start + at_once]
        least = np.full(len(block), np.iinfo(np.int64).max)
        for kind, differences in _differences(block, ups, stride):
            size = np.abs(differences.view(np.int8).astype(np.int16)).sum(axis=1)
            better = size < least
            least[better] = size[better]
            target[better, 0] = kind
            target[better, 1:] = differences[better]
    return found


def _differences(
    rows: NDArray[np.uint8], ups: NDArray[np.uint8], stride: int
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield rows by each filter, the ones that are read fastest first."""
    yield NONE, rows
    yield UP, rows - ups
    lefts = _shifted(rows, stride)
    yield _SUB, rows - lefts
    # The sum of two bytes does not fit into one, half of it does.
    yield _AVERAGE, rows - ((ups & lefts) + ((ups ^ lefts) >> np.uint8(1)))
    yield _PAETH, rows - _paeth(lefts, ups, _shifted(ups, stride))


def _shifted(rows: NDArray[np.uint8], stride: int) -> NDArray[np.uint8]:
    """Return the same byte of the pixel before, 0 in the first pixel."""
    found = np.zeros_like(rows)
    found[:, stride:] = rows[:, :-stride]
    return found


def _paeth(
    lefts: NDArray[np.uint8], ups: NDArray[np.uint8], corners: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return which of three neighbours is the nearest to left + up - corner (§9.4)."""
    left, up, corner = (x.astype(np.int16) for x in (lefts, ups, corners))
    from_left, from_up = np.abs(up - corner), np.abs(left - corner)
    from_corner = np.abs(left + up - 2 * corner)
    is_left = (from_left <= from_up) & (from_left <= from_corner)
    return np.where(is_left, lefts, np.where(from_up <= from_corner, ups, corners))
