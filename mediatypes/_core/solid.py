"""Boxes and vectors in space, checked completely and as JSON has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from mediatypes._core.arrays import is_array, is_mapping, is_sequence
from mediatypes._core.optional import type_name
from mediatypes._core.words import check_caption
from mediatypes.errors import OptionError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "EDGES",
    "corners_of",
    "parse_solids",
    "parse_vectors",
    "restored",
    "rotation",
]

_MEDIA: Final = "Object3D"
_TOLERANCE: Final = 1e-3
"""How far the length of a quaternion may be from 1: what rounding to float16 does."""
_WORDS: Final = ("color", "label", "score")
_SIGNS: Final = np.array(
    [(x, y, z) for z in (-1, 1) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
)
"""Corners in the order in which they are stored: round the bottom, round the top."""
EDGES: Final = tuple(
    [(i, (i + 1) % 4) for i in range(4)]
    + [(4 + i, 4 + (i + 1) % 4) for i in range(4)]
    + [(i, i + 4) for i in range(4)]
)
"""Pairs of corners that an edge joins."""


def rotation(quaternion: Any) -> NDArray[np.float64]:
    """Return the matrix of a unit quaternion (w, x, y, z).

    Examples
    --------
    >>> rotation((0.5**0.5, 0, 0, 0.5**0.5)).round() @ [1, 0, 0]
    array([0., 1., 0.])
    """
    w, x, y, z = np.asarray(quaternion, np.float64) / math.hypot(*quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def corners_of(center: Any, size: Any, orientation: Any) -> NDArray[np.float64]:
    """Return the corners of a box, shape (8, 3)."""
    half = _SIGNS * np.asarray(size, np.float64) / 2
    return half @ rotation(orientation).T + np.asarray(center, np.float64)


def parse_solids(value: object) -> list[dict[str, Any]]:
    """Return boxes as JSON has them, each with its ``corners``.

    Raises
    ------
    mediatypes.errors.OptionError
        If a box lacks a position, or a number is not finite, or a quaternion has
        another length than 1.
    mediatypes.errors.UnsupportedInputError
        If something has the wrong type.
    """
    return [_solid(f"boxes[{i}]", box) for i, box in enumerate(_items("boxes", value))]


def parse_vectors(value: object) -> list[dict[str, Any]]:
    """Return vectors as JSON has them: ``start``, ``end`` and perhaps words.

    Raises
    ------
    mediatypes.errors.OptionError
        If a vector lacks an end, or a number is not finite.
    mediatypes.errors.UnsupportedInputError
        If something has the wrong type.
    """
    found = list[dict[str, Any]]()
    for i, item in enumerate(_items("vectors", value)):
        field = f"vectors[{i}]"
        given = _members(field, item, ("start", "end"), _WORDS)
        ends = {
            name: _numbers(f"{field}[{name!r}]", given[name], (3,)).tolist()
            for name in ("start", "end")
        }
        found.append(ends | _words(field, given))
    return found


def _items(field: str, value: object) -> list[Any]:
    if value is None:
        return []
    if is_sequence(value) or (is_array(value) and value.dtype == object):
        return list(value)
    raise UnsupportedInputError(
        _MEDIA, field, expected="a list of mappings", received=type_name(value)
    )


def _solid(field: str, value: object) -> dict[str, Any]:
    if is_mapping(value) and "corners" in value and "center" not in value:
        given = _members(field, value, ("corners",), _WORDS)
        corners = _numbers(f"{field}['corners']", given["corners"], (8, 3))
        return {"corners": corners.tolist()} | _words(field, given)
    given = _members(field, value, ("center", "size"), ("orientation", *_WORDS))
    center = _numbers(f"{field}['center']", given["center"], (3,))
    size = _numbers(f"{field}['size']", given["size"], (3,))
    if (size < 0).any():
        refuse(f"{field}['size']", "three numbers of 0 or more", str(size.tolist()))
    orientation = given.get("orientation")
    turn = np.array([1.0, 0, 0, 0])
    if orientation is not None:
        turn = _quaternion(f"{field}['orientation']", orientation)
    with np.errstate(over="ignore"):
        corners = corners_of(center, size, turn)
    if not np.isfinite(corners).all():
        refuse(field, "a box whose corners are finite", "one that is too large")
    found = {
        "corners": corners.tolist(),
        "center": center.tolist(),
        "size": size.tolist(),
        "orientation": turn.tolist(),
    }
    return found | _words(field, given)


def restored(box: dict[str, Any]) -> dict[str, Any]:
    """Return a box in the form in which it was given."""
    return {k: v for k, v in box.items() if k != "corners" or "center" not in box}


def _quaternion(field: str, value: object) -> NDArray[np.float64]:
    turn = _numbers(field, value, (4,))
    length = math.hypot(*turn)
    if abs(length - 1) > _TOLERANCE:
        refuse(
            field,
            "a unit quaternion (w, x, y, z)",
            f"one of length {length:.6g}",
            "Pass q / np.linalg.norm(q).",
        )
    return turn


def _members(
    field: str, value: object, needed: tuple[str, ...], others: tuple[str, ...]
) -> Mapping[str, Any]:
    if not is_mapping(value):
        raise UnsupportedInputError(
            _MEDIA, field, expected="a mapping", received=type_name(value)
        )
    lacking = [name for name in needed if name not in value]
    unknown = [str(name) for name in value if name not in {*needed, *others}]
    if lacking or unknown:
        known = ", ".join(map(repr, needed))
        maybe = ", ".join(map(repr, others))
        refuse(
            field,
            f"a mapping with {known}, and {maybe} where wanted",
            f"one without {lacking[0]!r}"
            if lacking
            else f"one with {unknown[0]!r:.40}",
        )
    return value


def _words(field: str, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if given.get("color") is not None:
        colour = _numbers(f"{field}['color']", given["color"], (3,))
        if (colour < 0).any() or (colour > 255).any():  # noqa: PLR2004 - 8 bits
            refuse(f"{field}['color']", "three numbers 0 to 255", str(colour.tolist()))
        found["color"] = [round(x) for x in colour.tolist()]
    if given.get("label") is not None:
        found["label"] = check_caption(given["label"], _MEDIA, f"{field}['label']")
    if given.get("score") is not None:
        found["score"] = float(_numbers(f"{field}['score']", given["score"], ()))
    return found


def _numbers(field: str, value: object, shape: tuple[int, ...]) -> NDArray[np.float64]:
    wanted = " × ".join(map(str, shape)) + " numbers" if shape else "a number"
    detach: Any = getattr(value, "detach", None)
    try:
        given: Any = value if detach is None else detach().cpu()
        found: NDArray[Any] = np.asarray(given)
    except Exception as error:
        raise _not_numbers(field, wanted, value) from error
    if found.dtype.kind not in "biuf":
        raise _not_numbers(field, wanted, value)
    if found.shape != shape:
        refuse(field, wanted, f"shape {found.shape}")
    wide = found.astype(np.float64)
    if not np.isfinite(wide).all():
        refuse(field, f"{wanted}, all finite", "NaN or infinity")
    return wide


def _not_numbers(field: str, wanted: str, value: object) -> UnsupportedInputError:
    received = type_name(value)
    return UnsupportedInputError(_MEDIA, field, expected=wanted, received=received)


def refuse(field: str, expected: str, received: str, hint: str = "") -> NoReturn:
    """Raise `OptionError` for a member of a box or vector."""
    raise OptionError(_MEDIA, field, expected=expected, received=received, hint=hint)
