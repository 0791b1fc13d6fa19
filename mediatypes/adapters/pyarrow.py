"""Arrow tables, and arrays in one piece or several."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from mediatypes._core.arrays import Plain, filled
from mediatypes._core.optional import type_name
from mediatypes.adapters.frames import Raw

__all__ = ["to_columns", "to_plain", "to_raw"]

_WHOLE: Final = ("int", "uint")
_FLOATS: Final = {"halffloat": "float16", "float": "float32", "double": "float64"}
_TIME: Final = re.compile(r"(timestamp|duration)\[(s|ms|us|ns)(?:, tz=(.+))?\]")
_TEXT: Final = ("string", "large_string", "string_view")


def to_plain(value: Any) -> Plain:
    """Return the values of an array as a NumPy array.

    Null becomes NaN, or 0 in integers and bools and ``""`` in text. An array of
    tensors of one shape has their axes too.
    """
    name = type_name(value)
    if hasattr(value, "to_numpy_ndarray"):
        return Plain(value.to_numpy_ndarray(), name)
    if hasattr(value, "dictionary_decode"):
        value = value.dictionary_decode()
    kind = str(value.type)
    masked = np.asarray(value.is_null().to_numpy(zero_copy_only=False), bool)
    if kind in _TEXT:
        array = np.asarray([text or "" for text in value.to_pylist()], str)
    else:
        if kind == "bool" or kind.startswith(_WHOLE):
            value = value.fill_null(False if kind == "bool" else 0)
        array = np.asarray(value.to_numpy(zero_copy_only=False))
    if array.dtype == object or masked.shape != array.shape or not masked.any():
        return Plain(array, name)
    return Plain(filled(array, masked), name, masked=masked)


def to_columns(table: Any) -> list[Raw]:
    """Return the columns of a table or record batch."""
    return [
        to_raw(name, table.column(at)) for at, name in enumerate(table.schema.names)
    ]


def to_raw(name: object, column: Any) -> Raw:
    """Return an array, in one piece or several, as a column."""
    kind = str(column.type)
    time = _TIME.fullmatch(kind)
    if time is None and kind != "date32[day]":
        if kind != "bool" and kind not in _FLOATS and not kind.startswith(_WHOLE):
            return Raw(name, column.to_pylist())
        values, missing = _numbers(column, kind)
        return Raw(name, values, missing)
    if time is None:
        values, missing = _numbers(column.cast("int32"), "int32")
        return Raw(name, values.astype(np.int64).view("datetime64[D]"), missing)
    values, missing = _numbers(column.cast("int64"), "int64")
    family = "datetime64" if time[1] == "timestamp" else "timedelta64"
    return Raw(name, values.view(f"{family}[{time[2]}]"), missing, time[3])


def _numbers(column: Any, kind: str) -> tuple[Any, Any]:
    """Return numbers, anything where there are none, and where that is."""
    missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False), bool)
    if not column.null_count:
        return np.asarray(column.to_numpy(zero_copy_only=False)), None
    if kind in _FLOATS:  # a null is NaN in the array, which a NaN is as well
        return np.asarray(column.to_numpy(zero_copy_only=False), _FLOATS[kind]), missing
    filled_up = column.fill_null(False if kind == "bool" else 0)
    return np.asarray(filled_up.to_numpy(zero_copy_only=False)), missing
