"""Canonical arrays: owned, contiguous, in the machine's byte order, read-only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard

import numpy as np

from mediatypes._core.beside import LARGE, beside
from mediatypes._core.spare import empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Plain",
    "Stored",
    "dtype_name",
    "filled",
    "has_no_axes",
    "is_array",
    "is_mapping",
    "is_number",
    "is_sequence",
    "own",
    "read_only",
    "within_doubles",
]

_MISSING: Final = {"f": np.nan, "c": np.nan, "M": "NaT", "m": "NaT", "U": "", "S": b""}
"""What stands for a value that is not there, by kind of dtype; 0 elsewhere."""


class Plain(NamedTuple):
    """A foreign object as an array, and what it was."""

    array: NDArray[Any]
    source: str
    """Full name of its type, for messages."""
    channels_first: bool = False
    """Whether that is the habit of its library."""
    clipped: int = 0
    """How many numbers had to be changed to make it one."""
    masked: NDArray[np.bool_] | None = None
    """Where its library says that there is no value, if anywhere."""

    @property
    def zeroed(self) -> int:
        """How many values that are not there became 0, as no NaN says so."""
        if self.masked is None or self.array.dtype.kind in "fc":
            return 0
        return int(np.count_nonzero(self.masked))


class Stored(NamedTuple):
    """Numbers as they are stored, and what the rule did to them."""

    values: NDArray[Any]
    rule: str
    range: tuple[float, float] | None = None
    clipped: int = 0
    nonfinite: int = 0
    peak: float | None = None
    """The greatest distance from 0, of sounds in floats."""


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Forbid writing to `array`, which the caller has made, and return it."""
    array.flags.writeable = False
    return array


def filled(array: NDArray[Any], masked: NDArray[np.bool_]) -> NDArray[Any]:
    """Return a copy of `array` with NaN, or 0 if it has none, where it is `masked`."""
    copy = np.array(array, subok=False)
    copy[masked] = _MISSING.get(array.dtype.kind, 0)
    return copy


@lru_cache(256)
def dtype_name(dtype: np.dtype[Any]) -> str:
    """Return the name of `dtype`, which NumPy works out anew each time."""
    return dtype.name


def own(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only C-ordered copy of `array` in the machine's byte order."""
    dtype = array.dtype
    if not dtype.isnative:
        dtype = dtype.newbyteorder("=")
    if array.nbytes >= LARGE and array.ndim and not dtype.hasobject:
        return read_only(_copied_by_two(np.asarray(array), dtype))
    return read_only(np.array(array, dtype=dtype, order="C", copy=True, subok=False))


def _copied_by_two(array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a copy that two threads make, since the loop waits for it."""
    copy = empty(array.shape, dtype)
    middle = len(array) // 2
    beside(
        lambda: np.copyto(copy[middle:], array[middle:]),
        lambda: np.copyto(copy[:middle], array[:middle]),
    )
    return copy


def within_doubles(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array`, wider floats as float64; what that cannot hold is infinite."""
    if array.dtype.kind != "f" or array.dtype.itemsize <= np.dtype(np.float64).itemsize:
        return array
    with np.errstate(all="ignore"):
        return array.astype(np.float64)


def is_number(value: object) -> bool:
    """Whether `value` is one number of Python's or NumPy's, and no array."""
    return isinstance(value, (bool, int, float, np.generic))


def is_array(value: object) -> TypeGuard[NDArray[Any]]:
    """Whether `value` is a NumPy array."""
    return isinstance(value, np.ndarray)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether `value` is a mapping."""
    return type(value) is dict or isinstance(value, Mapping)


def has_no_axes(value: object) -> bool:
    """Whether `value` is one element of an array library's, as its shape says."""
    try:
        shape: object = getattr(value, "shape", None)
    except RuntimeError:  # torch's, of tensors that have no shape of their own
        return False
    return shape == ()


def is_sequence(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether `value` is a list or a tuple."""
    return isinstance(value, (list, tuple))
