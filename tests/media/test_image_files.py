"""Pictures that other programs made are read as another program reads them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from mediatypes import errors
from mediatypes.media import Image
from mediatypes.testing import round_trip
from tests import fixtures_read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

REFUSED: Final = {
    "tiff_rgb16.tiff": "colour of 16 bits is not read",
    "tiff_float64.tiff": "of a kind that is not read",
}
"""Pictures that are not read, each with the reason that is given."""

FILES: Final = [
    path for path in fixtures_read.answered("image") if path.name not in REFUSED
]
FRAMES: Final = {"moving": 3, "pages": 3}
"""How many pictures there are in files of such a name."""

STEPS: Final = {"jpeg_cmyk.jpg": 2, "tiff_cmyk.tiff": 2}
"""Levels by which ways from four inks to three colours differ in rounding."""


def expected(path: Path) -> NDArray[Any]:
    """Return the pixels as another program says, scaled to 8 or 16 bits or [0, 1]."""
    known = fixtures_read.answer(path)
    if known.suffix != ".pnm":
        return fixtures_read.samples(known).reshape(16, 24, 1)
    pixels, top = fixtures_read.netpbm(known)
    return pixels if top > 255 else pixels * np.uint8(255 // top)


def found(image: Image) -> NDArray[Any]:
    """Return the pixels of `image` with an axis of channels, one bit as 0 and 255."""
    pixels = image.to_numpy()
    if pixels.dtype == np.bool_:
        pixels = pixels * np.uint8(255)
    return pixels.reshape(*pixels.shape[:2], -1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_picture_has_the_pixels_that_another_program_says(path: Path) -> None:
    image = Image(path)
    pixels = expected(path)

    assert found(image).shape == pixels.shape
    steps = np.abs(found(image).astype(np.float64) - pixels)
    if path.name == "gif_clear.gif":  # what colour nothing has is anybody's guess
        steps *= pixels[..., 3:] > 0
    assert steps.max() <= STEPS.get(path.name, 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_picture_is_described_as_its_pixels_are(path: Path) -> None:
    image = Image(path)
    pixels = image.to_numpy()

    shape = found(image).shape
    assert (image.height, image.width, image.channels) == shape
    assert image.dtype == pixels.dtype
    (frames,) = [FRAMES[n] for n in FRAMES if n in path.name] or [1]
    assert image.encode().meta.get("frames", 1) == frames


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_bytes_of_a_picture_are_kept_however_it_is_given(path: Path) -> None:
    data = path.read_bytes()
    file = io.BytesIO(b"before" + data)
    file.seek(6)

    for given in (path, str(path), data, bytearray(data), memoryview(data), file):
        image = Image(given)
        assert image.encode().data == data
        assert round_trip(image) == image
    assert file.tell() == 6


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_picture_is_stored_anew_without_silent_loss(path: Path) -> None:
    image = Image(path, mode="RGBA", file_type="png")
    pixels = found(Image(path))

    assert not Image(path).problems
    assert image.channels == 4
    assert image.encode().extension == "png"
    whites = {"uint8": 255, "uint16": 65_535, "float32": 1, "uint32": 255}
    over = (pixels > whites[pixels.dtype.name]).sum()
    assert image.source.clipped == over


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_would_lose_bits_is_refused_at_the_call(name: str) -> None:
    with pytest.raises(errors.DecodeError, match=REFUSED[name]):
        Image(fixtures_read.FOLDER / "image" / name)


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_shows_the_picture_as_it_was_taken(turn: int) -> None:
    upright = Image(fixtures_read.FOLDER / "image" / "jpeg_444.jpg").to_numpy()
    turned = Image(fixtures_read.FOLDER / "image" / f"jpeg_exif{turn}.jpg").to_numpy()

    # Corners as EXIF 2.3 names the places of row 0 and column 0.
    first = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0)}
    first |= {5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    np.testing.assert_array_equal(turned[first[turn]], upright[0, 0])
    assert turned.shape[:2] == ((16, 24) if turn < 5 else (24, 16))
