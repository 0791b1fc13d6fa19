from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from mediatypes.errors import EncodeError
from mediatypes.formats import ogg


def encoded(frames: int = 20_000) -> bytes:
    out = io.BytesIO()
    tone = np.sin(np.arange(frames) / 20)
    soundfile.write(out, tone, 8_000, format="OGG", subtype="VORBIS")
    return out.getvalue()


def crc_of_the_standard(page: bytes) -> int:
    """Return the checksum of RFC 3533 §6, one bit at a time."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            carry = register >> 31
            register = (register << 1) & 0xFFFFFFFF
            register ^= 0x04C11DB7 if carry else 0
    return register


def test_every_page_has_serial_zero_and_the_right_checksum() -> None:
    data, position, pages = ogg.with_serial_zero(encoded()), 0, 0
    while position < len(data):
        serial, _, checksum, count = struct.unpack("<IIIB", data[position + 14 :][:13])
        end = position + 27 + count
        end += sum(data[position + 27 : end])
        page = data[position : position + 22] + bytes(4) + data[position + 26 : end]
        assert serial == 0
        assert checksum == crc_of_the_standard(page)
        position, pages = end, pages + 1
    assert pages > 2


def test_the_sound_is_the_same() -> None:
    data = encoded()

    before, _ = soundfile.read(io.BytesIO(data))
    after, _ = soundfile.read(io.BytesIO(ogg.with_serial_zero(data)))

    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("data", [b"text", b"OggS", encoded(10)[5:]])
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(EncodeError, match="no page"):
        ogg.with_serial_zero(data)
