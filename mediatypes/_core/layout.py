"""The order of axes: where channels stand, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes.errors import LayoutError, ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes._core.arrays import Plain

__all__ = ["MAX_PIXELS", "MAX_SIDE", "check_clip", "to_frames", "to_height_width"]

MAX_SIDE: Final = 65_500
"""Largest height or width, JPEG's own limit of 65,535 rounded down."""

MAX_PIXELS: Final = 89_478_485
"""Largest area: beyond it Pillow warns of a decompression bomb."""

MAX_CLIP_SIDE: Final = 16_383
"""Largest height or width of a video, WebP's own limit."""

_CHANNELS: Final = (1, 2, 3, 4)
_FLAT, _DEEP, _BATCH = 2, 3, 4  # axes of a grey picture, of a picture, of a batch
_LAST: Final = "height × width, or height × width × 1, 2, 3 or 4 channels"
_FIRST: Final = "height × width, or 1, 2, 3 or 4 channels × height × width"
_CLIPS: Final = {
    "TCHW": "time × 1, 2, 3 or 4 channels × height × width",
    "THWC": "time × height × width × 1, 2, 3 or 4 channels",
}
_CLIP, _CLIPS_AXES = 4, 5  # axes of a video, of many
_FRAMES: Final = "frames, or frames × channels"
_BATCH_HINT: Final = (
    "Pass Image.batch(x) for a list of images, or Image.grid(x, columns=8) for one."
)


def to_height_width(plain: Plain, layout: str | None) -> NDArray[Any]:
    """Return the array of `plain` as (height, width) or (height, width, channels).

    Parameters
    ----------
    plain
        The array, and whether its library is used to channels first.
    layout
        ``"HWC"`` or ``"CHW"`` where the caller says so.

    Raises
    ------
    mediatypes.errors.LayoutError
        If channels seem to come first, and nobody said so.
    mediatypes.errors.ShapeError
        If the axes are not those of one picture, one of them is empty or longer than
        65,500, or there are more than 89,478,485 pixels.
    """
    array = plain.array
    first = plain.channels_first if layout is None else layout == "CHW"
    if array.ndim == _DEEP and first:
        array = np.moveaxis(array, 0, -1)
    if array.ndim not in (_FLAT, _DEEP) or (
        array.ndim == _DEEP and array.shape[2] not in _CHANNELS
    ):
        raise _refusal(plain, first=first, said=layout is not None)
    height, width = array.shape[:2]
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise _size_error(plain, f"1 to {MAX_SIDE:,} pixels high and wide")
    if height * width > MAX_PIXELS:
        raise _size_error(plain, f"of at most {MAX_PIXELS:,} pixels")
    return array


def _size_error(plain: Plain, expected: str) -> ShapeError:
    return ShapeError(
        "Image",
        "pixels",
        expected=expected,
        received=f"shape {plain.array.shape}",
        source=plain.source,
    )


def _refusal(plain: Plain, *, first: bool, said: bool) -> ShapeError:
    shape, kind, hint = plain.array.shape, ShapeError, ""
    if len(shape) == _BATCH:
        hint = _BATCH_HINT
    elif len(shape) == _DEEP and 0 not in shape:
        if shape[2 if first else 0] in _CHANNELS:
            kind = ShapeError if said else LayoutError
            order = ("HWC", "last") if first else ("CHW", "first")
            hint = f'Pass layout="{order[0]}" if channels come {order[1]}.'
        else:
            hint = _BATCH_HINT
    return kind(
        "Image",
        "pixels",
        expected=_FIRST if first else _LAST,
        received=f"shape {shape}",
        source=plain.source,
        hint=hint,
    )


def to_frames(
    plain: Plain, layout: str | None, *, most: int, form: str
) -> NDArray[Any]:
    """Return the array of `plain` as (frames,) or (frames, channels).

    Parameters
    ----------
    plain
        The array, and whether its library is used to channels first.
    layout
        ``"FC"`` or ``"CF"`` where the caller says so.
    most
        Channels that fit into a file.
    form
        Name of its format, for messages.

    Raises
    ------
    mediatypes.errors.LayoutError
        If there are more channels than frames, and nobody said so.
    mediatypes.errors.ShapeError
        If there are other axes, no channel, or too many.
    """
    array = plain.array
    first = plain.channels_first if layout is None else layout == "CF"
    if array.ndim == _FLAT and first:
        array = array.T
    received, source = f"shape {plain.array.shape}", plain.source
    if array.ndim not in (1, _FLAT) or array.shape[1:] == (0,):
        raise ShapeError(
            "Audio", "samples", expected=_FRAMES, received=received, source=source
        )
    frames, channels = array.shape[0], array.shape[1] if array.ndim == _FLAT else 1
    if layout is None and 0 < frames < channels:
        order = ("FC", "frames") if first else ("CF", "channels")
        raise LayoutError(
            "Audio",
            "samples",
            expected=f"{_FRAMES} with no more channels than frames",
            received=received,
            source=source,
            hint=f'Pass layout="{order[0]}" if {order[1]} come first.',
        )
    if channels > most:
        expected = f"at most {most} channels in {form}"
        raise ShapeError(
            "Audio", "samples", expected=expected, received=received, source=source
        )
    return array


def check_clip(plain: Plain, layout: str | None) -> str:
    """Return the order of axes of a video, ``"TCHW"`` or ``"THWC"``.

    Parameters
    ----------
    plain
        The array; channels come before height and width whatever its library.
    layout
        What the caller says of it.

    Raises
    ------
    mediatypes.errors.LayoutError
        If axis 1 cannot be channels and the last one can, and nobody said so.
    mediatypes.errors.ShapeError
        If the axes are not those of one video, one of them is empty, or frames are
        larger than 16,383 pixels a side or 89,478,485 in all.
    """
    order, shape = layout or "TCHW", plain.array.shape
    if len(shape) != _CLIP or shape[order.index("C")] not in _CHANNELS:
        raise _clip_refusal(plain, order, said=layout is not None)
    height, width = shape[order.index("H")], shape[order.index("W")]
    expected = ""
    if not shape[0]:
        expected = "at least 1 frame"
    elif not (0 < height <= MAX_CLIP_SIDE and 0 < width <= MAX_CLIP_SIDE):
        expected = f"1 to {MAX_CLIP_SIDE:,} pixels high and wide"
    elif height * width > MAX_PIXELS:
        expected = f"of at most {MAX_PIXELS:,} pixels a frame"
    if expected:
        raise ShapeError(
            "Video",
            "frames",
            expected=expected,
            received=f"shape {shape}",
            source=plain.source,
        )
    return order


def _clip_refusal(plain: Plain, order: str, *, said: bool) -> ShapeError:
    shape, kind, hint = plain.array.shape, ShapeError, ""
    other = "THWC" if order == "TCHW" else "TCHW"
    if len(shape) == _CLIP and shape[other.index("C")] in _CHANNELS:
        kind = ShapeError if said else LayoutError
        place = "last" if order == "TCHW" else "second"
        hint = f'Pass layout="{other}" if channels come {place}.'
    elif len(shape) == _CLIPS_AXES:
        hint = "Pass Video.grid(x) for one video of all, or a list of videos to log."
    elif len(shape) == _DEEP:
        hint = "Pass x[:, None] if these are grey frames."
    return kind(
        "Video",
        "frames",
        expected=_CLIPS[order],
        received=f"shape {shape}",
        source=plain.source,
        hint=hint,
    )
