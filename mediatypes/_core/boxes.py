"""Boxes on a picture, checked completely and as JSON has them.

A box is kept in the form in which it was given: by its sides or by its middle, in
pixels or in fractions of the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.labels import (
    parse_class_id,
    parse_domain,
    parse_members,
    parse_number,
    parse_text,
    plain,
    refuse,
)
from mediatypes._core.optional import type_name
from mediatypes.schema.values import unescape_key

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NEAR", "boxes_of", "is_far", "parse_boxes"]

NEAR: Final = (-1, 2)
"""Fractions of the width or height that are still near the picture."""

_SIDES: Final = ("minX", "maxX", "minY", "maxY")
_MIDDLE: Final = ("middle", "width", "height")
_OTHERS: Final = ("domain", "class_id", "box_caption", "scores")
_POSITION: Final = '"minX", "maxX", "minY" and "maxY", or "middle", "width", "height"'


def parse_boxes(field: str, value: object) -> list[dict[str, Any]]:
    """Return a list of boxes as JSON has them.

    Raises
    ------
    mediatypes.errors.OptionError
        If a box lacks a position, or a member is not known, not a number where one is
        needed, not finite, or a side lies on the wrong side of the other.
    mediatypes.errors.UnsupportedInputError
        If there is no list, or something has the wrong type.
    """
    if not is_sequence(value):
        refuse(field, "a list of boxes", type_name(value))
    return [_parse_box(f"{field}[{i}]", box) for i, box in enumerate(value)]


def _parse_box(field: str, value: object) -> dict[str, Any]:
    given = parse_members(field, value, ("position",), _OTHERS)
    found: dict[str, Any] = {
        "position": _parse_position(f"{field}['position']", given["position"])
    }
    domain = parse_domain(f"{field}['domain']", given.get("domain"))
    if domain is not None:
        found["domain"] = domain
    if given.get("class_id") is not None:
        where = f"{field}['class_id']"
        found["class_id"] = parse_class_id(where, given["class_id"])
    if given.get("box_caption") is not None:
        where = f"{field}['box_caption']"
        found["box_caption"] = parse_text(where, given["box_caption"])
    if given.get("scores") is not None:
        found["scores"] = _parse_scores(f"{field}['scores']", given["scores"])
    return found


def _parse_position(field: str, value: object) -> dict[str, Any]:
    names = set(value) if is_mapping(value) else set[str]()
    if is_mapping(value) and names == set(_SIDES):
        sides = {
            name: parse_number(f"{field}['{name}']", value[name]) for name in value
        }
        for low, high in (("minX", "maxX"), ("minY", "maxY")):
            if sides[low] > sides[high]:
                expected = f"at most {high}, {sides[high]}"
                refuse(f"{field}['{low}']", expected, repr(sides[low]))
        return sides
    if not is_mapping(value) or names != set(_MIDDLE):
        received = ", ".join(sorted(map(repr, names))) or type_name(value)
        return refuse(field, f"a mapping of {_POSITION}", received)
    middle = plain(value["middle"])
    if not is_sequence(middle) or len(middle) != 2:  # noqa: PLR2004 - x and y
        refuse(f"{field}['middle']", "two numbers, x and y", repr(middle)[:60])
    found: dict[str, Any] = {
        "middle": [parse_number(f"{field}['middle']", number) for number in middle]
    }
    for name in _MIDDLE[1:]:
        found[name] = parse_number(f"{field}['{name}']", value[name])
        if found[name] < 0:
            refuse(f"{field}['{name}']", "0 or more", repr(found[name]))
    return found


def _parse_scores(field: str, value: object) -> dict[str, int | float]:
    if not is_mapping(value):
        return refuse(field, "a mapping of names to numbers", type_name(value))
    found: dict[str, int | float] = {}
    for name, score in value.items():
        if not isinstance(name, str):
            refuse(f"every name in {field}", "text", repr(name))
        key = f"${name}" if name.startswith("$") else name
        found[key] = parse_number(f"{field}[{name!r}]", score)
    return found


def boxes_of(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return boxes as `parse_boxes` was given them, in mappings of their own."""
    found: list[dict[str, Any]] = []
    for box in stored:
        copy = dict(box)
        copy["position"] = {
            name: list(item) if is_sequence(item) else item
            for name, item in box["position"].items()
        }
        if "scores" in box:
            scores: Mapping[str, Any] = box["scores"]
            copy["scores"] = {unescape_key(name): x for name, x in scores.items()}
        found.append(copy)
    return found


def is_far(box: dict[str, Any]) -> bool:
    """Whether a box in fractions reaches farther out than the picture is wide or high.

    Those of a detector reach out a little; pixels taken for fractions are far away.
    """
    if "domain" in box:
        return False
    numbers: list[float] = []
    for item in box["position"].values():
        numbers += item if is_sequence(item) else [item]
    return min(numbers) < NEAR[0] or max(numbers) > NEAR[1]
