"""Pixels with another number of channels, in 8 and 16 bit alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import read_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MODES", "channels_of", "convert", "on_white"]

MODES: Final = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
"""Modes that pixels can be asked for, and their number of channels."""

_LUMA: Final = np.array([19_595, 38_470, 7_471], np.uint32)
"""ITU-R BT.601 weights of red, green and blue in 1/65536, as Pillow rounds them."""
_BLOCK: Final = 1 << 18
"""Pixels that are converted at once."""


def channels_of(pixels: NDArray[Any]) -> int:
    """Return the number of channels, 1 for shape (height, width)."""
    return 1 if pixels.ndim == 2 else int(pixels.shape[2])  # noqa: PLR2004 - axes


def convert(pixels: NDArray[Any], mode: str) -> NDArray[Any]:
    """Return `pixels` in `mode`, one of `MODES`.

    Grey is repeated into colour; colour becomes luma by ITU-R BT.601; an alpha channel
    is dropped, or added opaque.
    """
    channels = channels_of(pixels)
    if channels == MODES[mode]:
        return pixels
    planes = pixels.reshape(*pixels.shape[:2], channels)
    colour, alpha = planes, None
    if channels in (2, 4):
        colour, alpha = planes[..., :-1], planes[..., -1:]
    if mode.startswith("RGB") and colour.shape[2] == 1:
        colour = np.repeat(colour, 3, axis=2)
    elif mode.startswith("L") and colour.shape[2] == 3:  # noqa: PLR2004 - RGB
        colour = _luma(colour)[..., np.newaxis]
    if mode.endswith("A"):
        if alpha is None:
            alpha = np.full_like(colour[..., :1], np.iinfo(pixels.dtype).max)
        colour = np.concatenate([colour, alpha], axis=2)
    result = colour[..., 0] if mode == "L" else colour
    return read_only(np.array(result, order="C"))


def _luma(colour: NDArray[Any]) -> NDArray[Any]:
    """Return the luma of RGB, some rows at a time, as its sums are 32 bits wide."""
    height, width = colour.shape[:2]
    luma = np.empty((height, width), colour.dtype)
    rows = max(1, _BLOCK // width)
    for top in range(0, height, rows):
        block = colour[top : top + rows].astype(np.uint32)
        luma[top : top + rows] = (block @ _LUMA + 0x8000) >> 16
    return luma


def on_white(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return 8-bit `pixels` with alpha, laid on white, without it."""
    colour, alpha = pixels[..., :-1].astype(np.uint32), pixels[..., -1:]
    mixed = (colour * alpha + 255 * (255 - alpha.astype(np.uint32)) + 127) // 255
    opaque = mixed.astype(np.uint8)
    return read_only(np.array(opaque[..., 0] if opaque.shape[2] == 1 else opaque))
