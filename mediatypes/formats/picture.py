"""JPEG, WebP, BMP, GIF and TIFF, written and read by Pillow.

Formats are an allow-list, so nothing here starts Ghostscript, and a header that
claims more pixels than Pillow's limit is an error before anything is decoded.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes.errors import DecodeError, EncodeError

if TYPE_CHECKING:
    from collections.abc import Generator

    from PIL.Image import Image

    from mediatypes.typing import PixelArray

__all__ = ["Header", "encode", "header", "opened"]

_ALLOWED: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_ORIENTATION: Final = 0x0112
_TURNED: Final = (5, 6, 7, 8)
_DEFAULT_QUALITY: Final = 90
_BEST_QUALITY: Final = 100


class Header(NamedTuple):
    """What a picture file says of itself."""

    width: int
    height: int
    channels: int
    mode: str
    frames: int
    orientation: int
    has_transparency: bool
    """Whether one colour, or some of a palette, stand for nothing."""

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height after the EXIF orientation has been followed."""
        if self.orientation in _TURNED:
            return self.height, self.width
        return self.width, self.height


@contextmanager
def opened(data: bytes) -> Generator[Image]:
    """Yield `data` as a lazily decoded Pillow image, in silence.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is none of the six formats, claims too many pixels, or turns out to be
        damaged while the image is in use.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow warns of odd tags; what cannot be read is an error all the same.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_ALLOWED) as picture:
                yield picture
    except _failures() as error:
        msg = f"picture: {str(error) or type(error).__name__}"
        raise DecodeError(msg) from error


def _failures() -> tuple[type[Exception], ...]:
    """Return every exception that Pillow is known to raise on damaged files."""
    from PIL import Image

    return (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        EOFError,
        KeyError,
        IndexError,
        OverflowError,
        MemoryError,
        ZeroDivisionError,
        AttributeError,
        struct.error,
        zlib.error,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    )


def header(data: bytes) -> Header:
    """Return the header of a picture file, without decoding its pixels."""
    with opened(data) as picture:
        return Header(
            picture.width,
            picture.height,
            len(picture.getbands()),
            picture.mode,
            int(getattr(picture, "n_frames", 1)),
            int(picture.getexif().get(_ORIENTATION, 1)),
            "transparency" in picture.info,
        )


def encode(
    pixels: PixelArray, name: str, *, quality: int | None, lossless: bool | None
) -> bytes:
    """Return `pixels` as a file of format `name`.

    Parameters
    ----------
    pixels
        Shape (height, width) or (height, width, channels); uint8 with 1 to 4
        channels, or uint16 with 1 for TIFF.
    name
        ``"jpeg"``, ``"webp"``, ``"bmp"``, ``"gif"`` or ``"tiff"``.
    quality
        1 to 100 for JPEG (90 if not said) and lossy WebP.
    lossless
        For WebP; true unless a quality is given.

    Raises
    ------
    mediatypes.errors.EncodeError
        If Pillow cannot write them.
    """
    from PIL import Image

    options: dict[str, Any] = {}
    if name == "jpeg":
        options = {"quality": quality or _DEFAULT_QUALITY}
    elif name == "webp":
        exact = quality is None if lossless is None else lossless
        # "exact" keeps the colour of pixels that cannot be seen.
        options = {"lossless": exact, "exact": True}
        options["quality"] = quality or _BEST_QUALITY
    elif name == "tiff":
        options = {"compression": "tiff_deflate"}
    plane = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels  # noqa: PLR2004 - axes
    out = io.BytesIO()
    try:
        Image.fromarray(plane).save(out, format=name.upper(), **options)
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"{name}: {error}"
        raise EncodeError(msg) from error
    return out.getvalue()
