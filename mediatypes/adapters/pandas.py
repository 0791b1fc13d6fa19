"""pandas frames, series and indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mediatypes._core.arrays import Plain, filled
from mediatypes._core.optional import type_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["to_frame", "to_plain"]


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
