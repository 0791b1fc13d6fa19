"""NumPy's own arrays, masked ones among them, and other blocks of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mediatypes._core.arrays import Plain, filled
from mediatypes._core.optional import loaded, type_name
from mediatypes.adapters.refusal import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["to_plain"]


def to_plain(value: Any) -> Plain:
    """Return an array, ``array.array`` or memoryview as a plain array.

    Subclasses lose their class. What is masked becomes NaN, or 0 where there is none.

    Raises
    ------
    mediatypes.adapters.refusal.Refusal
        If single fields of a record are masked.
    """
    masked_type = getattr(loaded("numpy.ma"), "MaskedArray", ())
    if isinstance(value, masked_type):
        return _unmasked(value)
    return Plain(np.asarray(value), _name(value))


def _name(value: object) -> str:
    return "numpy.ndarray" if isinstance(value, np.ndarray) else type_name(value)


def _unmasked(value: Any) -> Plain:
    masked: NDArray[Any] = np.ma.getmaskarray(value)
    if masked.dtype.names is not None:
        hint = "Pass x.filled()."
        raise Refusal("masked as a whole", "masked fields of records", hint)
    array, name = np.asarray(value.data), type_name(value)
    if not masked.any():
        return Plain(array, name)
    return Plain(filled(array, masked), name, masked=masked)
