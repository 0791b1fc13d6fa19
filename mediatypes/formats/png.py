"""PNG, by the W3C Portable Network Graphics Specification, third edition.

The writer is our own: one filter over all rows at once and one call of a deflate
that works at memory speed take a twentieth of Pillow's time, and 16-bit colour,
which Pillow cannot write, is exact. The reader is for 16 bits, of which Pillow would
return 8 where there is colour; it has Pillow undo the slow filters on 8 of them.
"""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mediatypes._core import scanlines
from mediatypes._core.checksum import FAST_ZLIB, crc32
from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mediatypes.typing import PixelArray

__all__ = [
    "COMPRESSIONS",
    "MAX_PIXELS",
    "Header",
    "check_rows",
    "decode",
    "encode",
    "header",
]

COMPRESSIONS: Final = ("fast", "small")
"""Files soon, or small files; the pixels are the same."""
MAX_PIXELS: Final = 89_478_485
"""Most pixels that are decoded: Pillow's own limit, 256 MiB of 3-byte pixels."""

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPE: Final = {1: 0, 2: 4, 3: 2, 4: 6}
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {
    0: (1, 2, 4, 8, 16),
    2: (8, 16),
    3: (1, 2, 4, 8),
    4: (8, 16),
    6: (8, 16),
}
_GREY, _RGB = 0, 2
_WIDE: Final = 16
_SMALL_LEVEL: Final = 7
"""Of zlib; 9 takes twice the time for less than a hundredth of the bytes."""
_MAX_CHUNK: Final = 1 << 30
_PIECE, _BLOCK = 1 << 16, 1 << 20
"""Bytes that are inflated at once, and that come of it at most."""
_ADAM7: Final = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
_AT_ONCE: Final = ((0, 0, 1, 1),)
"""First row and column of each pass, and the steps down and across."""


def _deflate(data: NDArray[np.uint8]) -> bytes:
    if FAST_ZLIB is not None:
        packed: bytes = FAST_ZLIB.compress(data, 1)
        return packed
    return _squeezed(data, 1, zlib.Z_RLE)


def _squeezed(data: NDArray[np.uint8], level: int, strategy: int) -> bytes:
    squeezer = zlib.compressobj(level, zlib.DEFLATED, 15, 9, strategy)
    return squeezer.compress(data.data) + squeezer.flush()


def _smallest(rows: NDArray[np.uint8], stride: int) -> bytes:
    """Return rows deflated by the best of three ways, as a quick try of each tells.

    Photographs want a filter for each row and no long matches, screens and plots one
    filter or none for all rows and every match there is.
    """
    ways = (
        (scanlines.adapted(rows, stride), zlib.Z_FILTERED),
        (scanlines.upward(rows), zlib.Z_DEFAULT_STRATEGY),
        (scanlines.unfiltered(rows), zlib.Z_DEFAULT_STRATEGY),
    )
    filtered, strategy = min(ways, key=lambda way: len(_deflate(way[0])))
    return _squeezed(filtered, _SMALL_LEVEL, strategy)


def _chunk(kind: bytes, data: bytes | memoryview) -> list[bytes | memoryview]:
    crc = crc32(data, crc32(kind))
    return [struct.pack(">I", len(data)) + kind, data, struct.pack(">I", crc)]


_END: Final = b"".join(_chunk(b"IEND", b""))


def encode(pixels: PixelArray, compression: str = "fast") -> bytes:
    """Return `pixels` as a PNG file.

    Parameters
    ----------
    pixels
        Shape (height, width) or (height, width, channels) with 1 (grey), 2 (grey,
        alpha), 3 (RGB) or 4 (RGBA) channels; uint8 or uint16, C-ordered, no side 0.
    compression
        One of `COMPRESSIONS`.

    Notes
    -----
    Every row has filter type 2 (Up, §9.2), which numpy computes for all rows at once.
    Where small files are wanted, the best of three ways is taken, at thirty times the
    time and more.
    """
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]  # noqa: PLR2004 - axes
    samples = pixels if pixels.itemsize == 1 else pixels.astype(">u2")
    rows = samples.reshape(height, -1).view(np.uint8)
    if compression == "small":
        packed = memoryview(_smallest(rows, channels * pixels.itemsize))
    else:
        packed = memoryview(_deflate(scanlines.upward(rows)))
    parts = [_start(width, height, 8 * pixels.itemsize, _COLOUR_TYPE[channels])]
    for start in range(0, len(packed), _MAX_CHUNK):
        parts += _chunk(b"IDAT", packed[start : start + _MAX_CHUNK])
    parts.append(_END)
    return b"".join(parts)


