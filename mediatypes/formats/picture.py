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
    from collections.abc import Generator, Mapping

    from PIL.Image import Image

    from mediatypes.typing import PixelArray

__all__ = [
    "Header",
    "encode",
    "failures",
    "header",
    "mode_of",
    "opened",
    "orientation",
]

_ALLOWED: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_COUNTED: Final = ("GIF", "TIFF")
_ORIENTATION: Final = 0x0112
_WIDTH, _HEIGHT, _BITS, _SIGNS = 0x0100, 0x0101, 0x0102, 0x0153
_BYTE: Final = 8
_WIDE_MODES: Final = "IF"
"""What Pillow's modes of more than 8 bits begin with."""

_PNG_EXIF: Final = (b"eXIf", b"profile type", b"xmp")
"""What is in every PNG file with an orientation, wherever Pillow finds it."""

_TURNED: Final = (5, 6, 7, 8)
_GIF_COLOURS: Final = 256
_DEFAULT_QUALITY: Final = 90
_BEST_QUALITY: Final = 100


class Header(NamedTuple):
    """What a picture file says of itself."""

    width: int
    """As stored, which `orientation` may turn."""

    height: int
    channels: int
    mode: str
    frames: int
    """As the header says; 1 for GIF and TIFF, whose pictures have to be counted."""
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
        If it is none of the six formats, claims too many pixels, has more bits than
        Pillow would return, or turns out to be damaged while the image is in use.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Pillow warns of odd tags; what cannot be read is an error all the same.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_ALLOWED) as picture:
                _check_depth(picture)
                yield picture
    except UnidentifiedImageError as error:
        msg = "picture: damaged, or of a kind that is not read"
        raise DecodeError(msg) from error
    except failures() as error:
        msg = f"picture: {str(error) or type(error).__name__}"
        raise DecodeError(msg) from error


def _tags(picture: Image) -> Mapping[int, Any]:
    """Return the tags of a TIFF file, none of another."""
    tags: Mapping[int, Any] = getattr(picture, "tag_v2", {})
    return tags


def _check_depth(picture: Image) -> None:
    """Refuse colour of more than 8 bits, of which Pillow returns the upper ones."""
    bits = max(_tags(picture).get(_BITS, (_BYTE,)))
    if bits > _BYTE and picture.mode[0] not in _WIDE_MODES:
        msg = f"TIFF: colour of {bits} bits is not read; save it as PNG"
        raise DecodeError(msg)


def mode_of(picture: Image) -> str:
    """Return Pillow's name of the form of a pixel, or ``"U"`` for unsigned 32 bits.

    Pillow reads those as signed.
    """
    if picture.mode != "I" or _tags(picture).get(_SIGNS, (1,))[0] != 1:
        return picture.mode
    return "U"


def failures() -> tuple[type[Exception], ...]:
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


def orientation(image: Image) -> int:
    """Return how `image` is to be turned, 1 to 8 as EXIF counts, 1 if it does not say.

    Notes of the camera that are damaged say nothing; damaged pixels raise what Pillow
    raises.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(image.getexif().get(_ORIENTATION, 1))
    except failures():
        image.load()
        return 1


def header(data: bytes) -> Header:
    """Return the header of a picture file, without decoding its pixels."""
    with opened(data) as picture:
        # Pillow's own size of a TIFF is the upright one, of all others the stored one.
        return Header(
            int(_tags(picture).get(_WIDTH, picture.width)),
            int(_tags(picture).get(_HEIGHT, picture.height)),
            len(picture.getbands()),
            mode_of(picture),
            1 if picture.format in _COUNTED else int(getattr(picture, "n_frames", 1)),
            _orientation(picture, data),
            "transparency" in picture.info,
        )


def _orientation(picture: Image, data: bytes) -> int:
    """Return the EXIF orientation, without decoding a PNG that can have none.

    Pillow decodes all pixels of a PNG to look behind them.
    """
    if picture.format == "PNG" and not any(word in data for word in _PNG_EXIF):
        return 1
    return orientation(picture)


def encode(
    pixels: PixelArray,
    name: str,
    *,
    quality: int | None = None,
    lossless: bool | None = None,
    effort: int = 4,
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
    effort
        For WebP, from 0 (fast) to 6 (small). For GIF, 0 is a hundred times as fast, and
        its colours are a little further away.

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
        options |= {"quality": quality or _BEST_QUALITY, "method": effort}
    elif name == "tiff":
        options = {"compression": "tiff_deflate"}
    plane = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels  # noqa: PLR2004 - axes
    out = io.BytesIO()
    try:
        image = Image.fromarray(plane)
        if name == "gif" and not effort and image.getcolors(_GIF_COLOURS) is None:
            octree, plain = Image.Quantize.FASTOCTREE, Image.Dither.NONE
            image = image.quantize(_GIF_COLOURS, octree, dither=plain)
        image.save(out, format=name.upper(), **options)
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"{name}: {error}"
        raise EncodeError(msg) from error
    return out.getvalue()
