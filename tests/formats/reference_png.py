"""PNG by the letter of the standard, byte by byte: the tests' second opinion."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["chunk", "filtered", "read", "unfiltered", "write"]

COLOUR_TYPES: Final = {1: 0, 2: 4, 3: 2, 4: 6}
CHANNELS: Final = {number: channels for channels, number in COLOUR_TYPES.items()}
ADAM7: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""(first column, first row, columns, rows) of each pass of the standard's table."""


def chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    if pa <= pb and pa <= pc:
        return a
    return b if pb <= pc else c


def _guess(kind: int, a: int, b: int, c: int) -> int:
    return (0, a, b, (a + b) // 2, _paeth(a, b, c))[kind]


def filtered(row: bytes, above: bytes, kind: int, bpp: int) -> bytes:
    """Return a row by one filter, its type first."""
    out = bytearray([kind])
    for i, x in enumerate(row):
        a = row[i - bpp] if i >= bpp else 0
        c = above[i - bpp] if i >= bpp else 0
        out.append((x - _guess(kind, a, above[i], c)) % 256)
    return bytes(out)


def _passes(*, interlaced: bool) -> tuple[tuple[int, int, int, int], ...]:
    return ADAM7 if interlaced else ((0, 0, 1, 1),)


def write(
    pixels: NDArray[Any],
    filters: tuple[int, ...] = (0,),
    *,
    interlaced: bool = False,
    extra: bytes = b"",
) -> bytes:
    """Return a PNG file whose rows use `filters` in turn."""
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    depth = 8 * pixels.itemsize
    bpp = channels * pixels.itemsize
    raw, number = b"", 0
    for x, y, dx, dy in _passes(interlaced=interlaced):
        part = pixels[y::dy, x::dx]
        if not part.size:
            continue
        above = bytes(part.shape[1] * bpp)
        for line in part:
            row = line.astype(line.dtype.newbyteorder(">")).tobytes()
            raw += filtered(row, above, filters[number % len(filters)], bpp)
            above, number = row, number + 1
    head = struct.pack(
        ">IIBBBBB", width, height, depth, COLOUR_TYPES[channels], 0, 0, interlaced
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def unfiltered(raw: bytes, height: int, bpp: int) -> bytes:
    """Return rows without their filters, of `bpp` bytes a pixel."""
    stride = len(raw) // height
    rows, above = b"", bytes(stride - 1)
    for y in range(height):
        number, *line = raw[y * stride : (y + 1) * stride]
        out = bytearray()
        for i, x in enumerate(line):
            a = out[i - bpp] if i >= bpp else 0
            c = above[i - bpp] if i >= bpp else 0
            out.append((x + _guess(number, a, above[i], c)) % 256)
        above = bytes(out)
        rows += above
    return rows


def read(data: bytes) -> NDArray[Any]:
    """Return the pixels of a PNG file with whole bytes and no palette."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    position, packed, head = 8, b"", b""
    while position < len(data):
        (size,) = struct.unpack(">I", data[position : position + 4])
        kind, body = data[position + 4 : position + 8], data[position + 8 :][:size]
        crc = data[position + 8 + size : position + 12 + size]
        assert crc == struct.pack(">I", zlib.crc32(kind + body))
        head = body if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        position += 12 + size
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    assert not interlaced
    channels = CHANNELS[colour]
    bpp = channels * depth // 8
    raw = zlib.decompress(packed)
    assert len(raw) == height * (1 + width * bpp)
    rows = unfiltered(raw, height, bpp)
    pixels = np.frombuffer(rows, f">u{depth // 8}").astype(f"u{depth // 8}")
    shape = (height, width) if channels == 1 else (height, width, channels)
    return pixels.reshape(shape)
