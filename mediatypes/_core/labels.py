"""What annotations of a picture are made of: names, words, ids and numbers.

Everything here is checked completely and comes out as JSON has it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

import numpy as np

from mediatypes._core.arrays import is_mapping, is_number, is_sequence
from mediatypes._core.names import check_key
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_integral
from mediatypes.errors import OptionError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = [
    "labels_of",
    "parse_class_id",
    "parse_classes",
    "parse_domain",
    "parse_labels",
    "parse_members",
    "parse_number",
    "parse_sets",
    "parse_text",
    "parse_texts",
    "plain",
    "refuse",
]

_MEDIA: Final = "Image"
_MOST: Final = 2**53
"""Beyond it, not every integer is itself in JSON."""
_DOMAIN: Final = "pixel"
_CLASS: Final = ("id", "name")


def refuse(field: str, expected: str, received: str, hint: str = "") -> NoReturn:
    """Raise `OptionError` for a part of an annotation."""
    raise OptionError(_MEDIA, field, expected=expected, received=received, hint=hint)


def parse_sets(field: str, value: object) -> dict[str, Any]:
    """Return a mapping of names, which keys of a run could be, to what they name.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is no mapping, or a name is no text.
    mediatypes.errors.OptionError
        If a name is empty, longer than 4,096 bytes, or not Unicode.
    """
    if not is_mapping(value):
        expected = "a mapping of names to mappings"
        raise UnsupportedInputError(
            _MEDIA, field, expected=expected, received=type_name(value)
        )
    for name in value:
        if not isinstance(name, str):
            raise UnsupportedInputError(
                _MEDIA,
                f"every name in {field}",
                expected="text",
                received=repr(name),
                hint="Pass str(x).",
            )
        check_key(name, _MEDIA, f"every name in {field}")
    return {str.__str__(name): item for name, item in value.items()}


def parse_members(
    field: str, value: object, needed: Collection[str], others: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return a mapping that has all of `needed` and besides only some of `others`.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is no mapping.
    mediatypes.errors.OptionError
        If a member is missing or not known.
    """
    if not is_mapping(value):
        raise UnsupportedInputError(
            _MEDIA,
            field,
            expected=_wanted(needed, others),
            received=type_name(value),
            hint=f'Pass {{"{next(iter(needed))}": x}}.',
        )
    for name in needed:
        if value.get(name) is None:
            refuse(field, _wanted(needed, others), f"one without {name!r}")
    for name in value:
        if name not in needed and name not in others:
            refuse(field, _wanted(needed, others), f"one with {name!r}")
    return value


def _wanted(needed: Collection[str], others: Collection[str]) -> str:
    more = f" and perhaps {_listed(others)}" if others else ""
    return f"a mapping with {_listed(needed)}{more}"


def _listed(names: Collection[str]) -> str:
    *some, last = [f'"{name}"' for name in names]
    return f"{', '.join(some)} and {last}" if some else last


def parse_number(field: str, value: object) -> int | float:
    """Return one finite number of any library as Python's.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is none, a bool, not finite, or beyond ±2^53 as an integer.
    """
    number = value if type(value) in {int, float} else plain(value)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        refuse(field, "a number", _shown(value))
    if not math.isfinite(number) or (isinstance(number, int) and abs(number) > _MOST):
        refuse(field, "a finite number", _shown(value))
    return number


def plain(value: Any) -> object:
    """Return a number or numbers of any library as Python's; others as they are."""
    try:
        if hasattr(value, "numpy") and not hasattr(value, "tolist"):
            value = value.numpy()
        found: object = value.tolist() if hasattr(value, "tolist") else value
        return float(cast("Any", found)) if isinstance(found, np.floating) else found
    except Exception:  # noqa: BLE001 - of any library; then it is no number
        return value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else type_name(value)  # noqa: PLR2004 - half a line


def parse_class_id(field: str, value: object) -> int:
    """Return the number of a class: a whole number within ±2^53, and no bool."""
    number = check_integral(plain(value))
    if number is None or abs(number) > _MOST:
        refuse(field, "a whole number", _shown(value))
    return number


def parse_text(field: str, value: object) -> str:
    """Return text; a number is written out."""
    if is_number(value):
        return str(value)
    if not isinstance(value, str):
        raise UnsupportedInputError(
            _MEDIA,
            field,
            expected="text",
            received=type_name(value),
            hint="Pass str(x).",
        )
    return str.__str__(value)


def parse_texts(field: str, value: Any, count: int) -> list[str]:
    """Return `count` texts of a list or an array."""
    items = plain(value)
    if not is_sequence(items):
        refuse(field, f"a list of {count:,} texts", type_name(value))
    if len(items) != count:
        refuse(field, f"as many as there are items, {count:,}", f"{len(items):,}")
    return [parse_text(f"{field}[{i}]", item) for i, item in enumerate(items)]


def parse_domain(field: str, value: object) -> str | None:
    """Return ``"pixel"``, or None for fractions of the width and height."""
    if value is None or (isinstance(value, str) and value == _DOMAIN):
        return None if value is None else _DOMAIN
    return refuse(field, f'"{_DOMAIN}", or left out for fractions', _shown(value))


def parse_labels(field: str, value: object) -> dict[str, str]:
    """Return a mapping of ids to names as JSON has it: ids are written as text."""
    if not is_mapping(value):
        raise UnsupportedInputError(
            _MEDIA,
            field,
            expected="a mapping of ids to names",
            received=type_name(value),
            hint="Pass dict(enumerate(names)).",
        )
    return {
        str(parse_class_id(f"every id in {field}", key)): parse_text(
            f"{field}[{key!r}]", name
        )
        for key, name in value.items()
    }


def parse_classes(field: str, value: object) -> dict[str, str]:
    """Return classes, a mapping or a list of ``{"id", "name"}``, as JSON has them.

    Raises
    ------
    mediatypes.errors.OptionError
        If one id has two names, or a class says anything else.
    """
    if not is_sequence(value):
        return parse_labels(field, value)
    found: dict[str, str] = {}
    for index, item in enumerate(value):
        where = f"{field}[{index}]"
        members = parse_members(where, item, _CLASS)
        key = str(parse_class_id(f"{where}['id']", members["id"]))
        name = parse_text(f"{where}['name']", members["name"])
        if found.setdefault(key, name) != name:
            refuse(where, f"of an id that is not {found[key]!r} already", f"id {key}")
    return found


def labels_of(stored: Mapping[str, str]) -> dict[int, str]:
    """Return ids and names as `parse_labels` was given them."""
    return {int(key): name for key, name in stored.items()}
