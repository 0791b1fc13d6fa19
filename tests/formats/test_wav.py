from __future__ import annotations

import io
import struct
import tracemalloc
from typing import Any

import numpy as np
import pytest
import soundfile

from mediatypes.errors import EncodeError
from mediatypes.formats import wav


def chunks(data: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a RIFF file, by the letter of its standard."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WAVE"
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    found, position = {}, 12
    while position < len(data):
        (size,) = struct.unpack("<I", data[position + 4 : position + 8])
        found[data[position : position + 4]] = data[position + 8 :][:size]
        position += 8 + size + size % 2
    assert position == len(data)
    return found


@pytest.mark.parametrize(
    ("subtype", "tag", "bits", "fields"),
    [
        ("PCM_U8", 1, 8, 16),
        ("PCM_16", 1, 16, 16),
        ("PCM_24", 0xFFFE, 24, 40),
        ("PCM_32", 0xFFFE, 32, 40),
        ("FLOAT", 3, 32, 18),
        ("DOUBLE", 3, 64, 18),
    ],
)
def test_the_header_says_what_the_samples_are(
    subtype: str, tag: int, bits: int, fields: int
) -> None:
    dtype = {"FLOAT": "f4", "DOUBLE": "f8", "PCM_U8": "u1"}.get(subtype, "i4")
    found = chunks(wav.encode(np.zeros((5, 2), dtype), 8_000, subtype))
    head = found[b"fmt "]

    block = 2 * bits // 8
    assert struct.unpack("<HHIIHH", head[:16]) == (
        tag,
        2,
        8_000,
        8_000 * block,
        block,
        bits,
    )
    assert len(head) == fields
    assert len(found[b"data"]) == 5 * block
    assert (b"fact" in found) == (tag == 3)
    assert (
        soundfile.info(
            io.BytesIO(wav.encode(np.zeros((5, 2), dtype), 8_000, subtype))
        ).subtype
        == subtype
    )


def test_more_than_two_channels_make_the_header_extensible() -> None:
    found = chunks(wav.encode(np.zeros((5, 3), np.float32), 8_000, "FLOAT"))

    assert struct.unpack("<HH", found[b"fmt "][:4]) == (0xFFFE, 3)
    assert found[b"fact"] == struct.pack("<I", 5)


def test_an_odd_number_of_bytes_is_padded() -> None:
    found = chunks(wav.encode(np.arange(3, dtype=np.uint8), 8_000, "PCM_U8"))

    assert found[b"data"] == b"\0\1\2"


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32"])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_wider_samples_keep_their_level(dtype: Any, subtype: str) -> None:
    limits = np.iinfo(dtype)
    samples = np.array([limits.min, limits.max, limits.max // 2], dtype)
    data = wav.encode(samples, 8_000, subtype)

    found, _ = soundfile.read(io.BytesIO(data), dtype="float64")

    middle = 128 if dtype == "uint8" else 0
    unit = (samples.astype(float) - middle) / (limits.max - middle + 1)
    np.testing.assert_allclose(found, unit, rtol=0, atol=2.0**-15)


def test_more_than_4_gib_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav, "_MAX_BYTES", 10)

    with pytest.raises(EncodeError, match="more than WAV can hold"):
        wav.encode(np.zeros(9, np.int16), 8_000, "PCM_16")


@pytest.mark.parametrize(
    ("dtype", "subtype"),
    [
        ("uint8", "PCM_U8"),
        ("int16", "PCM_16"),
        ("int32", "PCM_32"),
        ("float32", "FLOAT"),
        ("float64", "DOUBLE"),
    ],
)
def test_samples_are_copied_once_into_the_file(dtype: str, subtype: str) -> None:
    samples = np.arange(200_000).reshape(-1, 2).astype(dtype)

    tracemalloc.start()
    data = wav.encode(samples, 8_000, subtype)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert chunks(data)[b"data"] == samples.tobytes()
    assert most < samples.nbytes + 10_000
