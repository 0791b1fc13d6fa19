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
from typing import Any, Final, NamedTuple, NoReturn, cast

import numpy as np
from attrs import frozen

from mediatypes._core.arrays import has_no_axes, is_array, is_mapping, is_sequence
from mediatypes._core.names import check_key
from mediatypes._core.optional import loaded, type_name
from mediatypes._core.text import mend
from mediatypes.adapters import as_array
from mediatypes.errors import InvalidMediaError, OptionError, UnsupportedInputError
from mediatypes.media import Media, wrap
from mediatypes.media.base import check_integral
from mediatypes.schema import encode_value
from mediatypes.schema.values import MAX_DEPTH, escape_key

__all__ = ["Item", "Row", "build", "check_step", "plain"]

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
    joined: list[str]
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
    row = Row({}, [], [], [])
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
    if row.joined:
        _check_apart(row.joined, data)
    return row


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
    if is_sequence(value):
        if not value or (_is_scalar(value[0]) and not _has_media(value)):
            return False
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


def plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as plain Python, by the written form of its type.

    ========================== =====================================================
    type                       written as
    ========================== =====================================================
    0-d arrays and scalars     the Python number
    masked, NaT, pandas.NA     None
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
    if _is_absent(value):
        return None
    if has_no_axes(value) or hasattr(value, "as_py"):
        return _number(value)
    for types, form in _FORMS:
        if isinstance(value, types):
            return form(value, depth + 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: plain(getattr(value, f.name), depth + 1) for f in fields}
    untold = hasattr(value, "__array__") and not hasattr(value, "shape")
    return _foreign_number(value) if untold else _unknown(value)


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


def _is_absent(value: object) -> bool:
    """Whether `value` says that there is none: pandas.NA, NaT, or a masked scalar."""
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(cast("Any", value)))
    pandas, masks = loaded("pandas"), loaded("numpy.ma")
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return True
    if masks is None or not isinstance(value, masks.MaskedArray):
        return False
    return is_array(value) and value.ndim == 0 and bool(masks.getmaskarray(value))


def _number(value: Any) -> Any:
    """Return the Python number of a scalar of any array library."""
    if is_array(value):
        value = value[()]
    if not isinstance(value, np.generic):
        return _foreign_number(value)
    scalar = cast("Any", value)
    if scalar.dtype.kind == "M":
        return str(scalar)
    if scalar.dtype.kind == "m":
        return float(scalar / np.timedelta64(1, "s"))
    item: object = scalar.item()
    if isinstance(item, (bool, int, str)):
        return item
    if isinstance(item, (float, np.floating)):
        return float(cast("float", item))
    return _unknown(scalar)


def _foreign_number(value: Any) -> Any:
    if hasattr(value, "as_py"):  # Arrow's
        return plain(value.as_py())
    try:
        item = value.item()
    except (AttributeError, RuntimeError, TypeError, ValueError):
        pass  # its adapter gets the number, or says why there is none
    else:
        return item if type(item) in _AS_IT_IS else _unknown(value)
    scalar: Any = as_array(value, media="log", field="data").array[()]
    return _number(scalar) if isinstance(scalar, np.generic) else _unknown(value)


def _unknown(value: object) -> NoReturn:
    raise TypeError(type_name(value))


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
