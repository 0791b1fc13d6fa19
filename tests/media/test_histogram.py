from __future__ import annotations

import json
import pickle
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mediatypes import errors
from mediatypes.media import Histogram
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from numpy.typing import NDArray

DTYPES = [
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64"),
]
SHAPES = st.tuples(st.integers(0, 30)) | st.tuples(st.integers(0, 4), st.integers(0, 4))


MODERATE = st.just(0.0) | st.floats(1e-140, 1e150) | st.floats(-1e150, -1e-140)
"""Numbers whose squares a float can hold, so that NumPy's own statistics are right."""


def any_numbers() -> st.SearchStrategy[NDArray[Any]]:
    return st.sampled_from(DTYPES).flatmap(lambda name: hnp.arrays(name, SHAPES))


def is_well_formed(histogram: Histogram, values: NDArray[Any]) -> bool:
    edges, counts = histogram.edges, histogram.counts
    finite = values[np.isfinite(values)]
    return bool(
        len(edges) == len(counts) + 1
        and np.isfinite(edges).all()
        and (edges[1:] > edges[:-1]).all()
        and counts.sum() == finite.size
        and (
            not finite.size or (edges[0] <= finite.min() and finite.max() <= edges[-1])
        )
    )


# Counting


@settings(deadline=None, max_examples=200)
@given(any_numbers(), st.integers(1, 512))
def test_counts_and_edges_are_those_of_numpy_where_numpy_works(
    values: NDArray[Any], bins: int
) -> None:
    histogram = Histogram(values, num_bins=bins)
    plain = values.astype(np.uint8) if values.dtype == bool else values
    try:
        with np.errstate(all="raise"):
            counts, edges = np.histogram(plain, bins)
    except (ValueError, FloatingPointError, IndexError, OverflowError):
        assert is_well_formed(histogram, values)
        return

    if np.isfinite(edges).all() and (edges[1:] > edges[:-1]).all():
        np.testing.assert_array_equal(histogram.counts, counts)
        np.testing.assert_array_equal(histogram.edges, edges)
    assert is_well_formed(histogram, values)


EXTREMES: dict[str, Any] = {
    "nothing": np.zeros(0),
    "only NaN": [np.nan, np.nan],
    "full-range float16": np.array([-65_504, 65_504], np.float16),
    "full-range float32": np.array([-3.4e38, 3.4e38], np.float32),
    "full-range float64": np.array([-1.797e308, 1.797e308]),
    "largest": [np.finfo(float).max] * 3,
    "around 1e16": 1e16 + np.arange(5),
    "denormal": [5e-324, 1e-323],
    "denormal and 0": [0, 5e-324],
    "denormal float32": np.array([1e-45, 3e-45], np.float32),
    "constant": np.full(9, 3.25),
    "constant 0": np.zeros(9),
    "huge constant": [1e300],
    "int64": np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max]),
    "uint64": np.array([0, np.iinfo(np.uint64).max], np.uint64),
    "top of uint64": np.array([2**64 - 1, 2**64 - 2], np.uint64),
    "int8": np.array([-128, 127], np.int8),
    "bools": [True, False, True],
    "longdouble": np.array([1, 2, 3], np.longdouble),
    "one number": 3,
    "one scalar": np.float32(2.5),
}


@pytest.mark.parametrize("bins", [1, 64, 512])
@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_numbers_give_well_formed_bins(name: str, bins: int) -> None:
    histogram = Histogram(EXTREMES[name], num_bins=bins)

    assert len(histogram.counts) == bins
    assert is_well_formed(histogram, np.atleast_1d(np.asarray(EXTREMES[name])))
    assert round_trip(histogram) == histogram


def test_what_is_not_finite_is_counted_beside_the_bins() -> None:
    histogram = Histogram([1.0, np.nan, np.inf, -np.inf, np.inf, 3.0], num_bins=2)

    facts = histogram.statistics
    assert (facts["nan"], facts["posinf"], facts["neginf"]) == (1, 2, 1)
    assert (facts["count"], facts["min"], facts["max"]) == (2, 1.0, 3.0)
    assert histogram.counts.tolist() == [1, 1]
    assert histogram.problems == (
        "4 of 6 values were NaN, infinite or masked; they are counted beside the bins",
    )


