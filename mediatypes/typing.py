"""Type aliases that appear in public signatures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "JSON",
    "ArrayLike",
    "FileLike",
    "Layout",
    "PathLike",
    "PixelArray",
    "Range",
    "Sets",
    "SupportsArray",
]


@runtime_checkable
class SupportsArray(Protocol):
    """Anything that can hand itself over as a NumPy array."""

    def __array__(self, dtype: Any = ..., /) -> NDArray[Any]: ...


PathLike: TypeAlias = str | os.PathLike[str]
"""A path in the file system."""

FileLike: TypeAlias = BinaryIO
"""A file opened for reading bytes."""

ArrayLike: TypeAlias = NDArray[Any] | SupportsArray | Sequence[Any]
"""An array, or nested sequences of numbers."""

PixelArray: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""Pixels as they are stored: 8 or 16 bit."""

Range: TypeAlias = tuple[float, float] | str | None
"""Values that stand for black and white: (low, high), ``"minmax"``, or by dtype."""

Layout: TypeAlias = str
"""Order of the axes in upper case, such as ``"HWC"`` or ``"CF"``."""

Sets: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Annotations of a picture: each set by its name."""

JSON: TypeAlias = (
    bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None
)
"""A value that JSON can write."""
