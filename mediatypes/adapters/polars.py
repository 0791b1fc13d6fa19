"""polars series."""

from __future__ import annotations

from typing import Any

import numpy as np

from mediatypes._core.arrays import Plain, filled

__all__ = ["to_plain"]


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
