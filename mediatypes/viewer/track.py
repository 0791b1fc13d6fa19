"""Where the media of one key are in the record, without holding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.viewer.columns import Growing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Place", "Track"]

_FIELDS: Final = {
    "step": "q",
    "position": "I",
    "time": "d",
    "writer": "H",
    "segment": "H",
    "offset": "q",
    "length": "I",
    "row": "q",
}


class Place(NamedTuple):
    """A line of the record, and which of its items is meant."""

    step: int
    position: int
    """Of the item in the list it came in."""
    time: float
    writer: int
    segment: int
    offset: int
    length: int
    row: int
    """Number of the row that announced it, by its own writer's count."""


class Track:
    """The items of one key: a few numbers each, whatever they weigh.

    Parameters
    ----------
    kind
        Of the media.
    inline
        Whether they lie in the rows themselves.
    """

    def __init__(self, kind: str, *, inline: bool) -> None:
        self.kind = kind
        self.inline = inline
        self.odd = 0
        """Items some of whose values were clipped, not finite, or lossily stored."""
        self.columns = {name: Growing(code) for name, code in _FIELDS.items()}
        self._size = -1
        """Items that have been put in order."""
        self._sorted: dict[str, NDArray[Any]] | None = None
        """The columns in order, where they have not come so."""
        self._steps: tuple[NDArray[Any], NDArray[Any]] = (np.empty(0), np.empty(0))

    def add(self, place: Place) -> None:
        """Take in an item."""
        for column, number in zip(self.columns.values(), place, strict=True):
            column.append(number)

    def __len__(self) -> int:
        return len(self.columns["step"])

    @property
    def steps(self) -> NDArray[np.int64]:
        """The steps that have items, in order."""
        self._sort()
        return self._steps[0]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many items each of them has."""
        self._sort()
        return np.diff(self._steps[1])

    @property
    def total(self) -> int:
        """Items, those left out that a later row of the same step replaced."""
        self._sort()
        return int(self._steps[1][-1]) if len(self) else 0

    def at(self, position: int) -> list[Place]:
        """Return the items of the step at `position` in `steps`."""
        self._sort()
        first, last = self._steps[1][position], self._steps[1][position + 1]
        return self.between(int(first), int(last))

    def between(self, first: int, last: int) -> list[Place]:
        """Return a stretch of all items, in the order of step and index."""
        self._sort()
        if self._sorted is None:
            parts = [column.part(first, last) for column in self.columns.values()]
        else:
            parts = [self._sorted[name][first:last] for name in _FIELDS]
        columns = [part.tolist() for part in parts]
        return [Place(*numbers) for numbers in zip(*columns, strict=True)]

    def _sort(self) -> None:
        """Put the items in order, of each step those of its latest row."""
        size = len(self)
        if self._size == size:
            return
        order_by = ("position", "row", "time", "step")
        found = {name: self.columns[name].values for name in order_by}
        order = np.lexsort([found[name] for name in order_by])
        found = {name: column[order] for name, column in found.items()}
        latest = _latest(found)
        if latest.all() and np.array_equal(order, np.arange(size)):
            self._sorted = None
        else:
            order = order[latest]
            self._sorted = {n: c.values[order] for n, c in self.columns.items()}
        steps = found["step"][latest]
        unique, starts = np.unique(steps, return_index=True)
        self._steps = unique, np.append(starts, len(steps))
        self._size = size


def _latest(found: dict[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Return which items, in order, are of the latest row of their step."""
    steps = found["step"]
    if not len(steps):
        return np.empty(0, np.bool_)
    ends = np.flatnonzero(np.append(np.diff(steps) != 0, True))
    last = np.repeat(ends, np.diff(np.append(-1, ends)))
    same_time = found["time"] == found["time"][last]
    latest: NDArray[np.bool_] = same_time & (found["row"] == found["row"][last])
    return latest
