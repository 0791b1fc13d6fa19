"""Frames of pandas in every backend; those of polars and Arrow have their own file."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mediatypes import errors
from mediatypes.adapters.frames import as_columns, is_frame, name_of
from mediatypes.media import Table


class Name(enum.Enum):
    LOSS = "loss"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("loss", "loss"),
        (Name.LOSS, "loss"),
        (np.str_("a"), "a"),
        (np.int64(3), "3"),
        (1.5, "1.5"),
        (None, "None"),
        (("a", 1), "('a', 1)"),
    ],
)
def test_a_name_is_text(name: object, text: str) -> None:
    assert name_of(name) == text
    assert type(name_of(name)) is str


def test_only_frames_are_frames() -> None:
    assert is_frame(pd.DataFrame())
    for other in (pd.Series([1]), np.zeros((2, 2)), {"a": [1]}, [[1]], pd, None):
        assert not is_frame(other)


def test_columns_are_not_copied_before_they_are_taken() -> None:
    array = np.arange(4.0).reshape(2, 2)

    first, second = as_columns(array, ["a", "b"])

    assert (first.name, second.name) == ("a", "b")
    assert np.shares_memory(first.values, array)


def test_a_frame_that_fails_is_refused_in_our_words() -> None:
    class Broken(pd.DataFrame):
        @property
        def iloc(self) -> Any:
            raise RuntimeError("no storage\nleft")

    with pytest.raises(errors.UnsupportedInputError, match=r"does not \(no storage\)"):
        Table(Broken({"a": [1]}))


def test_every_kind_of_column_of_pandas_gives_its_values() -> None:
    periods = pd.period_range("2020", periods=2, freq="D")
    frame = pd.DataFrame(
        {
            "text": pd.array(["a", None], "string"),
            "period": periods,
            "interval": pd.arrays.IntervalArray.from_breaks([0, 1, 2]),
            "category": pd.Categorical([3, 3]),
            "far": np.array(["9999-01-01", "0001-01-01"], "M8[s]"),
            "span": np.array([1, "NaT"], "m8[ms]"),
        }
    )

    with pytest.raises(errors.UnsupportedInputError, match="column 'period'"):
        Table(frame)
    found = Table(frame.drop(columns=["period", "interval"]).astype({"category": int}))

    assert found.get_column("text") == ["a", None]
    assert found.get_column("category") == [3, 3]
    assert [x.year for x in found.get_column("far")] == [9999, 1]
    assert found.get_column("span")[1] is None


def test_a_series_is_a_column_of_its_own_type() -> None:
    columns: dict[str, Any] = {
        "o": pd.Series([1, "x"], index=[5, 6]),
        "n": pd.Series([1, None], dtype="Int8"),
        "z": pd.Series(pd.to_datetime(["2020", "2021"], utc=True)),
        "s": pd.Series(["a", None]),
        "c": pd.Series(["a", "b"], dtype="category"),
        "i": pd.Index([1.5, 2.5]),
    }
    table = Table(columns)
    table.add_column("late", pd.Series([True, False]))

    expected = pd.DataFrame({name: list(values) for name, values in columns.items()})
    expected["n"] = columns["n"]
    expected["late"] = [True, False]
    pd.testing.assert_frame_equal(
        table.get_dataframe(), expected, check_column_type=False
    )
    assert table.get_column("s") == ["a", None]


def test_a_series_alone_is_no_rows() -> None:
    with pytest.raises(errors.ShapeError, match=r"rows × columns; got shape \(2,\)"):
        Table(columns=["a"], data=pd.Series([1, 2]))
