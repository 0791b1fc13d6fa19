from __future__ import annotations

import io
import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from mediatypes.errors import DecodeError
from mediatypes.formats import frames
from mediatypes.media import Image
from mediatypes.testing import round_trip

GIF_HEAD = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
GIF_FRAME = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\0"


def animated(form: str, count: int) -> bytes:
    rng = np.random.default_rng(count)
    pictures = [
        Pillow.fromarray(rng.integers(0, 256, (6, 5, 3), dtype=np.uint8))
        for _ in range(count)
    ]
    out = io.BytesIO()
    pictures[0].save(out, form, save_all=True, append_images=pictures[1:])
    return out.getvalue()


def tiff(count: int, *, is_loop: bool = False) -> bytes:
    """Return a TIFF file of `count` directories of one pixel each."""
    tags = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1)]
    tags += [(273, 4, 8), (278, 3, 1), (279, 4, 1)]
    size = 6 + 12 * len(tags)
    out = [b"II*\0", struct.pack("<I", 8)]
    for index in range(count):
        following = 8 + size * (index + 1) if index < count - 1 else 8 * is_loop
        out.append(struct.pack("<H", len(tags)))
        out += [struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags]
        out.append(struct.pack("<I", following))
    return b"".join(out)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
@pytest.mark.parametrize("count", [2, 7])
def test_a_moving_picture_is_kept_and_its_frames_are_counted(
    form: str, count: int
) -> None:
    data = animated(form, count)
    image = Image(data)

    encoded = image.encode()
    assert encoded.data == data
    assert encoded.meta["frames"] == count
    assert round_trip(image) == image
    assert image.to_numpy().shape[:2] == (6, 5)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF", "JPEG", "BMP"])
def test_a_still_picture_has_no_number_of_frames(form: str) -> None:
    out = io.BytesIO()
    Pillow.new("RGB", (5, 6)).save(out, form)

    assert "frames" not in Image(out.getvalue()).encode().meta


@pytest.mark.parametrize("form", ["GIF", "TIFF"])
@settings(max_examples=20)
@given(count=st.integers(1, 12))
def test_the_count_is_that_of_pillow(form: str, count: int) -> None:
    data = animated(form, count)

    with Pillow.open(io.BytesIO(data)) as picture:
        assert frames.count(data, form.lower()) == getattr(picture, "n_frames", 1)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (GIF_HEAD + GIF_FRAME * 3 + b";", "gif", 3),
        (GIF_HEAD + GIF_FRAME * 3, "gif", 3),
        (GIF_HEAD + GIF_FRAME * 3 + b";" + GIF_FRAME, "gif", 3),
        (GIF_HEAD, "gif", 0),
        (b"GIF89a", "gif", 0),
        (tiff(3), "tiff", 3),
        (tiff(3, is_loop=True), "tiff", 3),
        (tiff(3)[:-100], "tiff", 3),
        (b"II*\0", "tiff", 0),
        (b"II*\0\xff\xff\xff\xff", "tiff", 0),
    ],
)
def test_a_broken_chain_is_counted_to_where_it_breaks(
    data: bytes, name: str, expected: int
) -> None:
    assert frames.count(data, name) == expected


@pytest.mark.parametrize(
    "data",
    [
        GIF_HEAD + GIF_FRAME * (frames.MAX_FRAMES + 1) + b";",
        tiff(frames.MAX_FRAMES + 1),
    ],
)
def test_more_pictures_than_anybody_draws_are_refused_at_once(data: bytes) -> None:
    before = time.process_time()
    with pytest.raises(DecodeError, match="more than 100,000 pictures"):
        Image(data)
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("name", "delays"),
    [("gif", [50, 0, 10, 20]), ("webp", [500, 7, 100, 40]), ("png", [500, 7, 100, 40])],
)
def test_times_are_those_that_pillow_wrote(name: str, delays: list[int]) -> None:
    spans = [10 * delay if name == "gif" else delay for delay in delays]
    pictures = [Pillow.new("RGB", (3, 2), (60 * n, 0, 0)) for n in range(4)]
    out = io.BytesIO()
    pictures[0].save(
        out, name.upper(), save_all=True, append_images=pictures[1:], duration=spans
    )

    found = frames.timing(out.getvalue(), name)

    # Browsers make a tenth of a second of no delay in a GIF.
    total = sum(spans) / 1000 + (0.1 if name == "gif" else 0)
    assert found is not None
    assert found.frames == 4
    assert found.duration_seconds == pytest.approx(total)


@pytest.mark.parametrize("name", ["png", "webp"])
def test_a_still_picture_has_no_times(name: str) -> None:
    out = io.BytesIO()
    Pillow.new("RGB", (3, 2)).save(out, name.upper())

    assert frames.timing(out.getvalue(), name) is None
