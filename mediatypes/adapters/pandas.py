"""pandas frames, series and indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mediatypes._core.arrays import Plain, filled
from mediatypes._core.optional import type_name
from mediatypes.adapters.frames import Raw
from mediatypes.adapters.lookup import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mediatypes._core.columns import Column

__all__ = ["of_columns", "to_columns", "to_frame", "to_plain", "to_raw"]


def to_plain(value: Any) -> Plain:
    """Return the values of a series or index as an array.

    NA becomes NaN, or 0 in integers and bools and ``""`` in text.
    """
    name = type_name(value)
    dtype: Any = getattr(value.dtype, "numpy_dtype", value.dtype)
    if hasattr(dtype, "categories"):
        dtype = dtype.categories.dtype
    is_text = isinstance(dtype, pd.StringDtype)
    if isinstance(value.dtype, np.dtype) or not (is_text or _is_plain(dtype)):
        return Plain(np.asarray(value), name)
    masked = np.asarray(value.isna())
    if not masked.any():
        return Plain(np.asarray(value, str if is_text else dtype), name)
    cells = np.array(value, object)  # a copy: some series hand out their own cells
    cells[masked] = "" if is_text else 0
    array = filled(cells.astype(str if is_text else dtype), masked)
    return Plain(array, name, masked=masked)


def _is_plain(dtype: object) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "biufc"


def to_frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a frame of `columns`, which keep their Python objects where mixed."""
    return pd.DataFrame({name: _series(values) for name, values in columns.items()})


def _series(values: Sequence[Any]) -> pd.Series[Any]:
    known: list[object] = [value for value in values if value is not None]
    kinds = set(map(type, known))
    if (kinds <= {int, float, bool, str} and len(kinds) <= 1) or kinds == {int, float}:
        return pd.Series(list(values))
    # A list or a media value must stay one cell.
    cells = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        cells[position] = value
    return pd.Series(cells)


def to_columns(frame: pd.DataFrame) -> list[Raw]:
    """Return the columns of a frame, before them those of an index that says more.

    An index of the numbers from 0 says nothing that the order of rows does not.
    """
    found = [to_raw(name, frame.iloc[:, at]) for at, name in enumerate(frame.columns)]
    index = frame.index
    plain = isinstance(index, pd.RangeIndex) and index.name is None
    if plain and index.equals(pd.RangeIndex(len(index))):
        return found
    taken = {str(column.name) for column in found}
    levels = [index.get_level_values(at) for at in range(index.nlevels)]
    return [*(_of_level(x, at, taken) for at, x in enumerate(levels)), *found]


def _of_level(level: pd.Index[Any], at: int, taken: set[str]) -> Raw:
    name: object = level.name
    if name is None:
        name = "index" if at == 0 and "index" not in taken else f"level_{at}"
    return to_raw(name, level)


def to_raw(name: object, series: Any) -> Raw:
    """Return a series or index as a column."""
    if hasattr(series, "to_series"):
        series = series.to_series()
    dtype: Any = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        series = series.sparse.to_dense()
        dtype = series.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        utc = series.dt.tz_convert("UTC").dt.tz_localize(None)
        return Raw(name, utc.to_numpy(), zone=str(dtype.tz))
    if isinstance(dtype, np.dtype):
        is_object = dtype.kind == "O"
        return Raw(name, list(series) if is_object else series.to_numpy())
    if hasattr(dtype, "pyarrow_dtype"):
        raw: Raw = load("pyarrow").to_raw(name, series.array.__arrow_array__())
        return raw
    numbers: Any = getattr(dtype, "numpy_dtype", None)
    if numbers is not None and _is_plain(numbers):
        missing = np.asarray(series.isna())
        return Raw(name, series.to_numpy(dtype=numbers, na_value=0), missing)
    cells = series.astype(object)
    return Raw(name, list(cells.where(series.notna(), None)))


def of_columns(names: Sequence[str], columns: Sequence[Column]) -> pd.DataFrame:
    """Return a frame of columns, each of its own type."""
    found = {at: _of_column(column) for at, column in enumerate(columns)}
    frame = pd.DataFrame(found)
    frame.columns = list(names)
    return frame


def _of_column(column: Column) -> Any:
    """Return a column as a series, nullable where numbers are missing."""
    values: Any = column.values  # noqa: PD011 - of a column of ours
    if isinstance(values, list):
        return _series(column.cells()).infer_objects()
    series: Any = pd.Series(values.copy())
    if column.zone is not None:
        return series.dt.tz_localize("UTC").dt.tz_convert(column.zone)
    if column.missing is None:
        return series
    name = str(values.dtype)
    if name == "float16":  # which pandas has no nullable form for
        name, series = "float32", series.astype(np.float32)
    nullable = "boolean" if name == "bool" else name.capitalize().replace("Ui", "UI")
    return series.astype(nullable).mask(column.missing)
