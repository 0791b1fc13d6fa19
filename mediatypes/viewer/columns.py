"""Numbers over the rows of a run, and what a chart shows of them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Buckets", "Column", "Growing", "buckets", "exact_points"]

_DTYPES: Final = {"q": np.int64, "d": np.float64, "I": np.uint32, "H": np.uint16}


class Growing:
    """Numbers of one type that are added one by one and looked at all at once.

    Parameters
    ----------
    code
        Type code as `array` has it.
    head
        Numbers that are there already.
    """

    def __init__(self, code: str, head: NDArray[Any] | None = None) -> None:
        dtype = _DTYPES[code]
        self.code = code
        self._head: NDArray[Any] = np.empty(0, dtype) if head is None else head
        self._tail: array[Any] = array(code)
        self.append: Callable[[Any], None] = self._tail.append

    def __len__(self) -> int:
        return len(self._head) + len(self._tail)

    @property
    def values(self) -> NDArray[Any]:
        """All numbers, read-only."""
        if self._tail:
            # The tail is copied, since an array that is looked at cannot grow.
            added = np.array(self._tail, self._head.dtype)
            self._head = (
                np.concatenate([self._head, added]) if len(self._head) else added
            )
            self._head.flags.writeable = False
            self._tail = array(self.code)
            self.append = self._tail.append
        return self._head


class Column:
    """The numbers of one key, each with the row it came in."""

    def __init__(self) -> None:
        self.rows = Growing("I")
        self.numbers = Growing("d")

    def add(self, row: int, number: float) -> None:
        """Take in the number of a row."""
        self.rows.append(row)
        self.numbers.append(number)

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Return the numbers of `rows`, NaN where there is none."""
        mine = self.rows.values
        places = np.minimum(np.searchsorted(mine, rows), max(len(mine) - 1, 0))
        if not len(mine):
            return np.full(len(rows), np.nan)
        found: NDArray[np.float64] = np.where(
            mine[places] == rows, self.numbers.values[places], np.nan
        )
        return found


class Buckets(NamedTuple):
    """What a chart draws of one line: the range and the mean in each bucket."""

    low: NDArray[np.float32]
    mean: NDArray[np.float32]
    high: NDArray[np.float32]
    counts: NDArray[np.float32]


def buckets(
    x: NDArray[np.float64], y: NDArray[np.float64], edges: NDArray[np.float64]
) -> Buckets:
    """Return minimum, mean and maximum of `y` between each two of `edges`.

    Parameters
    ----------
    x
        Places of `y`, in order.
    y
        Numbers; those that are not finite are left out.
    edges
        Increasing; the last bucket is open at its end.
    """
    finite = np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    places = np.searchsorted(x, edges)
    count = np.diff(places)
    full = np.flatnonzero(count)
    low = np.full(len(count), np.nan, np.float32)
    mean, high = low.copy(), low.copy()
    if full.size:
        starts = places[full]
        part = y[: places[-1]]
        with np.errstate(over="ignore"):  # beyond float32 is infinite in a picture
            low[full] = np.minimum.reduceat(part, starts)
            high[full] = np.maximum.reduceat(part, starts)
            mean[full] = np.add.reduceat(part, starts) / count[full]
    return Buckets(low, mean, high, count.astype(np.float32))


def exact_points(
    x: NDArray[np.float64], y: NDArray[np.float64], grid: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return `y` at the places of `grid`, NaN where there is none."""
    found = np.full(len(grid), np.nan, np.float32)
    places = np.searchsorted(grid, x)
    with np.errstate(over="ignore"):
        found[places] = y
    found[~np.isfinite(found)] = np.nan
    return found
