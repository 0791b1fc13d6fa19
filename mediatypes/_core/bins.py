"""Counting in bins exactly as ``numpy.histogram`` does, without its failures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import within_doubles
from mediatypes._core.samples import has_only_finite

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
    if flat.dtype.kind == "f" and not has_only_finite(flat):
        finite = np.isfinite(flat)
        odd = {
            "nan": int(np.count_nonzero(np.isnan(flat))),
            "posinf": int(np.count_nonzero(np.isposinf(flat))),
            "neginf": int(np.count_nonzero(np.isneginf(flat))),
        }
        flat = flat[finite]
        masses = None if masses is None else masses[finite]
    odd["nan"] += absent
    if flat.dtype.kind == "b":
        flat = flat.astype(np.uint8)
    counts, edges = _histogram(flat, bins, limits, masses)
    return Counted(counts, edges, _statistics(flat) | odd)


def _histogram(
    flat: NDArray[Any],
    bins: int,
    limits: tuple[float, float] | None,
    weights: NDArray[Any] | None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    with np.errstate(all="ignore"):
        try:
            counts, edges = np.histogram(flat, bins, limits, weights=weights)
        except (ValueError, FloatingPointError, IndexError):
            pass
        else:
            if np.isfinite(edges).all() and (edges[1:] > edges[:-1]).all():
                return counts, edges
        wide = flat.astype(np.float64)
        edges = _wide_edges(wide, bins, limits)
        return np.histogram(wide, edges, weights=weights)


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


def _statistics(flat: NDArray[Any]) -> dict[str, Any]:
    if not flat.size:
        names = ("min", "max", "mean", "std")
        return {"count": 0, **dict.fromkeys(names), "sum": 0}
    if flat.dtype.kind == "f":
        flat = flat.astype(np.float64, copy=False)
    with np.errstate(all="ignore"):
        low, high = flat.min().item(), flat.max().item()
        total = float(flat.sum(dtype=np.float64))
        mean = total / flat.size
        if not np.isfinite(mean):
            mean = float((flat / flat.size).sum(dtype=np.float64))
        # Rounding of the sum must not put the mean outside the numbers.
        mean = min(max(mean, float(low)), float(high))
        centred = np.subtract(flat, mean, dtype=np.float64)
        std = float(np.sqrt(np.dot(centred, centred) / flat.size))
        if not _is_normal(std):
            std = _scaled_std(flat.astype(np.float64), mean)
    return {
        "count": int(flat.size),
        "min": low,
        "max": high,
        "mean": mean,
        "std": std,
        "sum": total,
    }


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
