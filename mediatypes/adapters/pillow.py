"""Pillow images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import Plain
from mediatypes._core.colour import channels_of
from mediatypes.adapters import files
from mediatypes.errors import MediaTypesError, OptionError, UnsupportedInputError
from mediatypes.formats.picture import failures, orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["read", "to_image", "to_plain"]

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
_TURNS: Final = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""What makes a picture upright, for each EXIF orientation but the first."""


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
    array = _to_array(_upright(image), source)
    clipped = 0
    if image.mode == "I":
        clipped = int(np.count_nonzero((array < 0) | (array > _WHITE_16)))
        array = np.clip(array, 0, _WHITE_16).astype(np.uint16)
    return Plain(array, source, clipped=clipped)


def _upright(image: Image) -> Image:
    from PIL.Image import Transpose

    image.load()  # Pillow turns a TIFF as it loads, and then says so
    turn = _TURNS.get(orientation(image))
    return image if turn is None else image.transpose(Transpose[turn])


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
