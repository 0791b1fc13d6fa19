"""Frames one after the other: their rate, their edges, their order in memory."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from mediatypes._core.colour import on_white
from mediatypes._core.pixels import to_pixels
from mediatypes.errors import ManifestError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from mediatypes._core.arrays import Stored

__all__ = [
    "as_fraction",
    "cropped",
    "in_order",
    "padded",
    "parse_rate",
    "pictures",
    "to_clip",
]

_SLOWEST, _FASTEST = Fraction(1, 100), 1000
_MOST_TERM: Final = 1_000_000
"""Denominator of a frame rate: one that people write is exact."""


def parse_rate(fps: object, media: str) -> Fraction:
    """Return frames per second as the fraction that is meant.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is no number from 0.01 to 1,000.

    Examples
    --------
    >>> parse_rate(29.97, "Video")
    Fraction(2997, 100)
    """
    value = cast("object", fps.item()) if isinstance(fps, np.generic) else fps
    if isinstance(value, (int, float, Fraction)):
        is_within = _SLOWEST <= value <= _FASTEST
        if is_within and not isinstance(value, bool):
            return as_fraction(value)
    raise OptionError(
        media,
        "fps",
        expected=f"frames per second from {float(_SLOWEST):g} to {_FASTEST:,}",
        received=repr(value),
    )


def as_fraction(fps: float | Fraction) -> Fraction:
    """Return the fraction of small numbers that `fps` is nearest to."""
    return Fraction(fps).limit_denominator(_MOST_TERM)


def to_clip(array: NDArray[Any], order: str, source: str) -> tuple[Stored, str]:
    """Return the pixels of `array`, copied in the order in which they lie in memory.

    That is many times as fast as to bring them into another one.

    Parameters
    ----------
    array
        Of any strides.
    order
        A letter for each of its axes.
    source
        What it came from, for messages.

    Returns
    -------
    :
        The pixels, C-ordered, and a letter for each of their axes.

    Raises
    ------
    mediatypes.errors.DtypeError
        If the elements are complex, objects, strings or times.
    """
    axes = np.argsort([-abs(step) for step in array.strides], kind="stable")
    stored = to_pixels(array.transpose(axes), None, source=source, media="Video")
    return stored, "".join(order[axis] for axis in axes)


def in_order(array: NDArray[Any], order: str, wanted: str) -> NDArray[Any]:
    """Return a view of `array`, whose axes are `order`, with its axes as `wanted`."""
    return array.transpose([order.index(letter) for letter in wanted])


def pictures(array: NDArray[Any], order: str, channels: int) -> Iterator[NDArray[Any]]:
    """Yield frames one by one, (height, width), with channels last if several.

    Parameters
    ----------
    array
        uint8, of four axes.
    order
        A letter for each of them.
    channels
        How many are wanted; where there is one more, it is alpha, and laid on white.
    """
    for frame in in_order(array, order, "THWC"):
        picture = np.ascontiguousarray(frame)
        if picture.shape[2] != channels:
            picture = on_white(picture)
        yield picture[..., 0] if picture.shape[2:] == (1,) else picture


def padded(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return `picture`, (height, width, channels), its last row and column repeated.

    Parameters
    ----------
    picture
        No larger than `size`.
    size
        Height and width that it is to have.
    """
    down, across = size[0] - picture.shape[0], size[1] - picture.shape[1]
    if not (down or across):
        return picture
    return np.pad(picture, ((0, down), (0, across), (0, 0)), mode="edge")


def cropped(clip: NDArray[Any], shape: Mapping[str, int]) -> NDArray[Any]:
    """Return `clip`, (time, height, width, channels), in the size that was logged.

    Parameters
    ----------
    clip
        As it was stored.
    shape
        Length of each axis by its letter, of which ``"C"`` does not matter.

    Raises
    ------
    mediatypes.errors.ManifestError
        If it has other frames than that.
    """
    found = clip[:, : shape["H"], : shape["W"]]
    if found.shape[:3] != (shape["T"], shape["H"], shape["W"]):
        msg = "The record of this video names another shape than its file has."
        raise ManifestError(msg)
    return found
