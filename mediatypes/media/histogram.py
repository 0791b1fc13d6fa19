"""Distributions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import msgspec
import numpy as np

from mediatypes._core.arrays import Plain, dtype_name, is_number, own, read_only
from mediatypes._core.bins import STATISTICS, count, merged
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_integral, parse_pair
from mediatypes._core.words import plural
from mediatypes.adapters import as_array
from mediatypes.errors import (
    DtypeError,
    InvalidMediaError,
    ManifestError,
    OptionError,
    ShapeError,
)
from mediatypes.media.base import Media
from mediatypes.schema import Source, decode_value, encode_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.typing import ArrayLike

__all__ = ["Histogram"]

MAX_BINS: Final = 512
_EXACT: Final = 2**53
"""The greatest integer that JSON has as it is."""
_MOST: Final = np.iinfo(np.int64).max


class Histogram(Media):
    """Counts of numbers in bins, and statistics of the numbers themselves.

    It lives in the record; there is no file. Counts and edges are exactly those of
    ``numpy.histogram``, where that does not fail.

    Parameters
    ----------
    sequence
        Numbers of any shape: bool, integers or floats. NaN and infinities are counted
        beside the bins, not in them. None at all give zero counts.
    np_histogram
        Instead of `sequence`: (counts, edges) as ``numpy.histogram`` returns them, kept
        exactly. Counts are integers or floats from 0 on; edges rise and are one more.
    num_bins
        Number of equal bins from the least to the greatest number, 1 to 512.
    range
        Least and greatest edge; numbers outside are in no bin.
    weights
        What each number counts, 0 or more, in the shape of `sequence`.

    Raises
    ------
    mediatypes.errors.OptionError
        If both or neither of `sequence` and `np_histogram` are given, or the number of
        bins or the range is not as above.
    mediatypes.errors.ShapeError
        If counts, edges or weights are of the wrong length.
    mediatypes.errors.DtypeError
        If the numbers are complex, objects or text.
    mediatypes.errors.UnsupportedInputError
        If `sequence` holds no numbers.

    Notes
    -----
    ``nan``, ``posinf`` and ``neginf`` count what is not finite; ``count``, ``min``,
    ``max``, ``mean``, ``std`` (of the population) and ``sum`` are of the finite
    numbers, in float64. They are None where they are not known, as for `np_histogram`.

    Examples
    --------
    >>> Histogram([1, 2, 2, 3], num_bins=2).counts.tolist()
    [1, 3]
    >>> Histogram(np_histogram=([1, 0], [0.0, 0.5, 1.0]))
    Histogram(2 bins, 0 to 1, count 1)
    """

    kind: ClassVar[str] = "histogram"
    is_inline: ClassVar[bool] = True

    counts: NDArray[Any]
    """int64, or float64 where they are not whole; read-only."""
    edges: NDArray[np.float64]
    """One more than counts, rising; read-only."""
    statistics: Mapping[str, float | int | None]
    """Of the numbers: see Notes."""

    def __init__(
        self,
        sequence: ArrayLike | object | None = None,
        np_histogram: tuple[ArrayLike, ArrayLike] | None = None,
        num_bins: int = 64,
        *,
        range: tuple[float, float] | None = None,  # noqa: A002 - as numpy.histogram
        weights: ArrayLike | None = None,
    ) -> None:
        if (sequence is None) == (np_histogram is None):
            both = "neither" if sequence is None else "both"
            raise OptionError(
                "Histogram",
                "data",
                expected="a sequence or np_histogram=(counts, edges)",
                received=both,
            )
        self._set(caption=None, id=None, meta={})
        if np_histogram is not None:
            self._keep(np_histogram)
        else:
            self._count(sequence, num_bins, range, weights)

    def _keep(self, pair: Any) -> None:
        try:
            given_counts, given_edges = pair
        except (TypeError, ValueError):
            raise ShapeError(
                "Histogram",
                "np_histogram",
                expected="a pair (counts, edges)",
                received=type_name(pair),
            ) from None
        counts = _numbers(given_counts, "counts").reshape(-1)
        edges = _numbers(given_edges, "edges").reshape(-1).astype(np.float64)
        _check_pair(counts, edges)
        statistics: dict[str, Any] = dict.fromkeys(STATISTICS)
        self._finish(counts, edges, statistics, Source(rule="given"))

    def _count(
        self,
        sequence: object,
        num_bins: int,
        limits: tuple[float, float] | None,
        weights: ArrayLike | None,
    ) -> None:
        bins = check_integral(num_bins)
        if bins is None or not 1 <= bins <= MAX_BINS:
            raise OptionError(
                "Histogram",
                "num_bins",
                expected=f"a whole number from 1 to {MAX_BINS}",
                received=repr(num_bins),
            )
        plain = _plain(sequence, "sequence")
        values = plain.array
        masses = None if weights is None else _check_weights(weights, values)
        span = _check_limits(limits)
        counted = count(values, bins, span, masses, plain.masked)
        statistics = counted.statistics
        source = Source(
            dtype=dtype_name(values.dtype),
            shape=values.shape,
            rule="counted",
            nonfinite=sum(statistics[name] for name in ("nan", "posinf", "neginf")),
        )
        self._finish(counted.counts, counted.edges, statistics, source)

    def _finish(
        self,
        counts: NDArray[Any],
        edges: NDArray[Any],
        statistics: Mapping[str, Any],
        source: Source,
    ) -> None:
        whole = counts.dtype.kind in "bui" and not (counts > _MOST).any()
        self._set(
            counts=own(counts.astype(np.int64 if whole else np.float64)),
            edges=read_only(edges.astype(np.float64)),
            statistics=statistics,
            source=source,
        )

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the snapshot takes."""
        return self.counts.nbytes + self.edges.nbytes

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        if self.source.nonfinite:
            total = plural(int(np.prod(self.source.shape or (0,))), "value")
            odd = f"{self.source.nonfinite:,} of {total} were NaN, infinite or masked"
            return (f"{odd}; they are counted beside the bins",)
        if self.source.rule == "counted" and self.statistics["count"] == 0:
            return ("there were no values; all counts are 0",)
        return ()

    def to_inline(self) -> dict[str, Any]:
        """Return the histogram as JSON."""
        source: dict[str, Any] = {"rule": self.source.rule}
        if self.source.dtype is not None:
            source["dtype"] = self.source.dtype
            source["shape"] = list(self.source.shape or ())
        if self.source.nonfinite:
            source["nonfinite"] = self.source.nonfinite
        facts = {name: encode_value(self.statistics[name]) for name in STATISTICS}
        return {
            "$t": self.kind,
            "counts": _listed(self.counts),
            "edges": self.edges.tolist(),
            **facts,
            "source": source,
        }

    @classmethod
    def from_inline(cls, members: Mapping[str, Any]) -> Self:
        """Rebuild a histogram from its JSON.

        Raises
        ------
        mediatypes.errors.ManifestError
            If it is not what `to_inline` returns.
        """
        self = cls.__new__(cls)
        try:
            counts = np.array(decode_value(members["counts"]))
            edges = np.array(decode_value(members["edges"]), np.float64)
            _check_pair(_numbers(counts, "counts"), edges)
            statistics = {name: decode_value(members.get(name)) for name in STATISTICS}
            source = msgspec.convert(members.get("source", {}), Source)
        except (LookupError, TypeError, ValueError, InvalidMediaError) as error:
            msg = f"a histogram in a record is damaged: {error}"
            raise ManifestError(msg) from error
        self._set(caption=None, id=None, meta={})
        self._finish(counts, edges, statistics, source)
        return self

    def __add__(self, other: object) -> Self:
        """Return the histogram of both, which must have equal edges."""
        if not isinstance(other, Histogram):
            return NotImplemented
        if not np.array_equal(self.edges, other.edges):
            raise OptionError(
                "Histogram",
                "edges",
                expected="equal to add two histograms",
                received=f"{_span(self)} and {_span(other)}",
                hint="Pass range=(low, high) to both.",
            )
        total = type(self).__new__(type(self))
        total._set(caption=None, id=None, meta={})
        total._finish(
            self.counts + other.counts,
            self.edges,
            merged(self.statistics, other.statistics),
            Source(rule="added"),
        )
        return total

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return (
            self.counts.dtype == other.counts.dtype
            and np.array_equal(self.counts, other.counts)
            and np.array_equal(self.edges, other.edges)
            and dict(self.statistics) == dict(other.statistics)
        )

    __hash__ = None  # type: ignore[assignment]  # counts are compared, not hashed

    def __repr__(self) -> str:
        total = self.counts.sum()
        bins = plural(len(self.counts), "bin")
        return f"Histogram({bins}, {_span(self)}, count {total:g})"