@lru_cache(64)
def _start(width: int, height: int, depth: int, colour_type: int) -> bytes | memoryview:
    """Return what comes before the pixels."""
    fields = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"".join([_SIGNATURE, *_chunk(b"IHDR", fields)])


class Header(NamedTuple):
    """What the first chunk of a PNG file says."""

    width: int
    height: int
    depth: int
    colour_type: int
    interlaced: bool

    @property
    def samples(self) -> int:
        """Samples in a pixel, 1 for a palette."""
        return _SAMPLES[self.colour_type]

    @property
    def is_wide(self) -> bool:
        """Whether a sample has 16 bits."""
        return self.depth == _WIDE


def header(data: bytes) -> Header:
    """Return the header of a PNG file.

    Raises
    ------
    mediatypes.errors.DecodeError
        If `data` does not begin like a PNG file, or claims more than 89 million
        pixels.
    """
    if data[:8] != _SIGNATURE or data[8:16] != b"\0\0\0\rIHDR" or len(data) < 33:  # noqa: PLR2004 - signature and first chunk
        msg = "PNG: the file has no header"
        raise DecodeError(msg)
    width, height, depth, colour, _, _, interlace = struct.unpack_from(
        ">IIBBBBB", data, 16
    )
    if zlib.crc32(data[12:29]) != int.from_bytes(data[29:33], "big"):
        msg = "PNG: the header does not match its checksum"
        raise DecodeError(msg)
    if depth not in _DEPTHS.get(colour, ()) or interlace > 1:
        msg = f"PNG: no such colour type {colour} with {depth} bits"
        raise DecodeError(msg)
    if not 0 < width * height <= MAX_PIXELS:
        msg = f"PNG: {width} x {height} pixels are none or more than {MAX_PIXELS}"
        raise DecodeError(msg)
    return Header(width, height, depth, colour, interlace == 1)


def decode(data: bytes) -> NDArray[np.uint16]:
    """Return the pixels of a PNG file with 16 bits.

    Returns
    -------
    Shape (height, width) for grey, else (height, width, channels) with 2 (grey, alpha),
    3 (RGB) or 4 (RGBA) channels. A colour that stands for nothing becomes alpha.

    Raises
    ------
    mediatypes.errors.DecodeError
        If the file has not 16 bits, is damaged, truncated or too large.
    """
    head = header(data)
    if not head.is_wide:
        msg = f"PNG: {head.depth} bits are not 16"
        raise DecodeError(msg)
    packed: list[memoryview] = []
    nothing = None
    for kind, body in _chunks(data):
        if kind == b"IDAT":
            packed.append(body)
        elif kind == b"tRNS" and head.colour_type in (_GREY, _RGB):
            nothing = np.frombuffer(body, ">u2")
    pixels = _pixels(packed, head)
    if nothing is not None and nothing.size == head.samples:
        seen = (pixels != nothing).any(axis=2, keepdims=True)
        pixels = np.concatenate([pixels, seen * np.uint16(0xFFFF)], axis=2)
    return pixels[..., 0] if pixels.shape[2] == 1 else pixels


def check_rows(data: bytes) -> None:
    """Raise `DecodeError` if rows of the PNG file `data` are missing.

    Pillow leaves them black where the deflated data are whole but too short. Checksums
    are not looked at: this is for files that have been read.
    """
    head = header(data)
    parts: list[memoryview] = []
    view, position = memoryview(data), len(_SIGNATURE)
    while position + 8 <= len(view):
        (size,) = struct.unpack_from(">I", view, position)
        if bytes(view[position + 4 : position + 8]) == b"IDAT":
            parts.append(view[position + 8 : position + 8 + size])
        position += 12 + size
    expected = sum(height * row for height, row in _passes(head))
    for _ in _inflated(parts, expected):
        pass


