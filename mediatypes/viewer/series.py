"""The lines of a chart: one grid for all runs, cut down to what a screen can show."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.viewer.answers import Refused, packed
from mediatypes.viewer.columns import Buckets, buckets, exact_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes.viewer.index import RunIndex

__all__ = ["series"]

MOST_BUCKETS: Final = 5_000
_MOST_NONFINITE: Final = 100


class _Points(NamedTuple):
    run: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def series(
    found: list[RunIndex],
    key: str,
    *,
    x: str = "step",
    span: tuple[float | None, float | None] = (None, None),
    count: int = 600,
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
    """
    if not 1 <= count <= MOST_BUCKETS:
        raise Refused(400, "n", f"n must be 1 to {MOST_BUCKETS}; got {count}.")
    lines = [points for run in found if (points := _points(run, key, x)) is not None]
    if not lines:
        return {
            "key": key,
            "x": packed(np.empty(0), "float64"),
            "raw": True,
            "series": [],
        }
    low = min(float(line.x[0]) for line in lines) if span[0] is None else span[0]
    high = max(float(line.x[-1]) for line in lines) if span[1] is None else span[1]
    inside = [_within(line, low, high) for line in lines]
    grid = _grid(inside, count)
    is_raw = grid is not None
    if grid is None:
        edges = np.linspace(low, math.nextafter(high, math.inf), count + 1)
        drawn = [buckets(line.x, line.y, edges) for line in inside]
        grid = (edges[:-1] + edges[1:]) / 2
    else:
        drawn = [_exact(line, grid) for line in inside]
    return {
        "key": key,
        "x": packed(grid, "float64"),
        "raw": is_raw,
        "series": [
            {
                "run": line.run,
                "min": packed(b.low, "float32"),
                "mean": packed(b.mean, "float32"),
                "max": packed(b.high, "float32"),
                "count": packed(b.counts, "float32"),
            }
            for line, b in zip(inside, drawn, strict=True)
        ],
        "nonfinite": [row for line in inside for row in _nonfinite(line)],
    }


def _points(run: RunIndex, key: str, axis: str) -> _Points | None:
    with run.lock:
        column = run.columns.get(key)
        if column is None or not len(column):
            return None
        rows, y = column.rows.values, column.numbers.values
        if axis == "step":
            x = run.steps.values[rows].astype(np.float64)
        elif axis == "time":
            x = run.times.values[rows] - run.started
        else:
            other = run.columns.get(axis.removeprefix("key:"))
            if other is None:
                return None
            x = other.at(rows)
    known = np.isfinite(x)
    if not known.all():
        x, y = x[known], y[known]
    if not len(x):
        return None
    if np.any(x[1:] <= x[:-1]):
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
        last = np.append(x[1:] != x[:-1], True)  # of one place, what came last
        x, y = x[last], y[last]
    return _Points(run.id, x, y)


def _within(line: _Points, low: float, high: float) -> _Points:
    first, last = np.searchsorted(line.x, [low, math.nextafter(high, math.inf)])
    return _Points(line.run, line.x[first:last], line.y[first:last])


def _grid(lines: list[_Points], count: int) -> NDArray[np.float64] | None:
    """Return all places if there are few enough to give each."""
    if max(len(line.x) for line in lines) > count:
        return None
    together = np.unique(np.concatenate([line.x for line in lines]))
    return together if len(together) <= 2 * count else None


def _exact(line: _Points, grid: NDArray[np.float64]) -> Buckets:
    y = exact_points(line.x, line.y, grid)
    return Buckets(y, y, y, np.isfinite(y).astype(np.float32))


def _nonfinite(line: _Points) -> list[dict[str, Any]]:
    places = np.flatnonzero(~np.isfinite(line.y))[:_MOST_NONFINITE]
    return [
        {"run": line.run, "x": float(line.x[at]), "value": str(line.y[at])}
        for at in places.tolist()
    ]