def _listed(counts: NDArray[Any]) -> list[Any]:
    """Return `counts`, which are finite, as JSON has them."""
    listed: list[Any] = counts.tolist()
    if counts.dtype.kind == "i" and counts.max() > _EXACT:
        return [encode_value(number) for number in listed]
    return listed


def _span(histogram: Histogram) -> str:
    return f"{histogram.edges[0]:g} to {histogram.edges[-1]:g}"


def _numbers(value: object, field: str) -> NDArray[Any]:
    plain = _plain(value, field)
    if plain.masked is not None:
        raise OptionError(
            "Histogram",
            field,
            expected="known, all of them",
            received="masked or missing ones",
            source=plain.source,
        )
    return plain.array


def _plain(value: object, field: str) -> Plain:
    if is_number(value):
        value = [value]
    plain = as_array(value, media="Histogram", field=field)
    if plain.array.dtype.kind not in "buif":
        raise DtypeError(
            "Histogram",
            field,
            expected="real numbers",
            received=f"dtype {plain.array.dtype}",
            source=plain.source,
        )
    return plain


def _check_limits(limits: object) -> tuple[float, float] | None:
    pair = parse_pair(limits)
    if limits is not None and pair is None:
        raise OptionError(
            "Histogram",
            "range",
            expected="(low, high), finite, with low < high",
            received=repr(limits),
        )
    return pair


