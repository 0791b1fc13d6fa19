"""Animated PNG, WebP and GIF: still pictures in, one file out.

Each picture is a file of its own kind first, so only one is in memory at a time, and
equal neighbours stay two, which Pillow's own writers make one.
"""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Final

from mediatypes.errors import EncodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["delay_of", "join"]

_PARTS: Final = {"png": None, "webp": 1000, "gif": 100}
"""Parts of a second that a delay is a whole number of; any fraction in PNG."""

_MOST_TERM: Final = 65_535
_MOST_BYTES: Final = {"png": 2**31 - 1, "webp": 2**32 - 2, "gif": 2**32}
_PNG_START, _RIFF_START, _GIF_HEADER = 8, 12, 13
_EXTENSION, _TRAILER = 0x21, 0x3B
_CONTROL: Final = b"\x21\xf9\x04"
_MOVES, _HAS_ALPHA, _FLAGS_AT = 0x02, 0x10, 20
_USES_ALPHA, _ALPHA_AT = 0x10, 28
_HAS_COLOURS, _COLOUR_BITS = 0x80, 0x07


def delay_of(index: int, fps: Fraction, name: str) -> Fraction:
    """Return how long picture `index` is shown, in seconds, as format `name` can say.

    Rounding never adds up: each picture ends where it would, to the nearest part.
    """
    parts = _PARTS[name]
    if parts is not None:
        last, first = round((index + 1) * parts / fps), round(index * parts / fps)
        return Fraction(last - first, parts)
    delay = 1 / fps
    if max(delay.numerator, delay.denominator) <= _MOST_TERM:
        return delay
    return delay.limit_denominator(_MOST_TERM // max(1, ceil(delay)))


def join(
    stills: Iterable[bytes], delays: Iterable[Fraction], name: str, count: int
) -> bytes:
    """Return pictures as one file that repeats for ever.

    Parameters
    ----------
    stills
        Files of format `name`, one for each picture, all of one size.
    delays
        Seconds that each is shown.
    name
        ``"png"``, ``"webp"`` or ``"gif"``.
    count
        How many there are.

    Raises
    ------
    mediatypes.errors.EncodeError
        If the file would be larger than its format can say.
    """
    out = bytearray()
    for piece in _JOINERS[name](zip(stills, delays, strict=True), count):
        out += piece
        if len(out) > _MOST_BYTES[name]:
            msg = f"{name}: larger than such a file can be"
            raise EncodeError(msg)
    if name == "webp":
        _finish_webp(out)
    return bytes(out)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", check)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _PNG_START
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size


def _join_png(
    pictures: Iterable[tuple[bytes, Fraction]], count: int
) -> Iterator[bytes]:
    """Follow the W3C specification, third edition, 11.3.6."""
    number = 0
    for index, (still, delay) in enumerate(pictures):
        for kind, data in _png_chunks(still):
            if kind == b"IHDR":
                if not index:
                    yield still[:_PNG_START] + _png_chunk(kind, data)
                    yield _png_chunk(b"acTL", struct.pack(">2I", count, 0))
                yield _png_chunk(b"fcTL", _control(number, data[:8], delay))
                number += 1
            elif kind == b"IDAT" and not index:
                yield _png_chunk(kind, data)
            elif kind == b"IDAT":
                yield _png_chunk(b"fdAT", struct.pack(">I", number) + data)
                number += 1
    yield _png_chunk(b"IEND", b"")


def _control(number: int, size: bytes, delay: Fraction) -> bytes:
    place, span = (0, 0), (delay.numerator, delay.denominator)
    return struct.pack(">I8s2I2H2B", number, size, *place, *span, 0, 0)


def _riff_chunks(data: bytes | bytearray) -> Iterator[tuple[bytes, bytes]]:
    at = _RIFF_START
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        yield kind, bytes(data[at + 8 : at + 8 + size])
        at += 8 + size + (size & 1)


def _join_webp(
    pictures: Iterable[tuple[bytes, Fraction]], count: int
) -> Iterator[bytes]:
    """Follow RFC 9649, 2.7."""
    del count
    for index, (still, delay) in enumerate(pictures):
        # Sizes are in the first bytes of lossless data, RFC 9649, 3.4.
        data = dict(_riff_chunks(still))[b"VP8L"]
        bits = int.from_bytes(data[1:5], "little")
        size = struct.pack("<HBHB", bits & 0x3FFF, 0, bits >> 14 & 0x3FFF, 0)
        if not index:
            yield b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<2I", 10, _MOVES) + size
            yield b"ANIM" + struct.pack("<IIH", 6, 0, 0)
        span = round(delay * 1000).to_bytes(3, "little")
        frame = bytes(6) + size + span + b"\x02"  # replaces what was there
        inner = b"VP8L" + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)
        yield b"ANMF" + struct.pack("<I", len(frame) + len(inner)) + frame + inner


def _finish_webp(file: bytearray) -> None:
    """Write the length of the file, and whether a picture of it has alpha."""
    file[4:8] = struct.pack("<I", len(file) - 8)
    for kind, data in _riff_chunks(file):
        if kind == b"ANMF" and data[_ALPHA_AT] & _USES_ALPHA:
            file[_FLAGS_AT] |= _HAS_ALPHA


def _join_gif(
    pictures: Iterable[tuple[bytes, Fraction]], count: int
) -> Iterator[bytes]:
    """Follow GIF89a; each picture has colours of its own."""
    del count
    for index, (still, delay) in enumerate(pictures):
        flags = still[10]
        colours = still[_GIF_HEADER : _GIF_HEADER + _colours(flags)]
        if not index:
            yield b"GIF89a" + still[6:10] + b"\x70\0\0"
            yield b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
        at = _GIF_HEADER + len(colours)
        while still[at] == _EXTENSION:
            at = _after_blocks(still, at + 2)
        yield _CONTROL + struct.pack("<BHBB", 4, round(delay * 100), 0, 0)
        own = still[at + 9] & 0x78 | _HAS_COLOURS | flags & _COLOUR_BITS
        yield still[at : at + 9] + bytes([own]) + colours + still[at + 10 : -1]
    yield bytes([_TRAILER])


def _colours(flags: int) -> int:
    """Return the bytes of the table of colours that `flags` speak of."""
    return 6 << (flags & _COLOUR_BITS) if flags & _HAS_COLOURS else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


_JOINERS: Final[
    dict[str, Callable[[Iterable[tuple[bytes, Fraction]], int], Iterator[bytes]]]
] = {"png": _join_png, "webp": _join_webp, "gif": _join_gif}
