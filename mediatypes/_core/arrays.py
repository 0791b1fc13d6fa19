"""Canonical arrays: owned, contiguous, in the machine's byte order, read-only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Plain",
    "Stored",
    "is_array",
    "is_mapping",
    "is_number",
    "is_sequence",
    "own",
    "read_only",
]


class Plain(NamedTuple):
    """A foreign object as an array, and what it was."""

    array: NDArray[Any]
    source: str
    """Full name of its type, for messages."""
    channels_first: bool = False
    """Whether that is the habit of its library."""
    clipped: int = 0
    """How many numbers had to be changed to make it one."""


class Stored(NamedTuple):
    """Numbers as they are stored, and what the rule did to them."""

    values: NDArray[Any]
    rule: str
    range: tuple[float, float] | None = None
    clipped: int = 0
    nonfinite: int = 0


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Forbid writing to `array`, which the caller has made, and return it."""
    array.flags.writeable = False
    return array


def own(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only C-ordered copy of `array` in the machine's byte order."""
    dtype = array.dtype.newbyteorder("=")
    return read_only(np.array(array, dtype=dtype, order="C", copy=True, subok=False))


def is_number(value: object) -> bool:
    """Whether `value` is one number of Python's or NumPy's, and no array."""
    return isinstance(value, (bool, int, float, np.generic))


def is_array(value: object) -> TypeGuard[NDArray[Any]]:
    """Whether `value` is a NumPy array."""
    return isinstance(value, np.ndarray)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether `value` is a mapping."""
    return isinstance(value, Mapping)


def is_sequence(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether `value` is a list or a tuple."""
    return isinstance(value, (list, tuple))