def _check_weights(weights: object, values: NDArray[Any]) -> NDArray[Any]:
    masses = _numbers(weights, "weights")
    if masses.shape != values.shape:
        raise ShapeError(
            "Histogram",
            "weights",
            expected=f"of the shape of the sequence, {values.shape}",
            received=f"shape {masses.shape}",
        )
    _check_masses(masses, "weights")
    return masses.astype(np.float64 if masses.dtype.kind == "f" else np.int64)


def _check_masses(masses: NDArray[Any], field: str) -> None:
    if not (np.isfinite(masses).all() and (masses >= 0).all()):
        raise OptionError(
            "Histogram",
            field,
            expected="finite and 0 or more",
            received="NaN, infinite or negative ones",
        )


def _check_pair(counts: NDArray[Any], edges: NDArray[Any]) -> None:
    if len(edges) != len(counts) + 1:
        raise ShapeError(
            "Histogram",
            "edges",
            expected=f"one more than the {len(counts)} counts",
            received=str(len(edges)),
        )
    if not 1 <= len(counts) <= MAX_BINS:
        raise OptionError(
            "Histogram",
            "counts",
            expected=f"1 to {MAX_BINS} of them",
            received=str(len(counts)),
        )
    if not (np.isfinite(edges).all() and (edges[1:] > edges[:-1]).all()):
        raise OptionError(
            "Histogram",
            "edges",
            expected="finite and rising",
            received="NaN, infinite, equal or falling ones",
        )
    _check_masses(counts, "counts")
