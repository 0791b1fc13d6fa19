"""Columns and their buckets, held against plain NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mediatypes.viewer.columns import Column, Growing, buckets

NUMBERS = st.lists(
    st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=60
)


@given(NUMBERS, st.integers(1, 20))
def test_buckets_hold_the_range_and_mean_of_what_lies_in_them(
    values: list[float], count: int
) -> None:
    y = np.array(values, np.float64)
    x = np.arange(len(y), dtype=np.float64)
    edges = np.linspace(0, len(y), count + 1)
    found = buckets(x, y, edges)

    for at in range(count):
        inside = y[(x >= edges[at]) & (x < edges[at + 1]) & np.isfinite(y)]
        if not len(inside):
            assert np.isnan(found.mean[at])
            continue
        assert found.low[at] == np.float32(inside.min())
        assert found.high[at] == np.float32(inside.max())
        scale = max(1.0, float(np.abs(inside).max()))
        assert abs(float(found.mean[at]) - inside.mean()) <= 1e-5 * scale


@given(st.lists(st.lists(st.integers(0, 1000), max_size=9), max_size=9))
def test_what_grows_is_all_there_however_often_it_is_looked_at(
    parts: list[list[int]],
) -> None:
    growing = Growing("q")
    for part in parts:
        for number in part:
            growing.append(number)
        _ = growing.values

    assert growing.values.tolist() == [n for part in parts for n in part]
    assert len(growing) == sum(map(len, parts))


def test_numbers_of_rows_without_one_are_nan() -> None:
    column = Column()
    for row in (1, 4, 6):
        column.add(row, row * 10.0)
    found: Any = column.at(np.array([0, 1, 4, 5, 6, 9]))

    assert np.isnan(found[[0, 3, 5]]).all()
    assert found[[1, 2, 4]].tolist() == [10, 40, 60]
    assert np.isnan(Column().at(np.array([0]))).all()
