"""What ``log`` does with each value: scalars as JSON, media as items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.names import check_key
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_integral
from mediatypes._core.text import mend
from mediatypes.adapters import is_figure
from mediatypes.errors import (
    EncodeError,
    InvalidMediaError,
    OptionError,
    UnsupportedInputError,
)
from mediatypes.media import Media, wrap
from mediatypes.recorder.plain import plain
from mediatypes.schema import encode_value
from mediatypes.schema.values import MAX_DEPTH, escape_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Item", "Row", "build", "check_step"]

_EXPECTED: Final = (
    "a number, text, bool, None, media, a figure, or lists and mappings of these"
)
_HINTS: Final = (
    ("__array__", "Pass mediatypes.Image(x), mediatypes.Array(x) or x.tolist()."),
    ("isdisjoint", "Pass sorted(x); a set has no order."),
    ("decode", "Pass x.decode()."),
)
"""What to pass instead, by a method that the value has."""
_MAX_EXACT: Final = 2**53
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_./ -]{1,64}").fullmatch
"""Keys that need no closer look."""
_MAX_SEEN: Final = 4_096
_seen: set[str] = set()
"""Plain keys that came before, as most do."""


class Item(Struct):
    """One media value of a row."""

    key: str
    index: int
    length: int | None
    """Of the list it came in, if it came in one."""
    value: Media


class Row(Struct):
    """The data of one call, checked and ready to be written."""

    data: dict[str, Any]
    """As JSON has it."""
    items: list[Item] = []
    odd: list[tuple[str, str]] = []
    """Keys, and what is odd about their values."""
    joined: list[str] = []
    """Keys that were made of those of nested mappings."""


def build(data: object) -> Row:
    """Return `data` as a row; nothing of it is changed.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is no mapping, a key no text, or a value of a type that has no form.
    mediatypes.errors.OptionError
        If a key is empty, too long or not Unicode, or values refer to themselves.
    """
    if not is_mapping(data):
        raise UnsupportedInputError(
            "log",
            "data",
            expected="a mapping of names to values",
            received=type_name(data),
        )
    found: dict[str, Any] = {}
    row = Row(found)
    for key, value in data.items():
        if type(key) is str and (key in _seen or _is_plain(key)):
            kind = type(value)  # pyright: ignore[reportUnknownVariableType] - of any
            if kind is float:
                found[key] = value if value - value == 0.0 else encode_value(value)
                continue
            if kind is int and -_MAX_EXACT <= value <= _MAX_EXACT:
                found[key] = value
                continue
            if isinstance(value, Media):
                _put(row, key, [value.snapshot()], None)
                continue
        _add(row, key, value, 0)
    if row.joined:
        _check_apart(row.joined, data)
    return row


def _is_plain(key: str) -> bool:
    if _PLAIN_KEY(key) is None:
        return False
    if len(_seen) < _MAX_SEEN:
        _seen.add(key)
    return True


def _check_apart(joined: list[str], data: Mapping[Any, Any]) -> None:
    """Raise `OptionError` if two values of `data` would go by one key."""
    seen: set[str] = set()
    for key in joined:
        other = data.get(key, {})
        if key in seen or not is_mapping(other) or (key in data and not other):
            raise OptionError(
                "log",
                f"data[{key!r}]",
                expected="one value",
                received="two, of which one is in a nested mapping",
                hint="Keys of nested mappings are joined by dots.",
            )
        seen.add(key)


def _add(row: Row, key: object, value: Any, depth: int) -> None:
    if not isinstance(key, str):
        raise UnsupportedInputError(
            "log", f"key {key!r}", expected="text", received=type_name(key)
        )
    check_key(key)
    if is_mapping(value) and value:
        _check_depth(key, depth)
        for name, item in value.items():
            if not isinstance(name, str):
                raise UnsupportedInputError(
                    "log",
                    f"key {name!r} in {key!r}",
                    expected="text",
                    received=type_name(name),
                )
            _add(row, f"{key}.{name}", item, depth + 1)
        return
    if depth:
        row.joined.append(key)
    if not _is_scalar(value) and _add_media(row, key, value):
        return
    row.data[escape_key(key)] = _encoded(row, key, value)


def _add_media(row: Row, key: str, value: Any) -> bool:
    """Add `value` if it is media, or a list of nothing but media."""
    is_list = is_sequence(value)
    if is_list and (not value or (_is_scalar(value[0]) and not _has_media(value))):
        return False
    if is_list and not is_figure(value):
        wrapped = [
            _wrapped(f"{key!r}][{index}", item) for index, item in enumerate(value)
        ]
        media = [item for item in wrapped if item is not None]
        if not media:
            return False
        for index, item in enumerate(wrapped):
            if item is None or item.is_inline != media[0].is_inline:
                raise UnsupportedInputError(
                    "log",
                    f"data[{key!r}][{index}]",
                    expected=f"media like its neighbour, {type_name(media[0])}",
                    received=type_name(value[index]),
                )
        _put(row, key, media, len(media))
        return True
    single = _wrapped(repr(key), value)
    if single is None:
        return False
    _put(row, key, [single], None)
    return True


def _has_media(values: Sequence[Any]) -> bool:
    return any(isinstance(item, Media) for item in values)


def _wrapped(place: str, value: object) -> Media | None:
    """Return `value` as media, or None; a refusal names its place in the data."""
    try:
        return wrap(value)
    except InvalidMediaError as error:
        raise _at(place, error) from error
    except EncodeError as error:
        msg = f"log: data[{place}]: {error}"
        raise EncodeError(msg) from error


def _at(place: str, error: InvalidMediaError) -> InvalidMediaError:
    return type(error)(
        "log",
        f"data[{place}]",
        expected=error.expected,
        received=error.received,
        source=error.source,
        hint=error.hint,
    )


def _put(row: Row, key: str, media: list[Media], length: int | None) -> None:
    for item in media:
        row.odd.extend([(key, problem) for problem in item.problems])
    if media[0].is_inline:
        inline = [item.to_inline() for item in media]
        row.data[escape_key(key)] = inline if length is not None else inline[0]
        return
    for index, item in enumerate(media):
        row.items.append(Item(key, index, length, item))


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, (bool, int, float, str, np.generic))


def _encoded(row: Row, key: str, value: Any) -> Any:
    try:
        text, changed = mend(plain(value))
        encoded = encode_value(text)
    except InvalidMediaError as error:
        raise _at(repr(key), error) from error
    except TypeError as error:
        place, culprit = _culprit(value)
        raise UnsupportedInputError(
            "log",
            f"data[{key!r}]{place}",
            expected=_EXPECTED,
            received=str(error),
            hint=_hint(culprit),
        ) from None
    except (ValueError, RecursionError) as error:
        raise OptionError(
            "log", f"data[{key!r}]", expected="finite in depth", received=str(error)
        ) from None
    if changed:
        row.odd.append((key, "its text has lone surrogates, stored as U+FFFD"))
    return encoded


def _culprit(value: Any) -> tuple[str, Any]:
    """Return what in `value` has no written form, and where, as Python writes it."""
    pairs: Any = ()
    if is_mapping(value):
        pairs = value.items()
    elif is_sequence(value):
        pairs = enumerate(value)
    for at, item in pairs:
        try:
            plain(item)
        except TypeError:
            place, culprit = _culprit(item)
            return f"[{at!r}]{place}", culprit
    return "", value


def _hint(culprit: object) -> str:
    if isinstance(culprit, Media):
        return "A list under a key holds media only, or none."
    return next((hint for name, hint in _HINTS if hasattr(culprit, name)), "")


def _check_depth(key: str, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise OptionError(
            "log",
            f"data[{key[:40]!r}]",
            expected=f"nested at most {MAX_DEPTH} deep",
            received="more",
        )


def check_step(step: object) -> int:
    """Return `step` as an int.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is no whole number from 0 to 2^53.
    """
    found = check_integral(step)
    if found is None or not 0 <= found <= _MAX_EXACT:
        raise OptionError(
            "log",
            "step",
            expected="a whole number from 0 to 2^53",
            received=repr(step) if isinstance(step, (int, float)) else type_name(step),
        )
    return found
