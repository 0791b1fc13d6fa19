from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatypes._core.columns import Column, column_of, joined, packed

NUMBERS = st.lists(st.none() | st.integers(-(2**70), 2**70), max_size=5)
MIXED = st.lists(st.none() | st.integers(-9, 9) | st.floats(-9, 9) | st.text())


@given(NUMBERS | MIXED | st.lists(st.booleans() | st.none()))
def test_packed_cells_are_the_same_cells(cells: list[Any]) -> None:
    found = packed(list(cells)).cells()

    assert found == cells
    assert list(map(type, found)) == list(map(type, cells))


@given(NUMBERS | MIXED, NUMBERS | MIXED)
def test_joined_columns_are_one_after_the_other(first: Any, second: Any) -> None:
    column = joined(packed(first), packed(second))

    assert column.cells() == first + second
    assert column.is_like(packed(first + second))


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([], ""),
        ([None], "None"),
        ([1, None], "int64"),
        ([2**63], "int"),
        ([True, False], "bool"),
        ([True, 1], "bool | int"),
        ([0.5], "float64"),
        (["a", None], "None | str"),
        ([dt.date(2020, 1, 1)], "date"),
    ],
)
def test_a_column_says_its_type(cells: list[Any], dtype: str) -> None:
    assert packed(cells).dtype == dtype


@pytest.mark.parametrize("dtype", ["f2", "i1", "u8", "?", "M8[D]", "m8[ns]"])
def test_an_array_is_copied_in_its_own_type(dtype: str) -> None:
    array = np.arange(3).astype(dtype)

    column = column_of(array)

    assert column is not None
    assert not np.shares_memory(column.values, array)
    assert column.dtype == array.dtype.name


@pytest.mark.parametrize(
    "array",
    [np.zeros((2, 2)), np.array(["a"]), np.zeros(1, "c8"), np.zeros(1, "M8[2s]")],
)
def test_what_is_no_column_of_numbers_or_times_is_left_to_others(array: Any) -> None:
    assert column_of(array) is None
    assert column_of([1, 2]) is None
    assert column_of(np.zeros(1, "M8[s]"), zone="No/Where") is None


def test_a_zone_shows_in_the_cells() -> None:
    column = column_of(np.array([0], "M8[s]"), zone="Asia/Kolkata")

    assert column is not None
    (cell,) = column.cells()
    assert cell.isoformat() == "1970-01-01T05:30:00+05:30"
    assert column.dtype == "datetime64[s, Asia/Kolkata]"


def test_missing_numbers_do_not_show() -> None:
    first = column_of(np.array([1, 2]), np.array([False, True]))
    second = column_of(np.array([1, 3]), np.array([False, True]))

    assert first is not None
    assert second is not None
    assert first.is_like(second)
    assert first.cells() == [1, None]
    assert first.to_numpy().tolist() == [1, None]


def test_times_beyond_python_stay_those_of_numpy() -> None:
    far = column_of(np.array([2**60], "M8[s]"))

    assert far is not None
    assert type(far.cells()[0]) is np.datetime64


def test_memory_is_counted() -> None:
    assert Column([b"x" * 10_000]).nbytes > 10_000
    assert packed([0.5] * 100).nbytes == 800
