"""Picture files: what they are, and their pixels upright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.colour import channels_of, convert
from mediatypes._core.options import check_percentage
from mediatypes._core.turn import upright
from mediatypes.adapters import files, load
from mediatypes.errors import (
    DecodeError,
    FormatError,
    OptionError,
    UnsupportedInputError,
)
from mediatypes.formats import frames, picture, png, svg
from mediatypes.formats.sniff import Format, by_extension, sniff

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "OPAQUE",
    "PictureFile",
    "check_depth",
    "decode",
    "describe",
    "encode",
    "parse_format",
    "parse_options",
]

FORMATS: Final = ("png", "jpeg", "webp", "bmp", "gif", "tiff")
"""Picture formats that are read and written."""

OPAQUE: Final = frozenset(["jpeg", "bmp", "gif"])
"""Those without alpha, as they are written here."""

_FILE: Final = "a PNG, JPEG, WebP, BMP, GIF, TIFF or SVG file"
_ONLY_FOR: Final = {"quality": ("jpeg", "webp"), "lossless": ("webp",)}
"""Options of the encoder, and the formats that have them."""
_COLOUR: Final = frozenset(["P", "CMYK", "LAB", "YCbCr", "HSV", "RGBX"])
_DTYPES: Final = {"1": "bool", "F": "float32", "I": "int32", "U": "uint32"}
_MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


class PictureFile(NamedTuple):
    """A picture file by its header."""

    format: Format
    facts: dict[str, Any]
    """Upright width and height, channels, dtype and, if several, frames."""


def parse_format(file_type: object, media: str, *, default: str = "png") -> Format:
    """Return the picture format that `file_type`, an extension, asks for.

    Raises
    ------
    mediatypes.errors.OptionError
        If there is none.
    """
    name = default if file_type is None else file_type
    form = by_extension(name) if isinstance(name, str) else None
    if form is None or form.name not in FORMATS:
        raise OptionError(
            media,
            "file_type",
            expected="png, jpg, webp, bmp, gif or tiff",
            received=repr(file_type),
        )
    return form


def check_depth(pixels: NDArray[Any], form: Format, media: str) -> None:
    """Raise `OptionError` if `pixels` have 16 bits and `form` has not."""
    if pixels.itemsize == 1 or form.name == "png":
        return
    if form.name == "tiff" and channels_of(pixels) == 1:
        return
    raise OptionError(
        media,
        "file_type",
        expected="png (or tiff for grey) for 16-bit pixels",
        received=form.extension,
        hint="Pass (x >> 8).astype(np.uint8) to store 8 bits.",
    )


def parse_options(
    form: Format, media: str, quality: object, lossless: object
) -> dict[str, Any]:
    """Return the options of the encoder that are given, if `form` has them.

    Raises
    ------
    mediatypes.errors.OptionError
        If it has not, or a value is none of theirs.
    """
    if quality is None and lossless is None:
        return {}
    percentage = check_percentage(media, "quality", quality)
    options = {"quality": percentage, "lossless": lossless}
    given = {name: value for name, value in options.items() if value is not None}
    if not isinstance(lossless, (bool, type(None))):
        expected, received = "true or false", repr(lossless)
        raise OptionError(media, "lossless", expected=expected, received=received)
    for name, value in given.items():
        if form.name not in _ONLY_FOR[name]:
            raise OptionError(
                media,
                name,
                expected=f"left out unless file_type is {' or '.join(_ONLY_FOR[name])}",
                received=repr(value),
            )
    return given


def encode(
    pixels: NDArray[Any],
    name: str = "png",
    *,
    quality: int | None = None,
    lossless: bool | None = None,
    compression: str = "fast",
) -> bytes:
    """Return `pixels` as a file of format `name`, one of `FORMATS`."""
    if name == "png":
        return png.encode(pixels, compression)
    return picture.encode(pixels, name, quality=quality, lossless=lossless)


def _is_wide_png(data: bytes) -> bool:
    form = sniff(data)
    return form is not None and form.name == "png" and png.header(data).is_wide


def describe(data: bytes, media: str, source: str) -> PictureFile:
    """Return what `data` from `source` is by its header, without decoding pixels.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is none of `FORMATS`, or its header is damaged or claims too much.
    """
    try:
        form = _form_of(data)
        if form.name == "svg":
            return PictureFile(form, _drawing(svg.header(data)))
        count = frames.count(data, form.name)
        head = picture.header(data)
        wide = png.header(data).samples if _is_wide_png(data) else 0
    except FormatError as error:
        raise files.undecodable(media, _FILE, source, error) from error
    width, height = head.upright_size
    facts: dict[str, Any] = {
        "width": width,
        "height": height,
        "channels": _channels(head, wide),
        "dtype": "uint16" if wide else _dtype(head.mode),
    }
    count = head.frames if count is None else count
    if count > 1:
        facts["frames"] = count
    return PictureFile(form, facts)


def _drawing(head: svg.Header) -> dict[str, Any]:
    size = {"width": head.width, "height": head.height}
    return {**size, "channels": 4, "dtype": "uint8"}


def _form_of(data: bytes) -> Format:
    form = sniff(data)
    if form is None or form.name not in (*FORMATS, "svg"):
        msg = "it begins like none of them"
        raise DecodeError(msg)
    return form


def _dtype(mode: str) -> str:
    return "uint16" if mode.startswith("I;") else _DTYPES.get(mode, "uint8")


def _channels(head: picture.Header, wide: int) -> int:
    """Return how many channels there are, where a 16-bit PNG has `wide` samples."""
    if wide:
        return wide + 1 if head.has_transparency and wide % 2 else wide
    if head.mode == "PA" or (head.has_transparency and head.mode in {"P", "RGB"}):
        return 4
    if head.has_transparency and head.mode == "L":
        return 2
    return 3 if head.mode in _COLOUR else head.channels


def decode(
    data: bytes, media: str, source: str, channels: int | None = None
) -> NDArray[Any]:
    """Return the pixels of a picture file, upright, as it holds them.

    Memory is that of the pixels, once, and of the decoder: Pillow has a picture of 1
    byte a pixel, or of 4 where there is colour; for WebP it takes 16 as it decodes.

    That is uint8 or uint16, bool for one bit, and float32, int32 or uint32 for a TIFF
    of floats or of wider or signed integers.

    Parameters
    ----------
    data
        The bytes of the file.
    media, source
        Who asks, and where the bytes are from, for messages.
    channels
        How many channels there were before the format made others of them: WebP and
        GIF have no grey, for example.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is none of `FORMATS`, damaged or truncated.
    mediatypes.errors.UnsupportedInputError
        If it is an SVG file, which is kept and never drawn.
    """
    try:
        if _form_of(data).name == "svg":
            raise UnsupportedInputError(
                media,
                "pixels",
                expected="those of a PNG, JPEG, WebP, BMP, GIF or TIFF file",
                received="an SVG file, which is kept and never drawn",
                source=source,
                hint="Use encode().data for its bytes.",
            )
        pixels = _decode(data)
    except FormatError as error:
        raise files.undecodable(media, _FILE, source, error) from error
    if channels not in _MODES or channels_of(pixels) == channels:
        return pixels
    return convert(pixels, _MODES[channels])


def _decode(data: bytes) -> NDArray[Any]:
    if _is_wide_png(data):
        return upright(png.decode(data), picture.header(data).orientation)
    with picture.opened(data) as image:
        if image.format == "PNG" and _has_black_end(image):
            png.check_rows(data)
        if image.mode == "I":
            # Upright already, as Pillow has it of every TIFF; a Pillow image given as
            # one is 16-bit grey instead.
            signed: NDArray[Any] = load("pillow").read_as_is(image)
            return signed.view(_DTYPES[picture.mode_of(image)])
        return np.asarray(load("pillow").read(image).array)


def _has_black_end(image: Any) -> bool:
    """Whether one of the last two rows is as Pillow leaves a missing one.

    If any row is missing, one of these is, interlaced or not.
    """
    width, height = image.size
    ends = np.asarray(image.crop((0, max(0, height - 2), width, height)))
    return not ends.reshape(ends.shape[0], -1).any(axis=1).all()
