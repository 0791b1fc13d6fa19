from __future__ import annotations

import io
import struct
import time
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Pillow

from mediatypes.errors import DecodeError
from mediatypes.formats import png
from tests.formats import reference_png

if TYPE_CHECKING:
    from numpy.typing import NDArray


def noise(shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    top = np.iinfo(dtype).max
    return np.random.default_rng(1).integers(0, top, shape, dtype, endpoint=True)


SHAPES = [(3, 4), (3, 4, 1), (3, 4, 2), (3, 4, 3), (3, 4, 4), (1, 1), (7, 1, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_another_reader_finds_the_same_pixels(
    shape: tuple[int, ...], dtype: str
) -> None:
    pixels = noise(shape, dtype)

    found = reference_png.read(png.encode(pixels))

    np.testing.assert_array_equal(found, pixels.reshape(found.shape))
    assert found.dtype == pixels.dtype


@pytest.mark.parametrize("shape", SHAPES)
def test_pillow_finds_the_same_8_bit_pixels(shape: tuple[int, ...]) -> None:
    pixels = noise(shape, "uint8")

    with Pillow.open(io.BytesIO(png.encode(pixels))) as picture:
        found = np.asarray(picture)

    np.testing.assert_array_equal(found, pixels.reshape(found.shape))


def test_pillow_finds_the_same_16_bit_grey() -> None:
    pixels = noise((5, 6), "uint16")

    with Pillow.open(io.BytesIO(png.encode(pixels))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), pixels)


@settings(deadline=None, max_examples=40)
@given(
    pixels=hnp.arrays(
        np.uint16,
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4)),
    ),
    filters=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    order=st.sampled_from(["rows", "passes"]),
    sizes=st.sampled_from([(1 << 16, 1 << 20), (1, 1), (5, 60), (3, 100)]),
)
def test_every_filter_and_interlacing_is_read(
    pixels: NDArray[np.uint16], filters: list[int], order: str, sizes: tuple[int, int]
) -> None:
    data = reference_png.write(pixels, tuple(filters), interlaced=order == "passes")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png, "_PIECE", sizes[0])
        patch.setattr(png, "_BLOCK", sizes[1])
        found = png.decode(data)

    np.testing.assert_array_equal(found, pixels.reshape(found.shape))


@pytest.mark.parametrize("kind", range(5))
def test_no_filter_makes_a_large_picture_slow(kind: int) -> None:
    row = bytes([kind]) + bytes(6 * 2_000)
    head = struct.pack(">IIBBBBB", 2_000, 1_000, 16, 2, 0, 0, 0)
    body = reference_png.chunk(b"IDAT", zlib.compress(row * 1_000))
    head = b"\x89PNG\r\n\x1a\n" + reference_png.chunk(b"IHDR", head)

    start = time.process_time()
    found = png.decode(head + body + reference_png.chunk(b"IEND", b""))

    assert found.shape == (1_000, 2_000, 3)
    assert not found.any()
    assert time.process_time() - start < 2  # it takes 0.2; byte by byte it was 6


def test_a_colour_that_stands_for_nothing_becomes_alpha() -> None:
    pixels = np.array([[[1, 2, 3], [4, 5, 6]]], np.uint16)
    key = reference_png.chunk(b"tRNS", struct.pack(">3H", 4, 5, 6))

    found = png.decode(reference_png.write(pixels, extra=key))

    assert found.tolist() == [[[1, 2, 3, 65_535], [4, 5, 6, 0]]]


def test_the_stock_deflate_gives_a_file_that_pillow_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(png, "FAST_ZLIB", None)
    monkeypatch.setattr(png, "crc32", zlib.crc32)
    pixels = noise((30, 40, 3), "uint8")

    with Pillow.open(io.BytesIO(png.encode(pixels))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), pixels)


def test_many_chunks_are_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "_MAX_CHUNK", 100)
    pixels = noise((30, 40, 3), "uint16")

    np.testing.assert_array_equal(png.decode(png.encode(pixels)), pixels)


def test_a_file_cut_anywhere_is_refused() -> None:
    data = png.encode(noise((4, 5, 3), "uint16"))

    for length in range(len(data)):
        with pytest.raises(DecodeError):
            png.decode(data[:length])


def test_a_file_with_a_changed_byte_is_refused() -> None:
    data = png.encode(noise((4, 5, 3), "uint16"))

    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0x10
        with pytest.raises(DecodeError):
            png.decode(bytes(changed))


def lying(**changes: int) -> bytes:
    fields = {
        "width": 2,
        "height": 2,
        "depth": 16,
        "colour": 2,
        "compression": 0,
        "filter": 0,
        "interlace": 0,
    } | changes
    data = reference_png.write(noise((2, 2, 3), "uint16"))
    head = struct.pack(">IIBBBBB", *fields.values())
    return data[:8] + reference_png.chunk(b"IHDR", head) + data[33:]


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 0},
        {"width": 1 << 30, "height": 1 << 30},
        {"width": 3},
        {"height": 1_000},
        {"depth": 7},
        {"colour": 5},
        {"interlace": 2},
        {"depth": 8},
    ],
)
def test_a_lying_header_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(DecodeError):
        png.decode(lying(**changes))


def test_an_unknown_filter_is_refused() -> None:
    pixels = noise((1, 2, 3), "uint16")
    data = reference_png.write(pixels)
    raw = bytes([9]) + pixels.astype(">u2").tobytes()
    body = reference_png.chunk(b"IDAT", zlib.compress(raw))

    with pytest.raises(DecodeError, match="filter 9"):
        png.decode(data[:33] + body + reference_png.chunk(b"IEND", b""))


@pytest.mark.parametrize("packed", [b"no deflate", zlib.compress(b"short")])
def test_pixels_that_cannot_be_unpacked_are_refused(packed: bytes) -> None:
    data = reference_png.write(noise((2, 2, 3), "uint16"))
    body = reference_png.chunk(b"IDAT", packed)

    with pytest.raises(DecodeError):
        png.decode(data[:33] + body + reference_png.chunk(b"IEND", b""))


def test_a_bomb_is_not_unpacked() -> None:
    data = lying()
    body = reference_png.chunk(b"IDAT", zlib.compress(bytes(50_000_000)))

    found = png.decode(data[:33] + body + reference_png.chunk(b"IEND", b""))

    assert found.shape == (2, 2, 3)
