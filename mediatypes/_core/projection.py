"""A picture of points in space, made without a graphics card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LIGHT", "MOST_POINTS", "draw", "of_category", "of_height", "spread"]

MOST_POINTS: Final = 12_000
"""Points that one small picture is made of; more would cover one another."""
_HEIGHT, _WIDTH = 240, 320
_MARGIN: Final = 0.9
_BEHIND: Final = 0.45
"""How much of its colour the farthest point keeps; the rest is paper."""
_PAPER: Final = 255.0
_TURN: Final = np.radians(35.0)
_TILT: Final = np.radians(25.0)
LIGHT: Final = np.array([0.35, -0.5, 0.8]) / np.linalg.norm([0.35, -0.5, 0.8])
_LOW: Final = np.array([68.0, 60.0, 150.0])
_MIDDLE: Final = np.array([33.0, 145.0, 140.0])
_HIGH: Final = np.array([240.0, 200.0, 40.0])
_GOLDEN: Final = 137.508
"""Degrees from one hue to the next, so that neighbours differ."""
_MOST_EXACT: Final = 2.0**53


def draw(points: NDArray[Any]) -> NDArray[np.uint8]:
    """Return points as a picture, nearer ones before farther ones.

    Parameters
    ----------
    points
        Shape (points, 6): x, y and z, which is up; red, green and blue, 0 to 255.
        Points that are not finite are left out.
    """
    picture = np.full((_HEIGHT, _WIDTH, 3), _PAPER)
    points = points[np.isfinite(points[:, :3]).all(axis=1)].astype(np.float64)
    if not len(points):
        return picture.astype(np.uint8)
    low, high = points[:, :3].min(0), points[:, :3].max(0)
    half = (high / 2 - low / 2).max() or 1.0
    placed = (points[:, :3] - (high / 2 + low / 2)) / half
    turned = placed @ _camera().T
    scale = _fit(turned)
    x = np.rint(_WIDTH / 2 + turned[:, 0] * scale).astype(np.int64)
    y = np.rint(_HEIGHT / 2 - turned[:, 1] * scale).astype(np.int64)
    near = (turned[:, 2] - turned[:, 2].min()) / (np.ptp(turned[:, 2]) or 1.0)
    kept = _BEHIND + (1 - _BEHIND) * near[:, np.newaxis]
    colours = points[:, 3:] * kept + _PAPER * (1 - kept)
    order = np.argsort(turned[:, 2], kind="stable")  # the last one written stays
    side = 1 if len(points) > MOST_POINTS // 4 else 2
    for down in range(-side, side + 1):
        for right in range(-side, side + 1):
            rows = np.clip(y[order] + down, 0, _HEIGHT - 1)
            columns = np.clip(x[order] + right, 0, _WIDTH - 1)
            if abs(down) + abs(right) <= side:
                picture[rows, columns] = colours[order]
    found: NDArray[np.uint8] = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return found


def _camera() -> NDArray[np.float64]:
    """Return the matrix from space, z up, to right, up and towards the eye."""
    turn = np.array(
        [
            [np.cos(_TURN), np.sin(_TURN), 0],
            [-np.sin(_TURN), np.cos(_TURN), 0],
            [0, 0, 1],
        ]
    )
    tilt = np.array(
        [
            [1, 0, 0],
            [0, np.sin(_TILT), np.cos(_TILT)],
            [0, -np.cos(_TILT), np.sin(_TILT)],
        ]
    )
    found: NDArray[np.float64] = tilt @ turn
    return found


def _fit(turned: NDArray[np.float64]) -> float:
    reach = np.abs(turned[:, :2]).max(0)
    room = np.array([_WIDTH, _HEIGHT]) / 2 * _MARGIN
    return float((room / np.maximum(reach, 0.1)).min())


def of_height(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a colour for each height, shape (points, 3), from low to high."""
    finite = heights[np.isfinite(heights)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        place = (heights / 2 - low / 2) / (high / 2 - low / 2 or 1.0)
    place = np.nan_to_num(np.clip(place, 0, 1))[:, np.newaxis]
    below = _LOW + (_MIDDLE - _LOW) * np.minimum(place * 2, 1)
    found: NDArray[np.float64] = below + (_HIGH - _MIDDLE) * np.maximum(
        place * 2 - 1, 0
    )
    return found


def of_category(categories: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a colour for each category, shape (points, 3)."""
    number = np.nan_to_num(categories, nan=0, posinf=0, neginf=0)
    # Beyond are no neighbours to tell apart, and the product would overflow.
    hue = np.fmod(number, _MOST_EXACT) * _GOLDEN / 60 % 6
    channels = [
        np.clip(np.abs((hue + shift) % 6 - 3) - 1, 0, 1) for shift in (0.0, 4.0, 2.0)
    ]
    return 40 + 180 * np.stack(channels, axis=1)


def spread(
    corners: NDArray[np.float64], colours: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return points on triangles, shaded, about `count` of them.

    Parameters
    ----------
    corners
        Shape (triangles, 3, 3).
    colours
        Of each triangle, shape (triangles, 3).
    count
        Points in all; a larger triangle gets more of them.
    """
    with np.errstate(all="ignore"):
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(across, axis=1)
    is_there = np.isfinite(area) & (area > 0)
    corners, colours, across, area = (
        part[is_there] for part in (corners, colours, across, area)
    )
    if not len(area):
        return np.zeros((0, 6))
    chosen = np.searchsorted(
        np.cumsum(area / area.sum()), (np.arange(count) + 0.5) / count
    )
    chosen = np.minimum(chosen, len(area) - 1)
    # Two sequences of low discrepancy: even on each triangle, and the same every time.
    first = np.sqrt(np.arange(count) * 0.7548776662 % 1)[:, np.newaxis]
    second = (np.arange(count) * 0.5698402910 % 1)[:, np.newaxis]
    a, b, c = (corners[chosen, i] for i in range(3))
    found = a * (1 - first) + b * (first * (1 - second)) + c * (first * second)
    light = np.abs(across[chosen] @ LIGHT) / area[chosen]
    shade = 0.35 + 0.65 * light[:, np.newaxis]
    return np.concatenate([found, colours[chosen] * shade], axis=1)
