"""Python values as strict JSON, and back.

JSON has no NaN, no infinities and, for most readers, no integer beyond 2^53. A
tag keeps them: ``{"$f": "nan"}``, ``{"$i": "9007199254740993"}``. A key of the
user's that starts with ``$`` gets one more in front, so no data reads as a tag.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from mediatypes.errors import ManifestError

__all__ = [
    "MAX_DEPTH",
    "decode_members",
    "decode_value",
    "encode_value",
    "escape_key",
    "unescape_key",
]

MAX_DEPTH: Final = 64
"""Deepest nesting that is written or read (docs/reference/run-format.md)."""

_MAX_EXACT: Final = 2**53
_FLOATS: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def encode_value(value: Any, *, depth: int = 0) -> Any:
    """Return `value`, made of plain Python types, with tags where JSON needs them.

    Parameters
    ----------
    value
        None, bool, int, float, str, or lists, tuples and string-keyed mappings of
        these.
    depth
        How deep `value` lies in what is encoded.

    Raises
    ------
    TypeError
        If `value` holds anything else.
    ValueError
        If it is nested deeper than 64, refers to itself, or holds text that is not
        Unicode.

    Examples
    --------
    >>> encode_value({"loss": float("nan"), "$x": (1, 2**60)})
    {'loss': {'$f': 'nan'}, '$$x': [1, {'$i': '1152921504606846976'}]}
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        whole = int(value)
        return whole if -_MAX_EXACT <= whole <= _MAX_EXACT else {"$i": str(whole)}
    if isinstance(value, float):
        number = float(value)
        return number if math.isfinite(number) else {"$f": repr(number)}
    if depth >= MAX_DEPTH:
        msg = f"nested deeper than {MAX_DEPTH}"
        raise ValueError(msg)
    if isinstance(value, (list, tuple)):
        items = cast("list[Any]", value)
        return [encode_value(item, depth=depth + 1) for item in items]
    if isinstance(value, Mapping):
        members: Mapping[Any, Any] = value  # pyright: ignore[reportUnknownVariableType] - any mapping
        return {
            escape_key(key): encode_value(item, depth=depth + 1)
            for key, item in members.items()
        }
    kind = cast("type[object]", type(value))
    msg = f"{kind.__module__}.{kind.__qualname__} has no JSON form"
    raise TypeError(msg)


def decode_value(
    value: Any, typed: Callable[[dict[str, Any]], Any] = dict, *, depth: int = 0
) -> Any:
    """Return the Python value that `encode_value` was given.

    Parameters
    ----------
    value
        What JSON gave.
    typed
        Turns a mapping with the tag ``$t``, an inline typed value, into that value.
    depth
        How deep `value` lies in what is decoded.

    Raises
    ------
    mediatypes.errors.ManifestError
        If a tag has no meaning, or it is nested deeper than 64.

    Examples
    --------
    >>> decode_value({"loss": {"$f": "-inf"}, "$$x": [1, {"$i": "9007199254740993"}]})
    {'loss': -inf, '$x': [1, 9007199254740993]}
    """
    if not isinstance(value, (list, dict)):
        return value
    if depth > MAX_DEPTH:
        msg = f"nested deeper than {MAX_DEPTH}"
        raise ManifestError(msg)
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType] - any list
        return [decode_value(item, typed, depth=depth + 1) for item in items]
    members = cast("dict[str, Any]", value)
    number = _tagged_number(members)
    if number is not None:
        return number
    if "$t" in members:
        return typed(members)
    return decode_members(members, typed, depth=depth)


def decode_members(
    members: Any,
    typed: Callable[[dict[str, Any]], Any] = dict,
    *,
    depth: int = 0,
) -> dict[str, Any]:
    """Return a mapping whose values `encode_value` was given, and no tag itself.

    Parameters
    ----------
    members
        What JSON gave where a mapping has to be: a row, settings, notes of the user's.
    typed
        As for `decode_value`.
    depth
        How deep `members` lie in what is decoded.

    Raises
    ------
    mediatypes.errors.ManifestError
        If it is none, or itself a tag, or `decode_value` refuses one of its values.

    Examples
    --------
    >>> decode_members({"loss": {"$f": "nan"}})
    {'loss': nan}
    """
    if not isinstance(members, Mapping):
        msg = f"a mapping has to be here, not {type(members).__name__}"
        raise ManifestError(msg)
    mapping = cast("Mapping[str, Any]", members)
    return {
        unescape_key(key) if key.startswith("$") else key: (
            decode_value(item, typed, depth=depth + 1)
            if isinstance(item, (list, dict))
            else item
        )
        for key, item in mapping.items()
    }


def _tagged_number(members: dict[str, Any]) -> float | None:
    if len(members) != 1:
        return None
    ((key, item),) = members.items()
    if key == "$f" and isinstance(item, str):
        return _FLOATS.get(item)
    if key == "$i" and isinstance(item, str) and _is_integer(item):
        return int(item)
    return None


def _text(value: str) -> str:
    text = str.__str__(value)  # the text of an enum member, not its name
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            msg = "text with a lone surrogate has no JSON form"
            raise ValueError(msg) from error
    return text


def escape_key(key: Any) -> str:
    """Return `key` as a record has it: with one more ``$`` if it starts with one.

    Raises
    ------
    TypeError
        If it is not text.
    ValueError
        If it is not Unicode.
    """
    if not isinstance(key, str):
        msg = f"a mapping has the key {key!r}, which is not a string"
        raise TypeError(msg)
    text = _text(key)
    return f"${text}" if text.startswith("$") else text


def unescape_key(key: str) -> str:
    """Return the key that `escape_key` was given.

    Raises
    ------
    mediatypes.errors.ManifestError
        If it starts with a single ``$``, as a tag that is not known here.
    """
    if not key.startswith("$"):
        return key
    if key.startswith("$$"):
        return key[1:]
    msg = f"unknown tag {key!r} in a record"
    raise ManifestError(msg)


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    # Python refuses to read more than 4,300 digits.
    return digits.isascii() and digits.isdigit() and len(text) <= 4_000  # noqa: PLR2004 - as above
