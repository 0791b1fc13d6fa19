from __future__ import annotations

import io
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from mediatypes.errors import DecodeError, EncodeError
from mediatypes.formats import picture
from tests.formats import reference_png


def saved(image: Pillow.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_a_header_says_what_pillow_says() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    head = picture.header(saved(Pillow.new("RGB", (5, 3)), "JPEG", exif=exif))

    assert (head.width, head.height, head.channels, head.mode) == (5, 3, 3, "RGB")
    assert (head.frames, head.orientation) == (1, 6)
    assert head.upright_size == (3, 5)


def test_a_format_that_is_not_on_the_list_is_not_opened() -> None:
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"

    for data in (postscript, saved(Pillow.new("L", (3, 3)), "PPM"), b"", b"text"):
        with pytest.raises(DecodeError):
            picture.header(data)


def test_a_bomb_is_an_error_and_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Pillow.new("L", (40, 40)), "PNG")
    for limit in (900, 100):
        monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(DecodeError, match="exceeds limit"):
            picture.header(data)


def test_odd_tags_are_read_in_silence() -> None:
    data = bytearray(saved(Pillow.new("RGB", (4, 4)), "TIFF"))
    start = int.from_bytes(data[4:8], "little")
    data[start + 2 : start + 4] = b"\xff\xff"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            picture.header(bytes(data))
        except DecodeError:
            return


def test_what_pillow_cannot_write_is_an_error_of_ours() -> None:
    with pytest.raises(EncodeError, match="jpeg: "):
        picture.encode(
            np.zeros((2, 2, 4), np.uint8), "jpeg", quality=None, lossless=None
        )


def test_no_pixels_are_decoded_for_the_header_of_a_png() -> None:
    head = struct.pack(">IIBBBBB", 9_000, 9_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + reference_png.chunk(b"IHDR", head)
    data += reference_png.chunk(b"IDAT", b"no pixels at all")
    data += reference_png.chunk(b"IEND", b"")

    assert picture.header(data).upright_size == (9_000, 9_000)


@pytest.mark.parametrize("where", ["before", "after"])
def test_the_orientation_of_a_png_is_found_anywhere(where: str) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    plain = saved(Pillow.new("RGB", (5, 3)), "PNG")
    tag = reference_png.chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    at = plain.index(b"IDAT" if where == "before" else b"IEND") - 4

    head = picture.header(plain[:at] + tag + plain[at:])

    assert head.upright_size == (3, 5)
