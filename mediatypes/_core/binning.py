"""Counting in equal bins, as ``numpy.histogram`` does it, in half the time.

Numbers are scaled to fine bins, many to each bin, whose indices fit into 16 bits. Only
numbers in the two fine bins beside an edge can be in another bin than the scale says:
one in some hundreds, which are then compared with the edges themselves. Blocks stay in
a core's cache, and nothing here starts the threads of a BLAS, which would wait for the
cores that the training loop has.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Moments", "count_equal", "distinct", "moments"]

_BLOCK: Final = 1 << 15
"""Numbers that are looked at at once: 256 KiB of float64."""
_SUMMED: Final = 1 << 13
"""Numbers that are summed at once: so few that no BLAS starts threads for them."""
_NARROWEST: Final = 4
"""Bytes of the narrowest floats that can tell fine bins apart."""
_INDEX_BITS: Final = 16
_MOST_SHIFT, _LEAST_SHIFT = 12, 4
"""Fine bins of a bin, as a power of 2."""
_SLACK: Final = 0.1
"""Of a fine bin, so that the greatest number does not round out of the last one."""
_ROUNDINGS: Final = 8.0
"""Steps of the farthest number by which edges and indices may be off, and to spare."""
_LISTED: Final = 2
"""Bytes of the widest numbers of which all that there are can be listed."""
_CLEAR: Final = 1 << 11
_TRUSTED: Final = 0.25
"""Most that the square of the shift may be of the variance: it costs a bit of it."""


def count_equal(
    flat: NDArray[Any], edges: NDArray[Any], low: Any, high: Any
) -> NDArray[np.int64] | None:
    """Return how many numbers are in each of the equal bins between `edges`.

    Parameters
    ----------
    flat
        Shape (count,); finite floats or integers, of at most 64 bits.
    edges
        As ``numpy.histogram_bin_edges`` returns them, in the dtype of its comparisons.
    low, high
        Least and greatest number.

    Returns
    -------
    Exactly what ``numpy.histogram`` counts; None where floats are too coarse for this
    to be exact.
    """
    work = edges.dtype
    if work.itemsize < _NARROWEST:
        return None
    scale, shift = _scale(edges)
    if not shift:
        return None
    if low < edges[0] or high > edges[-1]:
        flat = flat[(flat >= edges[0]) & (flat <= edges[-1])]
    bins = len(edges) - 1
    counts = np.zeros(bins, np.int64)
    scaled, mask = np.empty(_BLOCK, work), np.empty(_BLOCK, np.bool_)
    fine, beside = np.empty(_BLOCK, np.uint16), np.empty(_BLOCK, np.uint16)
    one, part = np.uint16(1), np.uint16((1 << shift) - 1)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        if block.dtype != work:
            block = block.astype(work)
        size = len(block)
        level, index, near = scaled[:size], fine[:size], beside[:size]
        np.subtract(block, edges[0], out=level)
        np.multiply(level, scale, out=level)
        np.copyto(index, level, casting="unsafe")
        np.add(index, one, out=near)
        np.bitwise_and(near, part, out=near)
        at = np.flatnonzero(np.less_equal(near, one, out=mask[:size]))
        np.right_shift(index, np.uint16(shift), out=index)
        counts += np.bincount(index, minlength=bins)
        if at.size:
            is_in = edges.searchsorted(block[at], "right") - 1
            np.minimum(is_in, bins - 1, out=is_in)
            counts += np.bincount(is_in, minlength=bins)
            counts -= np.bincount(index[at], minlength=bins)
    return counts


def _scale(edges: NDArray[Any]) -> tuple[Any, int]:
    """Return what turns distances from the first edge into fine bins, and their power.

    The power is 0 where no scale is exact enough.
    """
    info = np.finfo(edges.dtype)
    bins, low, high = len(edges) - 1, float(edges[0]), float(edges[-1])
    span = high - low
    farthest = edges.dtype.type(max(abs(low), abs(high)))
    if not float(info.tiny) / float(info.eps) ** 2 < span < float(info.max) / 2:
        return 0.0, 0
    most = 0.5 * span / (_ROUNDINGS * float(np.spacing(farthest)) * bins)
    room = min(_INDEX_BITS - (bins - 1).bit_length(), _MOST_SHIFT)
    shift = min(room, int(math.log2(most)) if most >= 1 else 0)
    if shift < _LEAST_SHIFT:
        return 0.0, 0
    return edges.dtype.type(((bins << shift) - _SLACK) / span), shift


def distinct(flat: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]] | None:
    """Return the different numbers in `flat`, and how often there is each.

    None where a list of all numbers of its type would be longer than `flat`.
    """
    if flat.itemsize > _LISTED or flat.size < 1 << 8 * flat.itemsize:
        return None
    patterns = flat.view(f"u{flat.itemsize}")
    counts = np.bincount(patterns)
    found = np.flatnonzero(counts)
    return found.astype(patterns.dtype).view(flat.dtype), counts[found]


class Moments(NamedTuple):
    """Of a set of numbers."""

    total: float
    mean: float
    std: float
    """Of the population."""


def moments(flat: NDArray[Any]) -> Moments | None:
    """Return the moments of finite numbers in one pass over them, in float64.

    Returns
    -------
    None where they would overflow, or where the numbers are as good as equal.
    """
    step = max(1, flat.size // 1024)
    sample = float(flat[::step].mean(dtype=np.float64))
    if not math.isfinite(sample):
        return None
    near = _cleared(sample)
    scratch = np.empty(min(_SUMMED, flat.size), np.float64)
    ones = np.ones(len(scratch))
    first = second = 0.0
    for start in range(0, flat.size, _SUMMED):
        block = flat[start : start + _SUMMED]
        apart = scratch[: len(block)]
        np.copyto(apart, block, casting="unsafe")
        apart -= near
        first += float(apart.dot(ones[: len(block)]))
        second += float(apart.dot(apart))
    off = first / flat.size
    variance = second / flat.size - off * off
    if not math.isfinite(second) or off * off > _TRUSTED * variance:
        return None
    return Moments(first + near * flat.size, near + off, math.sqrt(variance))


def _cleared(value: float) -> float:
    """Return `value` with 11 bits, from which whole numbers differ exactly."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(mantissa * _CLEAR) / _CLEAR, exponent)
