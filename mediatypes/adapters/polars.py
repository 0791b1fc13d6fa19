"""polars frames and series."""

from __future__ import annotations

from typing import Any

import numpy as np

from mediatypes._core.arrays import Plain, filled
from mediatypes.adapters.frames import Raw
from mediatypes.adapters.refusal import Refusal

__all__ = ["to_columns", "to_plain", "to_raw"]


def to_plain(value: Any) -> Plain:
    """Return the values of a series as an array.

    Null becomes NaN, or 0 in integers and bools and ``""`` in text.
    """
    kind, name = str(value.dtype), "polars.Series"
    masked = np.asarray(value.is_null().to_numpy())
    if kind in {"String", "Categorical"}:
        texts = value.cast(type(value)([""]).dtype).fill_null("")
        return _plain(np.asarray(texts.to_list(), str), name, masked)
    if kind == "Boolean" or kind.startswith(("Int", "UInt")):
        whole = value.fill_null(False if kind == "Boolean" else 0)
        return _plain(whole.to_numpy(), name, masked)
    return _plain(np.asarray(value.to_numpy()), name, masked)


def _plain(array: Any, name: str, masked: Any) -> Plain:
    if array.dtype == object or masked.shape != array.shape or not masked.any():
        return Plain(array, name)
    return Plain(filled(array, masked), name, masked=masked)


def to_columns(frame: Any) -> list[Raw]:
    """Return the columns of a frame."""
    if not hasattr(frame, "get_columns"):
        raise Refusal("a frame with rows", "a plan of one", "Pass x.collect().")
    return [to_raw(series.name, series) for series in frame.get_columns()]


def to_raw(name: object, series: Any) -> Raw:
    """Return a series as a column."""
    kind = str(series.dtype)
    missing = np.asarray(series.is_null().to_numpy())
    if kind == "Boolean" or kind.startswith(("Int", "UInt", "Float")):
        if kind.endswith("128"):
            return Raw(name, series.to_list())
        zero = False if kind == "Boolean" else 0
        return Raw(name, series.fill_null(zero).to_numpy(), missing)
    unit = _unit(series.dtype, kind)
    if unit is None:
        return Raw(name, series.to_list())
    numbers = series.to_physical().fill_null(0).to_numpy().astype(np.int64)
    zone = getattr(series.dtype, "time_zone", None)
    return Raw(name, numbers.view(unit), missing, zone)


def _unit(dtype: Any, kind: str) -> str | None:
    """Return NumPy's type for points or spans of time, None for anything else."""
    if kind == "Date":
        return "datetime64[D]"
    if kind.startswith("Datetime"):
        return f"datetime64[{dtype.time_unit}]"
    if kind.startswith("Duration"):
        return f"timedelta64[{dtype.time_unit}]"
    return None
