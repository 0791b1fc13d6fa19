"""Ogg pages, by RFC 3533: one serial number for all, so that bytes repeat.

An encoder draws the serial number of a stream at random, and it stands on every
page. Equal sounds have to be equal bytes, so it is set to 0, with the checksums.
"""

from __future__ import annotations

import zlib
from typing import Final

from mediatypes.errors import EncodeError

__all__ = ["with_serial_zero"]

_CAPTURE: Final = b"OggS"
_SERIAL, _CHECKSUM, _SEGMENTS, _HEAD = 14, 22, 26, 27
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def with_serial_zero(data: bytes) -> bytes:
    """Return the one-stream Ogg file `data` with serial number 0 on every page.

    Raises
    ------
    mediatypes.errors.EncodeError
        If `data` is not a whole number of pages.
    """
    file = bytearray(data)
    position = 0
    while position < len(file):
        segments = position + _HEAD
        if not file.startswith(_CAPTURE, position) or segments > len(file):
            msg = f"ogg: there is no page at byte {position}"
            raise EncodeError(msg)
        count = file[position + _SEGMENTS]
        end = segments + count + sum(file[segments : segments + count])
        file[position + _SERIAL : position + _SERIAL + 4] = bytes(4)
        file[position + _CHECKSUM : position + _CHECKSUM + 4] = bytes(4)
        checksum = _checksum(file[position:end])
        file[position + _CHECKSUM : position + _CHECKSUM + 4] = checksum
        position = end
    return bytes(file)


def _checksum(page: bytearray) -> bytes:
    """Return Ogg's CRC-32 of `page`, least significant byte first.

    It is zlib's with the bits of every byte and of the result reversed, and without
    the inversions at both ends.
    """
    crc = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return crc.to_bytes(4, "big").translate(_REVERSED)
