"""How many pictures a file holds and for how long, without decoding any.

Pillow finds out by going through them, which in a hostile file takes minutes.
"""

from __future__ import annotations

import struct
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAX_FRAMES", "Timing", "count", "timing"]

MAX_FRAMES: Final = 100_000
"""More are refused: each costs a reader time."""

_PNG_START, _RIFF_START, _GIF_HEADER = 8, 12, 13
_FRAME_LENGTH: Final = 16
_EXTENSION, _IMAGE = 0x21, 0x2C
_CONTROL: Final = b"\x21\xf9\x04"
_SHORTEST, _PLAIN = 2, 10
"""Hundredths of a second: a shorter delay in a GIF is shown as the second."""
_HAS_COLOURS, _COLOUR_BITS = 0x80, 0x07


class Timing(NamedTuple):
    """How long the pictures of a file are shown."""

    frames: int
    duration_seconds: float


def count(data: bytes, name: str) -> int | None:
    """Return the number of pictures in a file of format `name`, None if not known.

    Raises
    ------
    mediatypes.errors.DecodeError
        If there are more than 100,000.
    """
    if name == "gif":
        return sum(1 for _ in _times_gif(data))
    if name == "tiff":
        return _in_tiff(data)
    return None


def _checked(frames: int) -> int:
    if frames > MAX_FRAMES:
        msg = f"it holds more than {MAX_FRAMES:,} pictures"
        raise DecodeError(msg)
    return frames


def _colours(flags: int) -> int:
    """Return the bytes of the table of colours that `flags` speak of."""
    return 6 << (flags & _COLOUR_BITS) if flags & _HAS_COLOURS else 0


def _in_tiff(data: bytes) -> int:
    """Count directories along their chain, to its end or where it is broken."""
    order = "<" if data[:2] == b"II" else ">"
    seen: set[int] = set()
    at = _number(data, 4, f"{order}I")
    while at is not None and at and at not in seen:
        entries = _number(data, at, f"{order}H")
        if entries is None:
            break
        seen.add(at)
        _checked(len(seen))
        at = _number(data, at + 2 + 12 * entries, f"{order}I")
    return len(seen)


def _number(data: bytes, at: int, form: str) -> int | None:
    if at + struct.calcsize(form) > len(data):
        return None
    return int(struct.unpack_from(form, data, at)[0])


def timing(data: bytes, name: str) -> Timing | None:
    """Return how many pictures there are and for how long, None if the file is still.

    Nothing is decoded. A delay of less than 0.02 s in a GIF counts as the 0.1 s that
    browsers make of it.

    Raises
    ------
    mediatypes.errors.DecodeError
        If a header breaks off, or there are more than 100,000.
    """
    try:
        delays = list(islice(_TIMES[name](data), MAX_FRAMES + 1))
    except (struct.error, IndexError) as error:
        msg = f"{name}: it breaks off"
        raise DecodeError(msg) from error
    return Timing(_checked(len(delays)), sum(delays)) if delays else None


def _times_png(data: bytes) -> Iterator[float]:
    at = _PNG_START
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"fcTL":
            over, under = struct.unpack_from(">2H", data, at + 28)
            yield over / (under or 100)
        at += 12 + size


def _times_webp(data: bytes) -> Iterator[float]:
    at = _RIFF_START
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        if kind == b"ANMF" and at + 8 + _FRAME_LENGTH <= len(data):
            yield int.from_bytes(data[at + 20 : at + 23], "little") / 1000
        at += 8 + size + (size & 1)


def _times_gif(data: bytes) -> Iterator[float]:
    """Yield delays up to the trailer, or to where the file breaks off."""
    frames = delay = 0
    at = _GIF_HEADER
    try:
        at += _colours(data[10])
        while data[at] in (_EXTENSION, _IMAGE):
            if data[at] == _IMAGE:
                frames = _checked(frames + 1)
                yield (delay if delay >= _SHORTEST else _PLAIN) / 100
                delay = 0
                at += 11 + _colours(data[at + 9])
            else:
                if data[at : at + 3] == _CONTROL:
                    delay = data[at + 4] | data[at + 5] << 8
                at += 2
            while data[at]:
                at += data[at] + 1
            at += 1
    except IndexError:
        pass


_TIMES: Final[dict[str, Callable[[bytes], Iterator[float]]]] = {
    "png": _times_png,
    "webp": _times_webp,
    "gif": _times_gif,
}
