"""What ``log`` does with each value: scalars as JSON, media as items."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, cast

import numpy as np
from attrs import frozen

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.names import check_key
from mediatypes._core.optional import type_name
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.media import Media, wrap
from mediatypes.media.base import check_integral
from mediatypes.schema import encode_value
from mediatypes.schema.values import MAX_DEPTH, escape_key

__all__ = ["Item", "Row", "build", "check_step", "plain"]

_EXPECTED: Final = (
    "a number, text, bool, None, media, a figure, or lists and mappings of these"
)
_ARRAY_HINT: Final = (
    "Pass mediatypes.Image(x), mediatypes.Histogram(x) or x.tolist() to say what it is."
)
_MAX_EXACT: Final = 2**53
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_./ -]{1,64}").fullmatch
"""Keys that need no closer look."""


@frozen
class Item:
    """One media value of a row."""

    key: str
    index: int
    length: int | None
    """Of the list it came in, if it came in one."""
    value: Media


class Row(NamedTuple):
    """The data of one call, checked and ready to be written."""

    data: dict[str, Any]
    """As JSON has it."""
    items: list[Item]
    odd: list[tuple[str, str]]
    """Keys, and what is odd about their values."""


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
    row = Row({}, [], [])
    for key, value in data.items():
        kind = type(cast("object", value))
        if type(key) is str and _PLAIN_KEY(key):
            if kind is float:
                row.data[key] = value if value - value == 0.0 else encode_value(value)
                continue
            if kind is int and -_MAX_EXACT <= value <= _MAX_EXACT:
                row.data[key] = value
                continue
        _add(row, key, value, 0)
    return row


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
    if _add_media(row, key, value):
        return
    row.data[escape_key(key)] = _encoded(row, key, value)


def _add_media(row: Row, key: str, value: Any) -> bool:
    """Add `value` if it is media, or a list of nothing but media."""
    if is_sequence(value):
        if not value or (_is_scalar(value[0]) and not _has_media(value)):
            return False
        wrapped = [wrap(item) for item in value]
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
    single = wrap(value)
    if single is None:
        return False
    _put(row, key, [single], None)
    return True


def _has_media(values: Sequence[Any]) -> bool:
    return any(isinstance(item, Media) for item in values)


def _put(row: Row, key: str, media: list[Media], length: int | None) -> None:
    row.odd.extend((key, problem) for item in media for problem in item.problems)
    if media[0].is_inline:
        inline = [item.to_inline() for item in media]
        row.data[escape_key(key)] = inline if length is not None else inline[0]
        return
    row.items.extend(Item(key, index, length, item) for index, item in enumerate(media))


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, (bool, int, float, str, np.generic))


def _encoded(row: Row, key: str, value: Any) -> Any:
    try:
        text, changed = _unicode(plain(value))
        encoded = encode_value(text)
    except TypeError as error:
        raise UnsupportedInputError(
            "log",
            f"data[{key!r}]",
            expected=_EXPECTED,
            received=str(error),
            hint=_ARRAY_HINT if hasattr(value, "__array__") else "",
        ) from None
    except (ValueError, RecursionError) as error:
        raise OptionError(
            "log", f"data[{key!r}]", expected="finite in depth", received=str(error)
        ) from None
    if changed:
        row.odd.append((key, "its text has lone surrogates, stored as U+FFFD"))
    return encoded


def _check_depth(key: str, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise OptionError(
            "log",
            f"data[{key[:40]!r}]",
            expected=f"nested at most {MAX_DEPTH} deep",
            received="more",
        )


def plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as plain Python, by the written form of its type.

    ========================== =====================================================
    type                       written as
    ========================== =====================================================
    NumPy scalars, 0-d arrays  the Python number
    datetime, date, time       ISO 8601
    timedelta                  seconds
    Enum                       the value of the member
    Decimal, Fraction, UUID    text
    Path                       text
    dataclass                  a mapping of its fields
    ========================== =====================================================

    Raises
    ------
    TypeError
        If its type has no written form; the message names the type.
    ValueError
        If it is nested deeper than 64.
    """
    if type(value) in _AS_IT_IS:
        return value
    if depth >= MAX_DEPTH:
        msg = f"nesting deeper than {MAX_DEPTH}"
        raise ValueError(msg)
    if getattr(value, "shape", None) == ():
        return _number(value)
    for types, form in _FORMS:
        if isinstance(value, types):
            return form(value, depth + 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: plain(getattr(value, f.name), depth + 1) for f in fields}
    raise TypeError(type_name(value))


_AS_IT_IS: Final = frozenset([type(None), bool, int, float, str])
_FORMS: Final[tuple[tuple[Any, Callable[[Any, int], Any]], ...]] = (
    ((list, tuple), lambda x, depth: [plain(item, depth) for item in x]),
    (Mapping, lambda x, depth: {_name(k): plain(v, depth) for k, v in x.items()}),
    (enum.Enum, lambda x, depth: plain(x.value, depth)),
    ((bool, int, float, str), lambda x, _: x),
    ((dt.datetime, dt.date, dt.time), lambda x, _: x.isoformat()),
    (dt.timedelta, lambda x, _: x.total_seconds()),
    ((Decimal, Fraction, uuid.UUID), lambda x, _: str(x)),
    (os.PathLike, lambda x, _: os.fsdecode(x)),
)


def _name(key: object) -> str:
    if not isinstance(key, str):
        msg = f"a mapping with the key {key!r}"
        raise TypeError(msg)
    return key


def _number(value: Any) -> Any:
    """Return the Python number of a scalar of any array library."""
    item = value.item() if hasattr(value, "item") else np.asarray(value).item()
    if isinstance(item, (bool, int, str)):
        return item
    if isinstance(item, (dt.datetime, dt.date)):
        return item.isoformat()
    if isinstance(item, (float, np.floating)):
        return float(cast("float", item))
    raise TypeError(type_name(value))


def _unicode(value: Any) -> tuple[Any, bool]:
    """Return `value` with lone surrogates replaced, and whether there were any."""
    if isinstance(value, str):
        if value.isascii():
            return value, False
        mended = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        return (mended, True) if mended != value else (value, False)
    if is_sequence(value):
        pairs = [_unicode(item) for item in value]
        return [pair[0] for pair in pairs], any(pair[1] for pair in pairs)
    if is_mapping(value):
        names = {key: _unicode(key) for key in value}
        items = {key: _unicode(item) for key, item in value.items()}
        changed = any(p[1] for p in names.values()) or any(p[1] for p in items.values())
        return {names[key][0]: items[key][0] for key in value}, changed
    return value, False


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
