"""Numbers over the rows of a run, and what a chart shows of them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.viewer.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "Buckets",
    "Column",
    "Extent",
    "Growing",
    "LookedUp",
    "buckets",
    "exact_points",
]

_DTYPES: Final = {"q": np.int64, "d": np.float64, "I": np.uint32, "H": np.uint16}


class Growing:
    """Numbers of one type that are added one by one and looked at all at once.

    Parameters
    ----------
    code
        Type code as `array` has it.
    head
        Numbers that are there already; those in a file stay there.
    """

    def __init__(self, code: str, head: NDArray[Any] | Stored | None = None) -> None:
        self.code = code
        self.dtype: np.dtype[Any] = np.dtype(_DTYPES[code])
        self._head: NDArray[Any] | Stored = (
            np.empty(0, self.dtype) if head is None else head
        )
        self._tail: array[Any] = array(code)
        self.append: Callable[[Any], None] = self._tail.append

    def __len__(self) -> int:
        return len(self._head) + len(self._tail)

    @property
    def values(self) -> NDArray[Any]:
        """All numbers, read-only or a copy."""
        if isinstance(self._head, Stored):
            return self.part(0, len(self))
        if self._tail:
            # The tail is copied, since an array that is looked at cannot grow.
            added = np.array(self._tail, self.dtype)
            self._head = (
                np.concatenate([self._head, added]) if len(self._head) else added
            )
            self._head.flags.writeable = False
            self._tail = array(self.code)
            self.append = self._tail.append
        return self._head

    def part(self, first: int, last: int) -> NDArray[Any]:
        """Return the numbers from `first` to the one before `last`."""
        if not isinstance(self._head, Stored):
            return self.values[first:last]
        known = len(self._head)
        found = self._head.read(min(first, known), min(last, known))
        if last <= known:
            return found
        added = self._tail[max(0, first - known) : last - known]
        return np.concatenate([found, np.array(added, self.dtype)])


class Extent(NamedTuple):
    """Where a line begins and ends on an axis."""

    low: float
    high: float


class LookedUp(NamedTuple):
    """Steps or times of some rows: what is logged together shares its rows."""

    rows: NDArray[np.uint32]
    numbers: NDArray[Any]


class Column:
    """The numbers of one key, each with the row it came in."""

    def __init__(self) -> None:
        self.ranges: dict[str, tuple[int, Extent | None]] = {}
        """By axis: the length at which it was looked at, and what was found."""
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
    return Buckets(low, mean, high)


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
