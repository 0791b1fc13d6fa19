from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow

from mediatypes._core import colour


@pytest.mark.parametrize("mode", colour.MODES)
def test_16_bits_convert_like_8_bits_with_more_room(mode: str) -> None:
    small = np.random.default_rng(1).integers(0, 256, (4, 5, 3), np.uint8)
    wide = colour.convert(small.astype(np.uint16) * 257, mode)

    expected = np.asarray(Pillow.fromarray(small).convert(mode)).astype(int) * 257
    assert np.abs(wide.astype(int) - expected).max() <= 257
    assert wide.dtype == np.uint16


def test_luma_is_that_of_pillow_in_any_number_of_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (9, 5, 3), np.uint8)
    expected = np.asarray(Pillow.fromarray(pixels).convert("L"))

    for block in (1, 10, 1 << 18):
        monkeypatch.setattr(colour, "_BLOCK", block)
        np.testing.assert_array_equal(colour.convert(pixels, "L"), expected)


def test_white_stays_white_in_grey() -> None:
    for dtype in (np.uint8, np.uint16):
        top = np.iinfo(dtype).max
        white = np.full((1, 1, 3), top, dtype)

        assert colour.convert(white, "L").tolist() == [[top]]


def test_laying_on_white_is_what_pillow_does() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 9, 4), np.uint8)
    white = Pillow.new("RGBA", (9, 9), "white")
    expected = Pillow.alpha_composite(white, Pillow.fromarray(pixels)).convert("RGB")

    difference = colour.on_white(pixels).astype(int) - np.asarray(expected).astype(int)

    assert np.abs(difference).max() <= 1  # Pillow rounds twice
