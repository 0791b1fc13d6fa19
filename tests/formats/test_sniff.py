from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from PIL import Image as Pillow

from mediatypes.formats.sniff import by_extension, format_of, sniff


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_what_pillow_writes_is_recognised(form: str) -> None:
    out = io.BytesIO()
    Pillow.new("RGB", (3, 3)).save(out, form)

    found = sniff(out.getvalue())

    assert found is not None
    assert found.name == form.lower()
    assert found.mime == Pillow.MIME[form]


@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3"])
def test_what_libsndfile_writes_is_recognised(form: str) -> None:
    out = io.BytesIO()
    soundfile.write(out, np.zeros(5_000), 8_000, format=form)

    found = sniff(out.getvalue())

    assert found is not None
    assert found.name == {"WAVEX": "wav", "RF64": "wav"}.get(form, form.lower())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"RIFF",
        b"RIFF\0\0\0\0AVI ",
        b"RIFF\0\0\0\0",
        b"<html/>",
        b"\xff\xf1\x50",
    ],
)
def test_what_is_none_of_ours_is_not_recognised(data: bytes) -> None:
    assert sniff(data) is None


@pytest.mark.parametrize(
    ("extension", "name"),
    [
        ("jpg", "jpeg"),
        (".JPEG", "jpeg"),
        ("tif", "tiff"),
        ("wave", "wav"),
        ("oga", "ogg"),
    ],
)
def test_an_extension_may_have_other_spellings(extension: str, name: str) -> None:
    form = by_extension(extension)

    assert form is not None
    assert form.name == name
    assert by_extension("exe") is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", "mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0", "mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm", "webm"),
        (b"\x1f\x8b\x08" + bytes(9), "gzip"),
        (b"PK\3\4" + bytes(8), "zip"),
        (b"%PDF-1.7 abc", "pdf"),
        (b"PAR1" + bytes(8), "parquet"),
    ],
)
def test_containers_are_recognised_by_their_first_bytes(data: bytes, name: str) -> None:
    found = sniff(data)

    assert found is not None
    assert found.name == name


def test_a_matroska_file_is_no_webm() -> None:
    head = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x88matroska"

    assert sniff(head) is None
    assert format_of(head, ".webm").mime == "application/octet-stream"
