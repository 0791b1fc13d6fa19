"""How many pictures a GIF or TIFF file holds, without decoding any.

Pillow finds out by going through them, which in a hostile file takes minutes.
"""

from __future__ import annotations

import struct
from typing import Final

from mediatypes.errors import DecodeError

__all__ = ["MAX_FRAMES", "count"]

MAX_FRAMES: Final = 100_000
"""More are refused: each costs a reader time."""

_GIF_HEADER: Final = 13
_EXTENSION, _IMAGE = 0x21, 0x2C
_HAS_COLOURS, _COLOUR_BITS = 0x80, 0x07


def count(data: bytes, name: str) -> int | None:
    """Return the number of pictures in a file of format `name`, None if not known.

    Raises
    ------
    mediatypes.errors.DecodeError
        If there are more than 100,000.
    """
    if name == "gif":
        return _in_gif(data)
    if name == "tiff":
        return _in_tiff(data)
    return None


def _checked(frames: int) -> int:
    if frames > MAX_FRAMES:
        msg = f"it holds more than {MAX_FRAMES:,} pictures"
        raise DecodeError(msg)
    return frames


def _in_gif(data: bytes) -> int:
    """Count image descriptors up to the trailer, or to where the file breaks off."""
    frames, at = 0, _GIF_HEADER
    try:
        at += _colours(data[10])
        while data[at] in (_EXTENSION, _IMAGE):
            if data[at] == _IMAGE:
                frames = _checked(frames + 1)
                at += 11 + _colours(data[at + 9])
            else:
                at += 2
            while data[at]:
                at += data[at] + 1
            at += 1
    except IndexError:
        pass
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
