"""Public fault reports about histograms, each as what must hold here."""

from __future__ import annotations

import json
import warnings
from collections import UserList
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mediatypes as mt
from mediatypes import errors
from tests.cases.foreign import OnlyArray
from tests.cases.record import Record, parse
from tests.naming import named

few = settings(max_examples=25)

NUMBERS = st.sampled_from(["f2", "f4", "f8", "i1", "i4", "i8", "u1", "u8", "?"])
ARRAYS = NUMBERS.flatmap(lambda name: hnp.arrays(np.dtype(name), st.integers(1, 20)))


@pytest.mark.parametrize("value", [3.0, 0.0, -1e16, 5e-324, 1e308, 65_504.0, 7])
def test_equal_values_are_in_the_bin_that_holds_them(value: float) -> None:
    """Case 50, wandb/wandb#2930: the bar stood where no value was."""
    found = mt.Histogram(np.full(5, value), num_bins=4)

    (full,) = np.flatnonzero(found.counts)
    assert found.counts.sum() == 5
    assert found.edges[full] <= value <= found.edges[full + 1]
    assert (np.diff(found.edges) > 0).all()


@few
@given(values=ARRAYS, bins=st.integers(1, 12))
def test_bins_count_the_values_between_their_own_edges(values: Any, bins: int) -> None:
    """Case 50, wandb/wandb#2930: counted again by hand, for any numbers at all."""
    found = mt.Histogram(values, num_bins=bins)

    finite = [float(x) for x in values if np.isfinite(x)]
    edges = found.edges.tolist()
    assert len(edges) == bins + 1
    assert found.counts.sum() == len(finite)
    assume(finite)
    assert edges[0] <= min(finite)
    assert max(finite) <= edges[-1]
    # Beyond 2**53 edges and values are told apart by less than either is exact to.
    assume(max(map(abs, finite)) < 2**53)
    inside = [sum(a <= x < b for x in finite) for a, b in zip(edges, edges[1:])]  # noqa: B905, RUF007 - neighbours
    inside[-1] += sum(x == edges[-1] for x in finite)
    assert np.abs(np.cumsum(found.counts) - np.cumsum(inside)).max() == 0


@pytest.mark.parametrize("data", [[], np.zeros((0, 3)), (), np.zeros(0, np.int8)])
def test_no_values_are_zero_counts_and_a_warning(data: Any, run: mt.Run) -> None:
    """Case 51, lanpa/tensorboardX#222: a variable that was never set."""
    with pytest.warns(mt.MediaTypesWarning, match="'k': there were no values"):
        run.log({"k": mt.Histogram(data)})

    found = Record(run).value("k")
    assert found["counts"] == [0] * 64
    assert found["count"] == 0
    assert found["edges"] == sorted(set(found["edges"]))


def given_pair() -> tuple[Any, Any]:
    values = np.random.default_rng(0).uniform(0, 5, 1_000)
    return np.histogram(values, bins=64, range=(0, 5))


@pytest.mark.parametrize(
    "form",
    [
        lambda pair: pair,
        list,
        lambda pair: [pair[0].tolist(), tuple(pair[1].tolist())],
        lambda pair: tuple(map(OnlyArray, pair)),
    ],
    ids=["tuple", "list", "plain", "foreign"],
)
def test_counts_and_edges_are_kept_bit_for_bit(form: Any, run: mt.Run) -> None:
    """Case 52, wandb/wandb#975: arrays inside the pair were not converted."""
    counts, edges = given_pair()

    run.summary.update({"h": mt.Histogram(np_histogram=form((counts, edges)))})

    found = Record(run).summary["h"]
    assert found["counts"] == counts.tolist()
    assert all(type(x) is int for x in found["counts"])
    assert found["edges"] == edges.tolist()


@few
@given(
    edges=st.lists(
        st.floats(allow_nan=False, allow_infinity=False),
        min_size=2,
        max_size=20,
        unique=True,
    ).map(sorted),
    data=st.data(),
)
def test_any_rising_edges_come_back_as_they_were(
    edges: list[float], data: st.DataObject
) -> None:
    """Case 52, wandb/wandb#975: through the text of the record, of any size."""
    assume(all(a < b for a, b in zip(edges, edges[1:])))  # noqa: B905, RUF007 - neighbours
    amount = st.integers(0, 2**62) | st.floats(0, 1e300)
    size = len(edges) - 1
    counts = data.draw(st.lists(amount, min_size=size, max_size=size))

    histogram = mt.Histogram(np_histogram=(counts, edges))
    found = parse(json.dumps(histogram.to_inline(), allow_nan=False))

    assert found["edges"] == edges
    assert mt.Histogram.from_inline(found) == histogram


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (([1, 2], [0, 1]), r"2 counts.*got 2"),
        (([0, 1, 2], [5, 6]), r"3 counts.*got 2"),
        (([1, 2], [0, 2, 1]), "rising"),
        (([1, 2], [0, 0, 1]), "rising"),
        (([], []), r"0 counts.*got 0"),
        (([], [0]), "counts"),
        (([1], [0, np.nan]), "finite"),
        (([1], [0, np.inf]), "finite"),
        (([-1], [0, 1]), "negative"),
        (([np.nan], [0, 1]), "NaN"),
        (([1, 2],), "pair"),
        ([[1], [0, 1], [2]], "pair"),
        (5, "pair"),
        (([1j], [0, 1]), "complex"),
        ((["a"], [0, 1]), "counts"),
    ],
)
def test_a_pair_that_is_no_histogram_is_refused_by_name(pair: Any, said: str) -> None:
    """Case 53, wandb/wandb#195: swapped or falling edges were drawn all the same."""
    with pytest.raises(errors.InvalidMediaError, match=said) as caught:
        mt.Histogram(np_histogram=pair)

    assert isinstance(caught.value, ValueError)


