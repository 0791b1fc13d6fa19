from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import soundfile

from mediatypes.errors import DecodeError, EncodeError
from mediatypes.formats import sound


def wav(samples: Any, subtype: str) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, 8_000, format="WAV", subtype=subtype)
    return out.getvalue()


@pytest.mark.parametrize(
    ("subtype", "dtype"),
    [
        ("PCM_U8", "uint8"),
        ("PCM_16", "int16"),
        ("PCM_24", "int32"),
        ("PCM_32", "int32"),
        ("FLOAT", "float32"),
        ("DOUBLE", "float64"),
    ],
)
def test_samples_come_in_the_type_that_holds_them(subtype: str, dtype: str) -> None:
    samples = np.array([-1.0, 0.0, 0.5])
    found = sound.decode(wav(samples, subtype))

    expected: Any = {"uint8": [0, 128, 192]}
    assert found.dtype == dtype
    assert found.shape == (3, 1)
    if dtype in expected:
        assert found[:, 0].tolist() == expected[dtype]
    else:
        scale = -float(np.iinfo(dtype).min) if dtype.startswith("int") else 1.0
        np.testing.assert_array_equal(found[:, 0] / scale, samples)


def test_a_header_is_read_without_the_samples() -> None:
    head = sound.header(wav(np.zeros((40, 2)), "PCM_16"))

    assert head == (40, 2, 8_000, "WAV", "PCM_16")


def test_what_libsndfile_cannot_write_is_an_error_of_ours() -> None:
    with pytest.raises(EncodeError, match=r"\Aflac: "):
        sound.encode(np.zeros((5, 9)), 8_000, "flac", "PCM_16")


def test_what_libsndfile_cannot_read_is_an_error_of_ours() -> None:
    for data in (b"", b"text", b"fLaC" + bytes(40)):
        with pytest.raises(DecodeError):
            sound.decode(data)
