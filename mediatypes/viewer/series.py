"""The lines of a chart: one grid for all runs, cut down to what a screen can show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.viewer.answers import Refused, packed
from mediatypes.viewer.columns import (
    Buckets,
    Extent,
    LookedUp,
    buckets,
    exact_points,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mediatypes.viewer.columns import Column
    from mediatypes.viewer.index import RunIndex

    Pack = Callable[[NDArray[Any], str], dict[str, Any]]

__all__ = ["series"]

MOST_BUCKETS: Final = 5_000
_MOST_NONFINITE: Final = 100
_WHOLE: Final = ("step", "time")
"""Axes on which every row has a place."""
_WORTH_HOLDING: Final = 4_096
"""Numbers at most whose places are held for the next chart."""


class _Points(NamedTuple):
    run: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


class _Line(NamedTuple):
    run: str
    buckets: Buckets
    nonfinite: list[dict[str, Any]]


def series(
    found: list[RunIndex],
    key: str,
    *,
    x: str = "step",
    span: tuple[float | None, float | None] = (None, None),
    count: int = 600,
    pack: Pack = packed,
) -> dict[str, Any]:
    """Return the lines of one key over some runs.

    Parameters
    ----------
    found
        The runs.
    key
        Of the numbers.
    x
        ``"step"``, ``"time"`` (seconds since the run's start), or ``"key:"`` and a key.
    span
        First and last place on that axis; all where None.
    count
        Buckets at most, up to 5,000. With fewer places than that, every point is given.
    pack
        Puts an array of a dtype into the answer.
    """
    if not 1 <= count <= MOST_BUCKETS:
        raise Refused(400, "n", f"n must be 1 to {MOST_BUCKETS}; got {count}.")
    spans = {run.id: there for run in found if (there := _extent(run, key, x))}
    if not spans:
        nowhere = pack(np.empty(0), "float64")
        return {"key": key, "x": nowhere, "raw": True, "series": []}
    low = min(one.low for one in spans.values()) if span[0] is None else span[0]
    high = max(one.high for one in spans.values()) if span[1] is None else span[1]
    runs = [run for run in found if run.id in spans]
    drawn, grid = _drawn(runs, key, x, (low, high), count)
    is_raw = grid is not None
    if grid is None:
        edges = _edges(low, high, count)
        grid = (edges[:-1] + edges[1:]) / 2
    return {
        "key": key,
        "x": pack(grid, "float64"),
        "raw": is_raw,
        "series": [_lines(line, pack) for line in drawn],
        "nonfinite": [row for line in drawn for row in line.nonfinite],
    }


def _lines(line: _Line, pack: Pack) -> dict[str, Any]:
    low, mean, high = line.buckets
    found = {"mean": pack(mean, "float32")}
    for name, values in {"min": low, "max": high}.items():
        found[name] = found["mean"] if values is mean else pack(values, "float32")
    return {"run": line.run, **found}


def _drawn(
    runs: list[RunIndex], key: str, x: str, span: tuple[float, float], count: int
) -> tuple[list[_Line], NDArray[np.float64] | None]:
    """Return the line of each run, and all places if there are few enough to give each.

    Of the points of long lines, those of one run are in memory at a time.
    """
    short: list[_Points] = []
    drawn: list[_Line] = []
    edges = _edges(*span, count)
    for run in runs:
        inside = _within(_points(run, key, x), *span)
        if len(inside.x) <= count:
            short.append(_Points(inside.run, inside.x.copy(), inside.y.copy()))
        line = buckets(inside.x, inside.y, edges)
        drawn.append(_Line(run.id, line, _nonfinite(inside)))
    if len(short) == len(drawn):
        grid = np.unique(np.concatenate([line.x for line in short]))
        if len(grid) <= 2 * count:
            exact = [
                _Line(one.run, _exact(one, grid), _nonfinite(one)) for one in short
            ]
            return exact, grid
    return drawn, None


def _edges(low: float, high: float, count: int) -> NDArray[np.float64]:
    return np.linspace(low, math.nextafter(high, math.inf), count + 1)


def _extent(run: RunIndex, key: str, axis: str) -> Extent | None:
    """Return where the line of a run begins and ends, which each chart asks."""
    with run.lock:
        column = run.columns.get(key)
        if column is None or not len(column):
            return None
        size, known = column.ranges.get(axis, (-1, None))
        if size != len(run.steps):
            x = _places(run, column, axis)
            x = x[np.isfinite(x)]
            known = Extent(float(x.min()), float(x.max())) if len(x) else None
            column.ranges[axis] = len(run.steps), known
    return known


def _places(run: RunIndex, column: Column, axis: str) -> NDArray[np.float64]:
    """Return where the numbers of a column lie on an axis, in the order of rows."""
    if axis in _WHOLE:
        found = _whole(run, column, axis).astype(np.float64)
        return found - run.started if axis == "time" else found
    other = run.columns.get(axis.removeprefix("key:"))
    if other is None:
        return np.full(len(column), np.nan)
    return other.at(column.rows.values)


def _whole(run: RunIndex, column: Column, axis: str) -> NDArray[Any]:
    """Return the step or the time of each number of a column."""
    numbers = run.steps if axis == "step" else run.times
    size = len(column)
    last = int(column.rows.part(size - 1, size)[0])
    if last + 1 == size:  # a number in every row
        return numbers.part(0, size)
    rows = column.rows.values
    known = run.looked_up.get(axis)
    if known is not None and np.array_equal(known.rows, rows):
        return known.numbers
    found: NDArray[Any] = numbers.part(int(rows[0]), last + 1)[rows - rows[0]]
    if size <= _WORTH_HOLDING:
        run.looked_up[axis] = LookedUp(rows, found)
    return found


def _points(run: RunIndex, key: str, axis: str) -> _Points:
    with run.lock:
        column = run.columns[key]
        x, y = _places(run, column, axis), column.numbers.values
    if axis not in _WHOLE and not (known := np.isfinite(x)).all():
        x, y = x[known], y[known]
    if np.any(x[1:] <= x[:-1]):
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
        last = np.append(x[1:] != x[:-1], True)  # of one place, what came last
        x, y = x[last], y[last]
    return _Points(run.id, x, y)


def _within(line: _Points, low: float, high: float) -> _Points:
    first, last = np.searchsorted(line.x, [low, math.nextafter(high, math.inf)])
    return _Points(line.run, line.x[first:last], line.y[first:last])


def _exact(line: _Points, grid: NDArray[np.float64]) -> Buckets:
    y = exact_points(line.x, line.y, grid)
    return Buckets(y, y, y)


def _nonfinite(line: _Points) -> list[dict[str, Any]]:
    places = np.flatnonzero(~np.isfinite(line.y))[:_MOST_NONFINITE]
    return [
        {"run": line.run, "x": float(line.x[at]), "value": str(line.y[at])}
        for at in places.tolist()
    ]
