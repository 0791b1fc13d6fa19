"""Histograms over the steps, brought to one set of bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import is_sequence
from mediatypes.errors import MediaTypesError
from mediatypes.media import Histogram
from mediatypes.schema import Log
from mediatypes.schema.values import escape_key
from mediatypes.viewer.answers import packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes.viewer.index import RunIndex
    from mediatypes.viewer.track import Place

__all__ = ["over_steps"]

_BINS: Final = 96
_MOST_STEPS: Final = 400
_MISFITS: Final = (MediaTypesError, OSError, LookupError, TypeError, ValueError)


def over_steps(found: list[RunIndex], key: str, *, count: int = 200) -> dict[str, Any]:
    """Return the histograms of `key`, for each run a matrix of steps by bins.

    Parameters
    ----------
    found
        The runs.
    key
        Of the histograms.
    count
        Steps at most, evenly taken among those that have one.
    """
    read = {run.id: _histograms(run, key, min(count, _MOST_STEPS)) for run in found}
    edges = _common_edges([h for rows in read.values() for _, h in rows])
    result: dict[str, Any] = {}
    for run_id, rows in read.items():
        if rows:
            matrix = np.stack([_rebinned(h, edges) for _, h in rows])
            result[run_id] = {
                "steps": packed(np.array([step for step, _ in rows]), "float64"),
                "matrix": packed(matrix, "float32"),
            }
    return {"key": key, "edges": packed(edges, "float64"), "runs": result}


def _histograms(run: RunIndex, key: str, count: int) -> list[tuple[int, Histogram]]:
    with run.lock:
        track = run.tracks.get(key)
        if track is None or track.kind != Histogram.kind or not len(track.steps):
            return []
        size = len(track.steps)
        chosen = np.unique(np.linspace(0, size - 1, min(count, size)).astype(int))
        places = [track.at(int(position))[0] for position in chosen]
    found = ((place.step, _histogram(run, key, place)) for place in places)
    return [(step, histogram) for step, histogram in found if histogram is not None]


def _histogram(run: RunIndex, key: str, place: Place) -> Histogram | None:
    try:
        record = run.record(place)
        if not isinstance(record, Log):
            return None
        value: Any = record.d[escape_key(key)]
        return Histogram.from_inline(value[0] if is_sequence(value) else value)
    except _MISFITS:  # a damaged line: the problems page names it
        return None


def _common_edges(histograms: list[Histogram]) -> NDArray[np.float64]:
    spans = [
        (float(h.edges[0]), float(h.edges[-1])) for h in histograms if np.sum(h.counts)
    ]
    low = min((span[0] for span in spans), default=0.0)
    high = max((span[1] for span in spans), default=1.0)
    if not low < high:
        low, high = low - 0.5, high + 0.5
    # Halves, since the difference of the two greatest numbers is infinite.
    return (np.linspace(low / 2, high / 2, _BINS + 1)) * 2


def _rebinned(histogram: Histogram, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a histogram lies in each bin, evenly spread within its own."""
    counts = np.asarray(histogram.counts, np.float64)
    below = np.append(0.0, np.cumsum(counts))
    mine = np.asarray(histogram.edges, np.float64)
    return np.diff(np.interp(edges, mine, below))
