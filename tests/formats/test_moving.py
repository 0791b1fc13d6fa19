from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from mediatypes.errors import EncodeError
from mediatypes.formats import frames, moving

COLOURS: Final = [(255, 0, 0, 255), (0, 255, 0, 128), (0, 0, 255, 0)]


def stills(form: str, mode: str) -> list[bytes]:
    """Return files of one colour each, written by Pillow."""
    found = []
    for colour in COLOURS:
        out = io.BytesIO()
        picture = Pillow.new("RGBA", (20, 18), colour).convert(mode)
        picture.save(
            out, form, **({"lossless": True, "exact": True} if form == "WEBP" else {})
        )
        found.append(out.getvalue())
    return found


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "RGBA"), ("PNG", "L"), ("WEBP", "RGBA"), ("WEBP", "RGB"), ("GIF", "RGB")],
)
def test_pillow_reads_the_pictures_and_times_of_a_file(form: str, mode: str) -> None:
    delays = [Fraction(1, 2), Fraction(3, 100), Fraction(1, 10)]
    data = moving.join(stills(form, mode), delays, form.lower(), 3)

    timing = frames.timing(data, form.lower())
    assert timing is not None
    assert timing.frames == 3
    assert timing.duration_seconds == pytest.approx(0.63)
    with Pillow.open(io.BytesIO(data)) as picture:
        assert cast("Any", picture).n_frames == 3
        assert picture.info["loop"] == 0
        for index, (colour, delay) in enumerate(zip(COLOURS, delays, strict=True)):
            picture.seek(index)
            picture.load()
            assert picture.info["duration"] == float(delay * 1000)
            wanted = Pillow.new("RGBA", (1, 1), colour).convert(mode).getpixel((0, 0))
            shown = picture.convert(mode).getpixel((3, 4))
            assert shown == wanted


def test_alpha_of_a_later_picture_is_said_in_the_header() -> None:
    clear = moving.join(stills("WEBP", "RGBA"), [Fraction(1)] * 3, "webp", 3)
    opaque = moving.join(stills("WEBP", "RGB"), [Fraction(1)] * 3, "webp", 3)

    for data, mode in ((clear, "RGBA"), (opaque, "RGB")):
        with Pillow.open(io.BytesIO(data)) as picture:
            assert picture.mode == mode


@given(
    fps=st.fractions(Fraction(1, 100), 1000),
    name=st.sampled_from(["png", "webp", "gif"]),
    count=st.integers(1, 50),
)
def test_delays_add_up_to_the_whole(fps: Fraction, name: str, count: int) -> None:
    delays = [moving.delay_of(index, fps, name) for index in range(count)]

    part = {
        "png": Fraction(count, 600) / fps,
        "webp": Fraction(1, 1000),
        "gif": Fraction(1, 100),
    }
    assert abs(sum(delays) - count / fps) <= part[name]
    for delay in delays:
        assert 0 <= delay.numerator < 2**16 or name == "webp"
        assert delay.denominator < 2**16


@pytest.mark.parametrize(
    "fps", [24, 25, 30, Fraction(30_000, 1001), Fraction(2997, 100)]
)
def test_common_rates_are_exact_in_png(fps: Fraction) -> None:
    assert moving.delay_of(7, Fraction(fps), "png") == 1 / Fraction(fps)


def test_a_file_that_would_be_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(moving._MOST_BYTES, "png", 200)

    with pytest.raises(EncodeError, match="larger than such a file can be"):
        moving.join(stills("PNG", "RGBA"), [Fraction(1)] * 3, "png", 3)
