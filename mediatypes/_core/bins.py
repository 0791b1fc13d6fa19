"""Counting in bins exactly as ``numpy.histogram`` does, without its failures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import within_doubles
from mediatypes._core.binning import Moments, count_equal, distinct, moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["STATISTICS", "Counted", "count", "merged"]

STATISTICS: Final = (
    "count",
    "nan",
    "posinf",
    "neginf",
    "min",
    "max",
    "mean",
    "std",
    "sum",
)
"""What is known of the numbers beside their bins."""

_MANY: Final = 1 << 10
"""With fewer numbers nothing is faster than ``numpy.histogram``."""
_LARGEST: Final = float(np.finfo(np.float64).max)
_SMALLEST: Final = 1e-150
"""Below it squares lose digits; far above the least number whose square is not 0."""


class Counted(NamedTuple):
    """Bins, and statistics of what was counted."""

    counts: NDArray[Any]
    edges: NDArray[Any]
    statistics: dict[str, Any]


def count(
    values: NDArray[Any],
    bins: int,
    limits: tuple[float, float] | None,
    weights: NDArray[Any] | None = None,
    masked: NDArray[np.bool_] | None = None,
) -> Counted:
    """Return the histogram of the finite `values`, of any shape and real dtype.

    Where ``numpy.histogram`` refuses (bins narrower than the numbers can tell apart, or
    a span that overflows) the bins are widened to what float64 can tell apart. What is
    `masked` is in no bin and counts as NaN.
    """
    flat = within_doubles(values).reshape(-1)
    masses = None if weights is None else weights.reshape(-1)
    odd = {"nan": 0, "posinf": 0, "neginf": 0}
    absent = 0
    if masked is not None:
        kept = ~masked.reshape(-1)
        absent = int(flat.size - np.count_nonzero(kept))
        flat, masses = flat[kept], None if masses is None else masses[kept]
    extremes = _extremes(flat)
    if flat.dtype.kind == "f" and not np.isfinite(extremes).all():
        finite = np.isfinite(flat)
        odd = {
            "nan": int(np.count_nonzero(np.isnan(flat))),
            "posinf": int(np.count_nonzero(np.isposinf(flat))),
            "neginf": int(np.count_nonzero(np.isneginf(flat))),
        }
        flat = flat[finite]
        masses = None if masses is None else masses[finite]
        extremes = _extremes(flat)
    odd["nan"] += absent
    if flat.dtype.kind == "b":
        flat, extremes = flat.astype(np.uint8), extremes.astype(np.uint8)
    counts, edges = _histogram(flat, bins, limits, masses, extremes)
    return Counted(counts, edges, _statistics(flat, extremes) | odd)


def _extremes(flat: NDArray[Any]) -> NDArray[Any]:
    """Return the least and the greatest of the numbers, NaN if there is one."""
    if not flat.size:
        return flat
    return np.array([flat.min(), flat.max()], flat.dtype)


def _histogram(
    flat: NDArray[Any],
    bins: int,
    limits: tuple[float, float] | None,
    weights: NDArray[Any] | None,
    extremes: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    with np.errstate(all="ignore"):
        try:
            if weights is None and flat.size >= _MANY:
                counts, edges = _many(flat, bins, limits, extremes)
            else:
                counts, edges = np.histogram(flat, bins, limits, weights=weights)
        except (ValueError, FloatingPointError, IndexError):
            pass
        else:
            if np.isfinite(edges).all() and (edges[1:] > edges[:-1]).all():
                return counts, edges
        wide = flat.astype(np.float64)
        edges = _wide_edges(wide, bins, limits)
        return np.histogram(wide, edges, weights=weights)


def _many(
    flat: NDArray[Any],
    bins: int,
    limits: tuple[float, float] | None,
    extremes: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return what ``numpy.histogram`` does, sooner where there is a way."""
    few = distinct(flat)
    if few is not None:
        return np.histogram(few[0], bins, limits, weights=few[1])
    edges = np.histogram_bin_edges(extremes, bins, limits)
    counts = count_equal(flat, edges, *extremes)
    if counts is None:
        return np.histogram(flat, bins, limits)
    return counts, edges


def _wide_edges(
    values: NDArray[np.float64], bins: int, limits: tuple[float, float] | None
) -> NDArray[np.float64]:
    low, high = limits or (float(values.min()), float(values.max()))
    # Four steps of the number farthest from 0 to a bin, so that all edges differ.
    room = 4.0 * bins * float(np.spacing(max(abs(low), abs(high))))
    if high / 2 - low / 2 < room / 2:
        low, high = max(low - room, -_LARGEST), min(high + room, _LARGEST)
    share = np.arange(bins + 1) / bins
    edges = low * (1 - share) + high * share
    edges[0], edges[-1] = low, high
    return edges


def _statistics(flat: NDArray[Any], extremes: NDArray[Any]) -> dict[str, Any]:
    if not flat.size:
        names = ("min", "max", "mean", "std")
        return {"count": 0, **dict.fromkeys(names), "sum": 0}
    if flat.dtype.kind == "f":
        extremes = extremes.astype(np.float64)
    low, high = extremes.tolist()
    with np.errstate(all="ignore"):
        found = moments(flat)
        if found is None or not _is_normal(found.std):
            found = _careful_moments(flat.astype(np.float64), float(low), float(high))
    return {
        "count": int(flat.size),
        "min": low,
        "max": high,
        # Rounding of the sum must not put the mean outside the numbers.
        "mean": min(max(found.mean, float(low)), float(high)),
        "std": found.std,
        "sum": found.total,
    }


def _careful_moments(flat: NDArray[np.float64], low: float, high: float) -> Moments:
    """Return the moments of numbers that are almost equal, or far from 1."""
    total = float(flat.sum())
    mean = total / flat.size
    if not np.isfinite(mean):
        mean = float((flat / flat.size).sum())
    mean = min(max(mean, low), high)
    centred = np.subtract(flat, mean)
    std = float(np.sqrt(np.mean(np.square(centred))))
    if not _is_normal(std):
        std = _scaled_std(flat, mean)
    return Moments(total, mean, std)


def _is_normal(std: float) -> bool:
    return _SMALLEST < std < _LARGEST


def _scaled_std(flat: NDArray[np.float64], mean: float) -> float:
    """Return the deviation where squares are too large or too small for a float."""
    halves = flat / 2 - mean / 2
    scale = float(np.abs(halves).max())
    if scale == 0:
        return 0.0
    spread = float(np.sqrt(np.mean(np.square(halves / scale))))
    return min(2 * scale * spread, _LARGEST)


def merged(mine: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statistics of two sets of numbers from those of each."""
    if mine["count"] is None or other["count"] is None:
        return dict.fromkeys(STATISTICS)
    if not mine["count"] or not other["count"]:
        base = dict(mine if mine["count"] else other)
    else:
        base = _pooled(mine, other)
    for name in ("nan", "posinf", "neginf"):
        base[name] = mine[name] + other[name]
    return base


def _pooled(mine: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    count = mine["count"] + other["count"]
    share, rest = mine["count"] / count, other["count"] / count
    between = math.sqrt(share * rest)
    # Each term is scaled before terms meet, so that nothing overflows on the way.
    std = math.hypot(
        math.sqrt(share) * mine["std"],
        math.sqrt(rest) * other["std"],
        between * mine["mean"] - between * other["mean"],
    )
    return {
        "count": count,
        "min": min(mine["min"], other["min"]),
        "max": max(mine["max"], other["max"]),
        "mean": share * mine["mean"] + rest * other["mean"],
        "std": std,
        "sum": mine["sum"] + other["sum"],
    }
