"""A large picture takes the memory of its pixels and of its decoder, and no more."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow

from mediatypes import Image
from mediatypes.formats import png

if TYPE_CHECKING:
    from pathlib import Path

SIDE: Final = 6_000
SLACK_MIB: Final = 48
CHILD: Final = textwrap.dedent("""
    import json, resource, sys
    import numpy as np
    import mediatypes as mt

    unit = 1 if sys.platform == "darwin" else 1024

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

    path, small, kind = sys.argv[1:]
    mt.Image(small).to_numpy()  # which loads all that is needed
    image = mt.Image(path)
    before = peak()
    found = getattr(image, kind)() if kind == "to_numpy" else image.pixels
    print(json.dumps([found.nbytes, peak() - before, found.flags.writeable]))
""")
# Format, Pillow's mode, its options, and bytes a pixel: of the array, of the decoder.
FILES: Final[dict[str, tuple[str, str, dict[str, Any], int, int]]] = {
    "grey.png": ("PNG", "L", {}, 1, 1),
    "bits.png": ("PNG", "1", {}, 1, 1),
    "palette.png": ("PNG", "P", {}, 3, 1),
    "holes.png": ("PNG", "P", {"transparency": 1}, 4, 1),
    "colour.png": ("PNG", "RGB", {"compress_level": 1}, 3, 4),
    "alpha.png": ("PNG", "RGBA", {"compress_level": 1}, 4, 4),
    "palette.gif": ("GIF", "P", {}, 3, 1),
    "colour.jpg": ("JPEG", "RGB", {}, 3, 4),
    "ink.jpg": ("JPEG", "CMYK", {}, 3, 4),
    "turned.jpg": ("JPEG", "RGB", {"exif": b"\x06"}, 3, 4),
    "grey.bmp": ("BMP", "L", {}, 1, 1),
    "colour.bmp": ("BMP", "RGB", {}, 3, 4),
    "colour.tiff": ("TIFF", "RGB", {"compression": "tiff_deflate"}, 3, 4),
    "floats.tiff": ("TIFF", "F", {"compression": "tiff_deflate"}, 4, 4),
    "colour.webp": ("WEBP", "RGB", {"lossless": True, "method": 0}, 3, 16),
}


def saved(name: str, side: int) -> bytes:
    form, mode, options, _, _ = FILES[name]
    picture = Pillow.new(
        mode, (side, side), 1 if len(mode) == 1 else (1, 2, 3, 4)[: len(mode)]
    )
    if mode == "P":
        picture.putpalette([7, 8, 9] * 256)
    if "exif" in options:
        exif = Pillow.Exif()
        exif[0x0112] = 6
        options = {"exif": exif}
    out = io.BytesIO()
    picture.save(out, format=form, **options)
    return out.getvalue()


def taken(folder: Path, large: bytes, small: bytes, kind: str) -> tuple[int, int]:
    """Return the bytes of the array, and those that reading it took."""
    for name, data in (("large", large), ("small", small)):
        (folder / name).write_bytes(data)
    paths = folder / "large", folder / "small"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD, *paths, kind],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    size, peak, is_writeable = json.loads(done.stdout)
    assert not is_writeable
    return size, peak


@pytest.mark.parametrize("name", FILES)
def test_a_large_file_takes_its_pixels_and_its_decoder(
    name: str, tmp_path: Path
) -> None:
    *_, own, decoder = FILES[name]
    size, peak = taken(tmp_path, saved(name, SIDE), saved(name, 2), "to_numpy")

    assert size == own * SIDE**2
    # Pillow's own copies are gone when the array of a WebP is made.
    limit = decoder if name == "colour.webp" else own + decoder
    assert peak < limit * SIDE**2 + (SLACK_MIB << 20)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_large_png_of_16_bits_takes_its_pixels(channels: int, tmp_path: Path) -> None:
    large = png.encode(np.zeros((SIDE, SIDE, channels), np.uint16))
    small = png.encode(np.zeros((2, 2, channels), np.uint16))
    size, peak = taken(tmp_path, large, small, "to_numpy")

    assert size == 2 * channels * SIDE**2
    assert peak < size + (SLACK_MIB << 20)


def test_pixels_are_no_second_copy(tmp_path: Path) -> None:
    large, small = saved("grey.png", SIDE), saved("grey.png", 2)
    _, peak = taken(tmp_path, large, small, "pixels")

    assert peak < 2 * SIDE**2 + (SLACK_MIB << 20)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_strips_are_turned_as_pillow_turns_the_whole(
    orientation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import ImageOps

    from mediatypes.adapters import pillow

    monkeypatch.setattr(pillow, "_STRIP", 20)
    pixels = np.random.default_rng(0).integers(0, 256, (11, 7, 3), np.uint8)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, format="PNG", exif=exif)
    with Pillow.open(out) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened))
    assert np.array_equal(Image(out.getvalue()).to_numpy(), expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "F", "I"])
def test_strips_are_converted_as_the_whole(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mediatypes.adapters import pillow

    pixels = np.random.default_rng(0).integers(0, 256, (11, 7), np.uint8)
    picture = Pillow.fromarray(pixels).convert(mode)
    whole = Image(picture).to_numpy()
    monkeypatch.setattr(pillow, "_STRIP", 20)

    assert np.array_equal(Image(picture).to_numpy(), whole)