def test_no_numbers_at_all_are_said() -> None:
    empty: list[Any] = [[], np.zeros((3, 0)), np.zeros(0, np.int32)]
    for nothing in empty:
        histogram = Histogram(nothing)

        assert histogram.counts.tolist() == [0] * 64
        assert histogram.problems == ("there were no values; all counts are 0",)
        assert histogram.statistics["mean"] is None


@settings(deadline=None, max_examples=100)
@given(hnp.arrays(np.float64, st.integers(1, 40), elements=MODERATE))
def test_statistics_are_those_of_numpy(values: NDArray[np.float64]) -> None:
    facts = Histogram(values).statistics

    size = float(np.abs(values).max())
    assert facts["count"] == values.size
    assert (facts["min"], facts["max"]) == (values.min(), values.max())
    for name in ("mean", "std", "sum"):
        found, expected = facts[name], getattr(values, name)()
        assert found is not None
        assert abs(found - expected) <= 1e-9 * size * values.size


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e200, 1e308])
def test_the_deviation_of_extreme_numbers_is_right(scale: float) -> None:
    std = Histogram(np.array([-1.0, 1.0, -1.0, 1.0]) * scale).statistics["std"]

    assert std == pytest.approx(scale, rel=1e-2)


def test_a_range_leaves_out_what_is_outside() -> None:
    values = np.arange(10.0)
    histogram = Histogram(values, num_bins=4, range=(2, 6))
    counts, edges = np.histogram(values, 4, (2, 6))

    np.testing.assert_array_equal(histogram.counts, counts)
    np.testing.assert_array_equal(histogram.edges, edges)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "float32", "float64", "bool"])
def test_weights_count_as_numpy_counts_them(dtype: str) -> None:
    values = np.array([0.0, 1.0, 1.0, 2.0, np.nan])
    weights = np.array([1, 2, 1, 0, 1]).astype(dtype)
    histogram = Histogram(values, num_bins=3, weights=weights)

    expected, _ = np.histogram(values[:4], 3, weights=weights[:4].astype(float))
    np.testing.assert_array_equal(histogram.counts, expected)
    assert histogram.counts.dtype in (np.int64, np.float64)


@pytest.mark.parametrize("shape", [(24,), (4, 6), (2, 3, 4), (24, 1)])
def test_the_shape_of_the_numbers_does_not_matter(shape: tuple[int, ...]) -> None:
    values = np.arange(24.0).reshape(shape)

    assert Histogram(values) == Histogram(np.arange(24.0))
    assert Histogram(np.asfortranarray(values)) == Histogram(np.arange(24.0))
    assert Histogram(values.astype(">f8")) == Histogram(np.arange(24.0))
    assert Histogram(np.arange(24.0).tolist()) == Histogram(np.arange(24.0))


# Given counts and edges


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_given_counts_and_edges_are_kept_exactly(data: st.DataObject) -> None:
    finite = st.floats(allow_nan=False, allow_infinity=False)
    edges = sorted(data.draw(st.sets(finite, min_size=2, max_size=30)))
    whole = st.integers(0, 2**62)
    masses = st.one_of(whole, st.floats(0, 1e300))
    kind = data.draw(st.sampled_from([whole, masses]))
    counts = data.draw(st.lists(kind, min_size=len(edges) - 1, max_size=len(edges) - 1))

    histogram = Histogram(np_histogram=(counts, edges))

    assert histogram.counts.tolist() == np.array(counts).tolist()
    assert histogram.edges.tolist() == edges
    assert round_trip(histogram) == histogram
    assert histogram.statistics["count"] is None
    assert histogram.problems == ()


def test_what_numpy_returns_is_taken_as_it_is() -> None:
    values = np.random.default_rng(1).normal(size=100)
    for density in (False, True):
        pair = np.histogram(values, bins="auto", density=density)
        histogram = Histogram(np_histogram=pair)

        np.testing.assert_array_equal(histogram.counts, pair[0])
        np.testing.assert_array_equal(histogram.edges, pair[1])


