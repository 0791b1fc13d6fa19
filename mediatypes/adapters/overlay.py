"""Annotations drawn into a copy of a picture, for where no page draws them."""

from __future__ import annotations

import colorsys
import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from mediatypes._core.colour import convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    _Sets: TypeAlias = Mapping[str, Mapping[str, Any]]

__all__ = ["drawn"]

_OPACITY: Final = 0.55
_GOLDEN_ANGLE: Final = 137.508
"""Degrees between the hues of two neighbouring classes, as on the dashboard's page."""
_LEAST_SIDE: Final = 192
"""A smaller picture is enlarged by whole numbers, so that a line does not cover it."""


def drawn(
    pixels: NDArray[Any], masks: _Sets, boxes: _Sets, points: _Sets, lines: _Sets
) -> bytes:
    """Return a picture with its annotations in it, as PNG.

    Parameters
    ----------
    pixels
        As stored: (height, width) or (height, width, channels), 8 or 16 bits.
    masks, boxes, points, lines
        As `mediatypes.Image` gives them back.
    """
    colours = convert(pixels, "RGB")
    if colours.dtype.itemsize > 1:
        colours = colours >> 8
    picture = colours.astype(np.float32)
    for mask in masks.values():
        _paint(picture, mask["mask_data"], mask["class_labels"])
    image = Pillow.fromarray(np.rint(picture).astype(np.uint8))
    scale = max(1, _LEAST_SIDE // max(image.size))
    image = image.resize(
        (image.width * scale, image.height * scale), Pillow.Resampling.NEAREST
    )
    pen = ImageDraw.Draw(image)
    size = pixels.shape[1], pixels.shape[0]
    for group in boxes.values():
        for box in group["box_data"]:
            ends = _ends(box, size, scale)
            pen.rectangle(ends, outline=_colour(box.get("class_id") or 0), width=2)
    for group in points.values():
        for x, y in _known(group["point_data"], group, size, scale):
            pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=_colour(3))
    for group in lines.values():
        for number, line in enumerate(group["line_data"]):
            places = [*_known(line, group, size, scale)]
            pen.line(places, fill=_colour(number + 1), width=2)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _paint(
    picture: NDArray[np.float32], ids: NDArray[Any], labels: Mapping[int, str]
) -> None:
    for number in np.unique(ids).tolist():
        if number == 0 and 0 not in labels:
            continue  # by custom what is no thing, unless it has a name
        there = ids == number
        ink = np.array(_colour(number), np.float32)
        picture[there] += (ink - picture[there]) * np.float32(_OPACITY)


def _colour(number: int) -> tuple[int, int, int]:
    hue = (number * _GOLDEN_ANGLE + 40) % 360 / 360
    light = 0.56 if number % 2 else 0.48
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)


def _ends(
    box: Mapping[str, Any], size: tuple[int, int], scale: int
) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box, the lesser ones first."""
    place = box["position"]
    if "middle" in place:
        (x, y), half = place["middle"], (place["width"] / 2, place["height"] / 2)
        left, top, right, bottom = x - half[0], y - half[1], x + half[0], y + half[1]
    else:
        left, top, right, bottom = (
            float(place[name]) for name in ("minX", "minY", "maxX", "maxY")
        )
    wide, tall = (1, 1) if box.get("domain") == "pixel" else size
    xs = sorted((_near(left * wide * scale), _near(right * wide * scale)))
    ys = sorted((_near(top * tall * scale), _near(bottom * tall * scale)))
    return xs[0], ys[0], xs[1], ys[1]


def _near(place: float) -> float:
    """Return a place that Pillow can count with, far outside as it may be."""
    return float(np.clip(np.nan_to_num(place), -1e6, 1e6))


def _known(
    points: Any, group: Mapping[str, Any], size: tuple[int, int], scale: int
) -> Iterable[tuple[float, float]]:
    wide, tall = (1, 1) if group.get("domain") == "pixel" else size
    for x, y in np.asarray(points, np.float64).tolist():
        if np.isfinite(x) and np.isfinite(y):
            yield _near(x * wide * scale), _near(y * tall * scale)
