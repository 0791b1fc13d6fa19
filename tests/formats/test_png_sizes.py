"""PNG files are about as small as Pillow's; the fixtures and figures are real."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow

from mediatypes.formats import png
from tests.formats import reference_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
MOST: Final = {"fast": 1.10, "small": 1.00}
"""Bytes over all pictures, as a share of those that Pillow's default takes."""


def photographs() -> list[NDArray[np.uint8]]:
    """Return a photograph, grey and in colour, parts of it, and it made smaller."""
    with Pillow.open(FIXTURES / "image" / "grace_hopper.jpg") as picture:
        whole = picture.convert("RGB")
    colour = np.asarray(whole)
    parts = [
        np.ascontiguousarray(colour[top : top + side, left : left + side])
        for side in (32, 64, 224)
        for top in range(0, colour.shape[0] - side, 3 * side // 2)
        for left in range(0, colour.shape[1] - side, 3 * side // 2)
    ]
    half = whole.resize((whole.width // 2, whole.height // 2), Pillow.Resampling.BOX)
    return [colour, np.asarray(whole.convert("L")), np.asarray(half), *parts]


def drawings() -> list[NDArray[np.uint8]]:
    """Return figures, masks, and every small picture among the fixtures."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found: list[Any] = []
    random = np.random.default_rng(1)
    for kind in ("plot", "scatter", "imshow"):
        figure = Figure()
        canvas: Any = FigureCanvasAgg(figure)  # which has no annotations
        axes = figure.add_subplot()
        data = [random.random((20, 20))] if kind == "imshow" else random.random((2, 99))
        getattr(axes, kind)(*data)
        canvas.draw()
        found.append(np.asarray(canvas.buffer_rgba()).copy())
    y, x = np.mgrid[:300, :400]
    found.append(((x // 64 + y // 48) % 7).astype(np.uint8))
    found.append(((x - 200) ** 2 + (y - 150) ** 2 < 9_000).astype(np.uint8) * 255)
    found.append(random.integers(0, 256, (50, 60, 3), np.uint8))
    for path in sorted((FIXTURES / "image").glob("*.png")):
        with Pillow.open(path) as picture:
            if picture.mode in {"L", "RGB", "RGBA"}:
                found.append(np.asarray(picture))
    return found


def by_pillow(pixels: NDArray[np.uint8]) -> int:
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "PNG")
    return len(out.getvalue())


@pytest.mark.parametrize("compression", MOST)
@pytest.mark.parametrize("corpus", [photographs, drawings])
def test_files_are_about_as_small_as_pillow_makes_them(
    compression: str, corpus: Any
) -> None:
    pictures = corpus()

    files = [png.encode(pixels, compression) for pixels in pictures]

    for pixels, data in zip(pictures, files, strict=True):
        with Pillow.open(io.BytesIO(data)) as found:
            np.testing.assert_array_equal(np.asarray(found), pixels)
    share = sum(map(len, files)) / sum(map(by_pillow, pictures))
    assert share <= MOST[compression]


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 1, 4), (40, 30), (41, 300, 3)])
def test_small_files_have_the_same_pixels(shape: tuple[int, ...], dtype: str) -> None:
    random = np.random.default_rng(1)
    steps = random.normal(0, 900, shape).cumsum(axis=0).cumsum(axis=1)
    pixels = steps.astype(np.int64).astype(dtype)

    found = reference_png.read(png.encode(pixels, "small"))
    np.testing.assert_array_equal(found, pixels.reshape(found.shape))
