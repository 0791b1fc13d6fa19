"""Pictures on their side: what EXIF orientations mean for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TURNED", "as_stored", "upright"]

TURNED: Final = (5, 6, 7, 8)
"""Orientations that exchange width and height."""

_FLIPS: Final = {
    2: (1, -1),
    3: (-1, -1),
    4: (-1, 1),
    6: (1, -1),
    7: (-1, -1),
    8: (-1, 1),
}
"""Steps down and across after turning, for each orientation that mirrors."""


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return a view of stored pixels that is turned as `orientation`, 1 to 8, asks."""
    if orientation in TURNED:
        pixels = np.swapaxes(pixels, 0, 1)
    down, across = _FLIPS.get(orientation, (1, 1))
    return pixels[::down, ::across]


def as_stored(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return a view of upright pixels that is as they are stored: the way back."""
    down, across = _FLIPS.get(orientation, (1, 1))
    view = pixels[::down, ::across]
    return np.swapaxes(view, 0, 1) if orientation in TURNED else view