def test_counts_beyond_64_bits_become_floats() -> None:
    counts = np.array([2**64 - 1], np.uint64)

    assert Histogram(np_histogram=(counts, [0, 1])).counts.tolist() == [2.0**64]


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({}, errors.OptionError, "data"),
        ({"sequence": [1], "np_histogram": ([1], [0, 1])}, errors.OptionError, "data"),
        ({"sequence": [1], "num_bins": 0}, errors.OptionError, "num_bins"),
        ({"sequence": [1], "num_bins": 513}, errors.OptionError, "num_bins"),
        ({"sequence": [1], "num_bins": 2.5}, errors.OptionError, "num_bins"),
        ({"sequence": [1], "num_bins": True}, errors.OptionError, "num_bins"),
        ({"sequence": [1], "num_bins": "auto"}, errors.OptionError, "num_bins"),
        ({"sequence": [1], "range": (1, 1)}, errors.OptionError, "range"),
        ({"sequence": [1], "range": (2, 1)}, errors.OptionError, "range"),
        ({"sequence": [1], "range": (0, np.inf)}, errors.OptionError, "range"),
        ({"sequence": [1], "range": 3}, errors.OptionError, "range"),
        ({"sequence": [1], "weights": [1, 2]}, errors.ShapeError, "weights"),
        ({"sequence": [1], "weights": [-1]}, errors.OptionError, "weights"),
        ({"sequence": [1], "weights": [np.nan]}, errors.OptionError, "weights"),
        ({"sequence": [1], "weights": [1j]}, errors.DtypeError, "weights"),
        ({"sequence": [1j]}, errors.DtypeError, "sequence"),
        ({"sequence": ["a"]}, errors.DtypeError, "sequence"),
        ({"sequence": [None]}, errors.DtypeError, "sequence"),
        ({"sequence": [[1], [2, 3]]}, errors.ShapeError, "sequence"),
        ({"sequence": {"a": 1}}, errors.UnsupportedInputError, "sequence"),
        ({"sequence": "text"}, errors.UnsupportedInputError, "sequence"),
        ({"np_histogram": 3}, errors.ShapeError, "np_histogram"),
        ({"np_histogram": ([1], [0, 1], [2])}, errors.ShapeError, "np_histogram"),
        ({"np_histogram": ([1, 2], [0, 1])}, errors.ShapeError, "edges"),
        ({"np_histogram": ([], [0])}, errors.OptionError, "counts"),
        ({"np_histogram": ([1] * 513, [*range(514)])}, errors.OptionError, "counts"),
        ({"np_histogram": ([1], [1, 0])}, errors.OptionError, "edges"),
        ({"np_histogram": ([1], [1, 1])}, errors.OptionError, "edges"),
        ({"np_histogram": ([1], [0, np.nan])}, errors.OptionError, "edges"),
        ({"np_histogram": ([1], [0, np.inf])}, errors.OptionError, "edges"),
        ({"np_histogram": ([-1], [0, 1])}, errors.OptionError, "counts"),
        ({"np_histogram": ([np.nan], [0, 1])}, errors.OptionError, "counts"),
        ({"np_histogram": (["a"], [0, 1])}, errors.DtypeError, "counts"),
    ],
    ids=repr,
)
def test_what_is_no_histogram_is_refused_by_name(
    arguments: dict[str, Any], error: type[errors.InvalidMediaError], field: str
) -> None:
    with pytest.raises(error) as caught:
        Histogram(**arguments)

    assert type(caught.value) is error
    assert (caught.value.media, caught.value.field) == ("Histogram", field)


def test_a_path_is_no_sequence_of_numbers() -> None:
    with pytest.raises(errors.UnsupportedInputError):
        Histogram(np.histogram)


# Adding


