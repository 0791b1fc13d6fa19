"""Pillow images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import Plain
from mediatypes._core.colour import channels_of
from mediatypes._core.turn import TURNED, as_stored, upright
from mediatypes.adapters import files
from mediatypes.errors import MediaTypesError, OptionError, UnsupportedInputError
from mediatypes.formats.picture import failures, orientation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["read", "read_as_is", "to_image", "to_plain"]

_DIRECT: Final = frozenset(["L", "LA", "RGB", "RGBA"])
_WITH_ALPHA: Final = {"L": "LA", "RGB": "RGBA", "P": "RGBA"}
_TARGET: Final = {
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "HSV": "RGB",
    "RGBX": "RGB",
    "La": "LA",
    "RGBa": "RGBA",
    "PA": "RGBA",
}
_WHITE_16: Final = 65_535
_STRIP: Final = 1 << 20
"""Pixels that are taken out of an image at once, since Pillow copies twice."""


def to_plain(image: Image) -> Plain:
    """Return the pixels of an image of the user's, as `read` does.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If the mode is none of Pillow's documented ones.
    mediatypes.errors.DecodeError
        If its pixels are not there: its file is closed, cut or damaged.
    """
    try:
        return read(image)
    except MediaTypesError:
        raise
    except failures() as error:
        source = f"PIL.Image.Image of mode {image.mode}"
        raise files.undecodable("Image", "readable", source, error) from error


def read(image: Image) -> Plain:
    """Return the pixels of `image`, upright, (height, width) or with channels last.

    Palettes, CMYK, YCbCr, LAB and HSV become RGB; a colour that stands for nothing
    becomes an alpha channel. Mode ``1`` becomes bool, ``I`` a 16-bit grey clipped to
    0..65535, ``I;16`` uint16, ``F`` float32.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If the mode is none of Pillow's documented ones.
    """
    source = f"PIL.Image.Image of mode {image.mode}"
    image.load()  # Pillow turns a TIFF as it loads, and then says so
    array = _in_strips(image, orientation(image), lambda part: _to_array(part, source))
    clipped = 0
    if image.mode == "I":
        clipped = int(np.count_nonzero((array < 0) | (array > _WHITE_16)))
        array = np.clip(array, 0, _WHITE_16).astype(np.uint16)
    return Plain(array, source, clipped=clipped)


def read_as_is(image: Image) -> NDArray[Any]:
    """Return the pixels of `image`, neither turned nor converted."""
    image.load()
    return _in_strips(image, 1, np.asarray)


def _in_strips(
    image: Image, turn: int, convert: Callable[[Image], NDArray[Any]]
) -> NDArray[Any]:
    """Return what `convert` makes of `image`, upright, with one copy at a time."""
    width, height = image.size
    rows = max(1, _STRIP // max(1, width))
    if rows >= height:
        return upright(convert(image), turn)
    whole: NDArray[Any] | None = None
    target: NDArray[Any] | None = None
    for top in range(0, height, rows):
        end = min(top + rows, height)
        strip = convert(image.crop((0, top, width, end)))
        if whole is None or target is None:
            size = (width, height) if turn in TURNED else (height, width)
            whole = np.empty((*size, *strip.shape[2:]), strip.dtype)
            target = as_stored(whole, turn)
        target[top:end] = strip
    assert whole is not None  # noqa: S101 - there is a row
    return whole


def _to_array(image: Image, source: str) -> NDArray[Any]:
    mode = image.mode
    if mode == "1":
        return np.asarray(image, dtype=np.bool_)
    if mode == "F":
        return np.asarray(image, dtype=np.float32)
    if mode == "I":
        return np.asarray(image)
    if mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if "transparency" in image.info and mode in _WITH_ALPHA:
        image = image.convert(_WITH_ALPHA[mode])
    elif mode == "P":
        image = image.convert("RGB")
    elif mode == "LAB":
        image = _lab_to_rgb(image)
    elif mode in _TARGET:
        image = image.convert(_TARGET[mode])
    if image.mode not in _DIRECT:
        raise UnsupportedInputError(
            "Image",
            "pixels",
            expected="a Pillow image of a documented mode",
            received=source,
            hint='Pass image.convert("RGB").',
        )
    return np.asarray(image)


def _lab_to_rgb(image: Image) -> Image:
    from PIL import ImageCms

    cms: Any = ImageCms  # whose profiles are a C type without stubs
    lab, rgb = cms.createProfile("LAB"), cms.createProfile("sRGB")
    transform = cms.buildTransform(lab, rgb, "LAB", "RGB")
    converted: Image | None = cms.applyTransform(image, transform)
    return image if converted is None else converted


def to_image(pixels: NDArray[Any]) -> Image:
    """Return stored pixels as a Pillow image.

    Raises
    ------
    mediatypes.errors.OptionError
        For 16-bit colour, which Pillow has no mode for.
    """
    from PIL import Image as Pillow

    if pixels.itemsize > 1 and channels_of(pixels) > 1:
        raise OptionError(
            "Image",
            "pixels",
            expected="8-bit, or 16-bit grey, for a Pillow image",
            received="16-bit colour",
            hint="Use to_numpy().",
        )
    plane = pixels[..., 0] if pixels.shape[2:] == (1,) else pixels
    return Pillow.fromarray(np.array(plane))
