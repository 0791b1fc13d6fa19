from __future__ import annotations

import numpy as np
import pytest

from mediatypes._core import bins


def test_bins_too_narrow_for_numpy_are_widened() -> None:
    values = np.array([1e16, 1e16 + 2])
    with pytest.raises(ValueError, match="Too many bins"):
        np.histogram(values, 64)

    counted = bins.count(values, 64, None)

    assert counted.counts.sum() == 2
    assert counted.edges[0] <= values[0]
    assert values[1] <= counted.edges[-1]


def test_a_range_too_narrow_for_its_bins_is_widened() -> None:
    counted = bins.count(np.array([1.0]), 512, (1.0, np.nextafter(1.0, 2)))

    assert counted.counts.sum() == 1
    assert (np.diff(counted.edges) > 0).all()


def test_the_mean_is_never_outside_the_numbers() -> None:
    values = np.full(3, 0.1)

    assert bins.count(values, 4, None).statistics["mean"] == 0.1


def test_merging_with_nothing_changes_nothing() -> None:
    facts = bins.count(np.array([1.0, 2.0]), 4, None).statistics
    nothing = bins.count(np.array([np.nan]), 4, None).statistics

    assert bins.merged(facts, nothing) == {**facts, "nan": 1}
    assert bins.merged(nothing, facts) == {**facts, "nan": 1}
    assert bins.merged(nothing, nothing)["count"] == 0