@settings(deadline=None, max_examples=60)
@given(
    *2
    * (
        hnp.arrays(
            np.float64,
            st.integers(0, 20),
            elements=st.floats(-100, 100) | st.sampled_from([np.nan, np.inf, -np.inf]),
        ),
    )
)
def test_a_sum_is_the_histogram_of_both(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> None:
    total = Histogram(one, range=(-50, 50)) + Histogram(other, range=(-50, 50))
    both = Histogram(np.concatenate([one, other]), range=(-50, 50))

    np.testing.assert_array_equal(total.counts, both.counts)
    np.testing.assert_array_equal(total.edges, both.edges)
    for name, expected in both.statistics.items():
        assert total.statistics[name] == pytest.approx(expected, abs=1e-6)


def test_statistics_of_huge_numbers_add_up() -> None:
    one, other = [1e200, 3e200], [-1e200, 5e200]
    limits = (-1e201, 1e201)
    total = Histogram(one, range=limits) + Histogram(other, range=limits)
    both = Histogram(one + other, range=limits)

    for name, expected in both.statistics.items():
        assert total.statistics[name] == pytest.approx(expected, rel=1e-12)


def test_given_histograms_add_their_counts_only() -> None:
    one = Histogram(np_histogram=([1, 2], [0.0, 1.0, 2.0]))
    total = one + Histogram([0.5, 1.5, 1.5], num_bins=2, range=(0, 2))

    assert total.counts.tolist() == [2, 4]
    assert set(total.statistics.values()) == {None}


def test_other_edges_cannot_be_added() -> None:
    with pytest.raises(errors.OptionError, match=r"Pass range=\(low, high\)"):
        Histogram([1, 2]) + Histogram([1, 3])
    with pytest.raises(TypeError):
        Histogram([1, 2]) + 3


# In the record


@settings(deadline=None, max_examples=50)
@given(any_numbers())
def test_what_is_read_back_is_equal(values: NDArray[Any]) -> None:
    histogram = Histogram(values, num_bins=7)
    found = round_trip(histogram)

    assert found == histogram
    assert found.source == histogram.source
    assert found.problems == histogram.problems


def test_the_record_is_strict_json() -> None:
    histogram = Histogram([1.7e308, 1.7e308, -1.7e308, np.nan, 2**60])
    text = json.dumps(histogram.to_inline(), allow_nan=False)

    found = subprocess.run(
        ["jq", "-c", "[.nan, .count, (.counts | add), .source.nonfinite]"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(found.stdout) == [1, 4, 4, 1]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"counts": [1], "edges": [0]},
        {"counts": [1], "edges": [1, 0]},
        {"counts": ["a"], "edges": [0, 1]},
        {"counts": [[1], [2, 3]], "edges": [0, 1, 2]},
        {"counts": [-1], "edges": [0, 1]},
        {"counts": 3, "edges": None},
        {"counts": [1], "edges": [0, 1], "source": 3},
        {"counts": [1], "edges": [0, 1], "source": {"dtype": 3}},
        {"counts": [1], "edges": [0, {"$f": "nan"}]},
    ],
)
def test_a_damaged_record_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(errors.ManifestError):
        Histogram.from_inline({"$t": "histogram", **members})


# The rest


def test_histograms_are_equal_by_what_they_count() -> None:
    assert Histogram([1, 2]) == Histogram([1, 2])
    assert Histogram([1, 2]) != Histogram([1, 3])
    assert Histogram([1, 2], num_bins=2) != Histogram([1.0, 2.0], num_bins=3)
    assert Histogram([1, 2]) != [1, 2]
    with pytest.raises(TypeError, match="unhashable"):
        hash(Histogram([1]))


def test_the_counts_cannot_be_written() -> None:
    pair = np.array([1, 2]), np.array([0.0, 1.0, 2.0])
    histogram = Histogram(np_histogram=pair)
    pair[0][:] = 9
    pair[1][:] = 9

    assert histogram.counts.tolist() == [1, 2]
    assert histogram.edges.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="read-only"):
        histogram.counts[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        histogram.edges[0] = 3


def test_a_pickled_histogram_is_equal() -> None:
    histogram = Histogram([1, np.nan, 3])

    assert pickle.loads(pickle.dumps(histogram)) == histogram


def test_the_short_form_shows_no_data() -> None:
    assert (
        repr(Histogram([0, 1, 1], num_bins=2)) == "Histogram(2 bins, 0 to 1, count 3)"
    )
    assert Histogram([1.0]).nbytes == 8 * (64 + 65)
