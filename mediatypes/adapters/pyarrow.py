"""Arrow arrays, in one piece or several."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from mediatypes._core.arrays import Plain, filled
from mediatypes._core.optional import type_name

__all__ = ["to_plain"]

_WHOLE: Final = ("int", "uint")
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