def _passes(head: Header) -> list[tuple[int, int]]:
    """Return the rows of each pass, and the bytes of a row with its filter."""
    found: list[tuple[int, int]] = []
    for y, x, dy, dx in _ADAM7 if head.interlaced else _AT_ONCE:
        height, width = -(-(head.height - y) // dy), -(-(head.width - x) // dx)
        row = 1 + -(-width * head.samples * head.depth // 8)
        found.append((height, row) if height > 0 and width > 0 else (0, 0))
    return found


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(data)
    position = len(_SIGNATURE)
    while position + 12 <= len(view):
        (size,) = struct.unpack_from(">I", view, position)
        kind = bytes(view[position + 4 : position + 8])
        body = view[position + 8 : position + 8 + size]
        crc = view[position + 8 + size : position + 12 + size]
        if len(crc) < 4 or zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(crc):  # noqa: PLR2004 - a CRC
            msg = f"PNG: chunk {kind!r} is torn or does not match its checksum"
            raise DecodeError(msg)
        yield kind, body
        if kind == b"IEND":
            return
        position += 12 + size
    msg = "PNG: the file ends before its last chunk"
    raise DecodeError(msg)


def _pixels(packed: list[memoryview], head: Header) -> NDArray[np.uint16]:
    """Return the pixels, inflated and unfiltered some rows at a time."""
    sizes = _passes(head)
    source = _inflated(packed, sum(height * row for height, row in sizes))
    pixels = np.empty((head.height, head.width, head.samples), np.uint16)
    places = _ADAM7 if head.interlaced else _AT_ONCE
    raw = bytearray()
    for (y, x, dy, dx), (height, row) in zip(places, sizes, strict=True):
        target = pixels[y::dy, x::dx]
        above = np.zeros(max(0, row - 1), np.uint8)
        at_once = max(1, _BLOCK // max(1, row))
        for start in range(0, height, at_once):
            count = min(at_once, height - start)
            while len(raw) < count * row:
                raw += next(source)
            rows = np.frombuffer(bytes(raw[: count * row]), np.uint8)
            del raw[: count * row]
            part = _unfilter(rows.reshape(count, row), 2 * head.samples, above)
            above = part[-1]
            levels = part.view(">u2").reshape(count, -1, head.samples)
            target[start : start + count] = levels
    return pixels


def _inflated(packed: list[memoryview], expected: int) -> Iterator[bytes]:
    """Yield `expected` bytes of deflated data in pieces.

    Raises
    ------
    mediatypes.errors.DecodeError
        If there are fewer.
    """
    inflater, left = zlib.decompressobj(), expected
    pieces = (
        part[start : start + _PIECE]
        for part in packed
        for start in range(0, len(part), _PIECE)
    )
    try:
        for piece in pieces:
            rest: bytes | memoryview = piece
            while left:
                raw = inflater.decompress(rest, min(left, _BLOCK))
                left -= len(raw)
                rest = inflater.unconsumed_tail
                if raw:
                    yield raw
                elif not rest:
                    break
            if not left:
                return
    except zlib.error as error:
        msg = f"PNG: {error}"
        raise DecodeError(msg) from error
    msg = f"PNG: {expected - left} bytes of pixels instead of {expected}"
    raise DecodeError(msg)


def _unfilter(
    rows: NDArray[np.uint8], stride: int, above: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Undo the filters of §9.2; column 0 of `rows` names each row's filter.

    `above` is the row before them, of zeros for the first.
    """
    kinds, filtered = rows[:, 0], rows[:, 1:]
    if (kinds == scanlines.UP).all():
        out = np.array(filtered)
        out[0] += above
        return np.add.accumulate(out, axis=0, dtype=np.uint8, out=out)
    if kinds.max() > 4:  # noqa: PLR2004 - the last filter of the standard
        msg = f"PNG: no such filter {kinds.max()}"
        raise DecodeError(msg)
    whole = np.zeros((len(rows) + 1, rows.shape[1]), np.uint8)
    whole[0, 1:], whole[1:] = above, rows
    out = np.empty(filtered.shape, np.uint8)
    for byte in range(2):
        half = np.concatenate([whole[:, :1], whole[:, 1 + byte :: 2]], axis=1)
        out[:, byte::2] = _unfiltered_bytes(half, stride // 2)
    return out


def _unfiltered_bytes(rows: NDArray[np.uint8], samples: int) -> NDArray[np.uint8]:
    """Return all but the first of filtered rows of 8-bit samples, as Pillow has them.

    A filter looks at the same byte of other pixels only, so the upper and the lower
    bytes of 16-bit samples are each rows of an 8-bit picture.
    """
    from PIL import Image

    width = (rows.shape[1] - 1) // samples
    parts = [_start(width, len(rows), 8, _COLOUR_TYPE[samples])]
    parts += [*_chunk(b"IDAT", zlib.compress(rows.tobytes(), 0)), _END]
    with Image.open(io.BytesIO(b"".join(parts)), formats=("PNG",)) as picture:
        return np.asarray(picture).reshape(len(rows), -1)[1:]