def test_too_many_bins_are_refused_and_never_dropped(run: mt.Run) -> None:
    """Case 54, wandb/wandb#3436: the key was dropped, with one line in a log."""
    with pytest.raises(errors.OptionError, match=r"num_bins.*512.*1000"):
        mt.Histogram(np.arange(5_000), num_bins=1_000)
    with pytest.raises(errors.OptionError, match=r"512.*1000"):
        mt.Histogram(np_histogram=([1] * 1_000, np.arange(1_001)))
    run.log({"k": mt.Histogram(np.arange(5_000), num_bins=512)})

    assert sum(Record(run).value("k")["counts"]) == 5_000


def test_densities_stay_fractions(run: mt.Run) -> None:
    """Case 55, wandb/wandb#975: densities were rounded to counts."""
    pair = np.histogram([0, 0.1, 0.9, 1], bins=2, density=True)
    run.log({"k": mt.Histogram(np_histogram=pair)})
    run.log({"q": mt.Histogram(np_histogram=([0.25, 0.75], [0, 1, 2]))})

    record = Record(run)
    assert record.value("k")["counts"] == [1.0, 1.0]
    assert all(type(x) is float for x in record.value("k")["counts"])
    assert record.value("q")["counts"] == [0.25, 0.75]


@pytest.mark.parametrize("length", [0, 1, 32, 33, 100, 5_000])
def test_a_list_of_numbers_stays_that_list(length: int, run: mt.Run) -> None:
    """Case 56, wandb/wandb#3966: more than 32 numbers became a histogram."""
    numbers = list(range(length))
    fractions = [0.1] * length

    run.log({"p": numbers, "t": tuple(fractions), "deep": {"p": numbers}})
    run.summary.update({"r": fractions})

    folder = run.dir
    record = Record(run)
    assert record.value("p") == record.value("deep.p") == numbers
    assert record.value("t") == fractions
    assert record.summary["r"] == fractions
    assert mt.open_run(folder).history()[0]["p"] == numbers


def test_a_histogram_lives_in_a_nested_mapping(run: mt.Run) -> None:
    """Case 57, wandb/wandb#2881: it had no JSON form at the worst moment."""
    run.log({"d": {"e": mt.Histogram([1, 2]), "l": [mt.Histogram([1, 1, 2])]}})

    record = Record(run)
    assert sum(record.value("d.e")["counts"]) == 2
    assert [sum(x["counts"]) for x in record.value("d.l")] == [3]


def test_bools_and_very_many_values_are_counted_whole(run: mt.Run) -> None:
    """Case 58, pytorch/pytorch#74420: a counter in float32 stops at 2**24."""
    run.log({"b": mt.Histogram(np.array([True, False, True]))})
    run.log({"n": mt.Histogram(np.zeros(2**24 + 5, np.uint8), num_bins=4)})

    record = Record(run)
    for key, total in (("b", 3), ("n", 2**24 + 5)):
        counts = record.value(key)["counts"]
        assert sum(counts) == total
        assert all(type(x) is int for x in counts)


@pytest.mark.parametrize("bins", [2.5, 0, -1, "auto", True, None, np.nan, 513, [4]])
def test_a_number_of_bins_that_is_none_is_refused_by_name(bins: Any) -> None:
    """Case 59, numpy/numpy#6469: an index error deep inside."""
    with pytest.raises(errors.OptionError, match="num_bins"):
        mt.Histogram([1, 2], num_bins=bins)


@pytest.mark.parametrize(
    "data",
    [
        [1, None],
        ["a"],
        [1 + 2j],
        {"a": 1},
        np.array([1, "a"], object),
        np.array(["2026-01-01"], "M8[D]"),
        b"bytes",
        object(),
        [[1], [1, 2]],
        UserList([1]),
    ],
    ids=named,
)
def test_what_holds_no_numbers_is_refused_by_its_kind(data: Any) -> None:
    """Case 59, numpy/numpy#8072: a comparison failed, or a part was thrown away."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(
            errors.InvalidMediaError, match=r"^Histogram: sequence must"
        ):
            mt.Histogram(data)


def test_a_histogram_in_the_summary_stays_one(run: mt.Run) -> None:
    """Case 60, wandb/examples#89: it came back as text, or as nothing."""
    run.summary.update({"g": mt.Histogram([1, 2, 3], num_bins=2), "a/b": 1.0})
    run.summary["z"] = mt.Histogram([1])
    run.summary.update({"other": 2})

    folder = run.dir
    found = Record(run).summary
    assert (found["a/b"], found["other"]) == (1.0, 2)
    assert found["g"]["counts"] == [1, 2]
    assert found["g"]["edges"] == [1.0, 2.0, 3.0]
    assert found["g"]["$t"] == found["z"]["$t"] == "histogram"
    assert sum(found["z"]["counts"]) == 1
    assert mt.open_run(folder).summary["g"] == mt.Histogram([1, 2, 3], num_bins=2)
