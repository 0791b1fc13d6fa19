"""Frames of polars and Arrow; what they say of their rows is the oracle."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from mediatypes import errors
from mediatypes.media import Table, wrap
from mediatypes.testing import round_trip

pytestmark = pytest.mark.frameworks

polars: Any = pytest.importorskip("polars")
pyarrow: Any = pytest.importorskip("pyarrow")

NOON = dt.datetime(2020, 6, 1, 12, tzinfo=dt.UTC)
COLUMNS: Any = {
    "i": [1, None, -(2**62)],
    "u": [2**64 - 1, 0, None],
    "f": [0.5, None, float("inf")],
    "b": [True, None, False],
    "s": ["a", None, "é"],
    "y": [b"\xff", None, b""],
    "d": [dt.date(2020, 2, 29), None, dt.date(1, 1, 1)],
    "t": [dt.datetime(2020, 1, 1), None, dt.datetime(1677, 1, 1)],  # noqa: DTZ001
    "z": [NOON, None, NOON],
    "p": [dt.timedelta(1, 2, 3), None, dt.timedelta(-1)],
    "c": [Decimal("1.50"), None, Decimal("-2.25")],
    "l": [[1, None], None, []],
    "r": [{"x": 1, "y": "z"}, None, {"x": None, "y": ""}],
    "n": [None, None, None],
}


def read_back(frame: Any) -> Table:
    return cast("Table", round_trip(Table(frame)))


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_arrow_has_the_values_arrow_gives(name: str) -> None:
    kinds = {"u": pyarrow.uint64(), "z": pyarrow.timestamp("us", "Europe/Berlin")}
    array = pyarrow.array(COLUMNS[name], kinds.get(name))
    pieces = pyarrow.chunked_array([array[:1], array[1:]])

    for column in (array, pieces):
        found = read_back(pyarrow.table({"a": column}))
        assert found.get_column("a") == column.to_pylist()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_polars_has_the_values_polars_gives(name: str) -> None:
    kinds = {"u": polars.UInt64, "z": polars.Datetime("us", "Europe/Berlin")}
    series = polars.Series("a", COLUMNS[name], kinds.get(name))

    found = read_back(series.to_frame())

    assert found.get_column("a") == series.to_list()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata", "+05:30"])
def test_times_of_arrow_keep_unit_and_zone(unit: str, zone: str | None) -> None:
    kind = pyarrow.timestamp(unit, zone)
    table = pyarrow.table({"a": pyarrow.array([1, None, -1], kind)})

    found = read_back(table).get_dataframe()["a"]

    assert found.isna().tolist() == [False, True, False]
    expected = table.column("a").to_pandas()
    assert (found == expected)[[0, 2]].all()
    assert str(found.dtype).startswith(f"datetime64[{unit}")


@pytest.mark.parametrize(
    "kind", ["int8", "int16", "uint32", "float16", "float32", "float64", "bool_"]
)
def test_numbers_of_arrow_keep_their_type(kind: str) -> None:
    array = pyarrow.array(np.arange(2), getattr(pyarrow, kind)())

    found = read_back(pyarrow.table({"a": array})).get_column("a", convert_to="numpy")

    assert found.dtype.name == kind.removesuffix("_")
    assert found.tolist() == array.to_pylist()


def test_null_and_nan_of_arrow_stay_apart() -> None:
    table = pyarrow.table({"a": [float("nan"), None, 1.0]})

    assert repr(read_back(table).get_column("a")) == "[nan, None, 1.0]"


def test_columns_of_pandas_that_arrow_holds_come_back_as_their_values() -> None:
    frame = pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="pyarrow")

    found = read_back(frame[["i", "f", "b", "s", "d", "t", "z", "p"]])

    for name in found.columns:
        assert found.get_column(name) == COLUMNS[name]


def test_frames_stand_for_tables_and_plans_are_refused() -> None:
    frame = polars.DataFrame({"a": [1]})

    for bare in (frame, frame.to_arrow(), frame.to_arrow().to_batches()[0]):
        table = wrap(bare)
        assert isinstance(table, Table)
        assert table.data == [[1]]
    with pytest.raises(errors.UnsupportedInputError, match=r"Pass x.collect\(\)"):
        Table(frame.lazy())


def test_cells_of_arrow_and_series_in_cells_are_plain() -> None:
    cells = [pyarrow.scalar(3), pyarrow.array([1, 2]), polars.Series([0.5])]

    number, first, second = Table({"a": cells}).get_column("a")

    assert number == 3
    assert first.tolist() == [1, 2]
    assert second.tolist() == [0.5]


def test_a_series_or_array_is_a_column_of_its_own_type() -> None:
    zoned = pyarrow.array([1, None], pyarrow.timestamp("ns", "Europe/Berlin"))
    columns = {"z": zoned, "p": polars.Series([1, None], dtype=polars.Int16)}

    frame = cast("Table", round_trip(Table(columns))).get_dataframe()

    assert frame.dtypes.map(str).tolist() == [
        "datetime64[ns, Europe/Berlin]",
        "Int16",
    ]
    assert frame["z"].isna().tolist() == [False, True]
