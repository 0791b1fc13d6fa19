"""What a cell of a table holds.

A cell is None, a bool, a number, text, bytes, a time, an array, a media value, or a
list or mapping of these. It is owned: nothing of it changes with what it was made of.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import os
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast

import numpy as np

from mediatypes._core.arrays import is_array, is_mapping, is_sequence, read_only
from mediatypes._core.optional import loaded, type_name
from mediatypes._core.text import mend

__all__ = ["ABSENT", "ELEMENTS", "are_cells", "copied", "is_same", "kind_of", "to_cell"]

ABSENT: Final = object()
"""What a function that was asked about an object says if it does not know it."""

_Other = Callable[[Any], Any]
_MAX_DEPTH: Final = 48
"""Deepest nesting in a cell, well below that of JSON values."""
_MAX_BITS: Final = 13_000
"""Of an integer: Python reads no more than 4,300 digits."""
_AS_IT_IS: Final = frozenset([type(None), bool, float, bytes])
_PLAIN: Final = (list, tuple, dict, np.generic, dt.date, dt.timedelta)
"""Types that no other library has a form for."""
_PYTHON_UNITS: Final = frozenset(["D", "h", "m", "s", "ms", "us"])
"""Units of NumPy's times that Python's own types can tell."""
ELEMENTS: Final = "biufcUSMm"
"""Kinds of elements that an array in a cell may have."""
_NAMES: Final[dict[type, str]] = {
    type(None): "None",
    Decimal: "decimal",
    np.ndarray: "ndarray",
    np.datetime64: "datetime64",
    np.timedelta64: "timedelta64",
}


def are_cells(values: list[Any]) -> bool:
    """Whether `values`, of one plain type, are cells as they are; told all at once."""
    kinds = set(map(type, values))
    if kinds <= _AS_IT_IS:
        return True
    if kinds == {str}:
        return all(map(str.isascii, values))
    return kinds == {int} and max(map(int.bit_length, values)) <= _MAX_BITS


def to_cell(value: Any, other: _Other, depth: int = 0) -> Any:
    """Return `value` as a cell.

    Parameters
    ----------
    value
        Whatever the caller has.
    other
        Returns the cell of media, of objects of other libraries and of text with lone
        surrogates, and `ABSENT` of anything else.
    depth
        How deep `value` lies in a cell.

    Raises
    ------
    TypeError
        If its type has no form; the message names the type.
    ValueError
        If it is nested deeper than 48, or an integer has more than 13,000 bits.
    """
    kind = cast("type[object]", type(value))
    if kind in _AS_IT_IS:
        return value
    if kind is str:
        return other(value) if not value.isascii() and mend(value)[1] else value
    if kind is int:
        return _checked(value)
    if depth >= _MAX_DEPTH:
        msg = f"nested deeper than {_MAX_DEPTH}"
        raise ValueError(msg)
    if not issubclass(kind, _PLAIN):
        found = other(value)
        if found is not ABSENT:
            return found
    for types, form in _FORMS:
        if isinstance(value, types):
            return form(value, other, depth + 1)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        items = {field.name: getattr(value, field.name) for field in fields}
        return _mapping(items, other, depth + 1)
    raise TypeError(type_name(value))


def _checked(value: int) -> int:
    if value.bit_length() > _MAX_BITS:
        msg = f"an integer of {value.bit_length():,} bits"
        raise ValueError(msg)
    return int(value)


def _mapping(value: Mapping[Any, Any], other: _Other, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            msg = f"a mapping with the key {key!r:.40}"
            raise TypeError(msg)
        found[to_cell(str.__str__(key), other)] = to_cell(item, other, depth)
    return found


def _ordered(value: Any, other: _Other, depth: int) -> list[Any]:
    """Return a set in the order of its items, or of their written form."""
    try:
        items = sorted(value)
    except TypeError:
        items = sorted(value, key=repr)
    return [to_cell(item, other, depth) for item in items]


def _array(value: Any, other: _Other, depth: int) -> Any:
    if value.ndim == 0 and value.dtype.kind in "biufcUSMmO":
        return to_cell(value[()], other, depth)
    if value.dtype.kind == "O":
        return to_cell(value.tolist(), other, depth)
    if value.dtype.kind not in ELEMENTS:
        msg = f"an array of {value.dtype}"
        raise TypeError(msg)
    little = value.dtype.newbyteorder("<")
    return read_only(np.array(value, little, order="C", copy=True, subok=False))


def _scalar(value: Any, other: _Other, depth: int) -> Any:
    """Return the Python value of a NumPy scalar, itself where Python has none."""
    kind = value.dtype.kind
    if kind in "Mm":
        if np.isnat(value):
            return None
        unit = np.datetime_data(value.dtype)
        plain = value.item() if unit[0] in _PYTHON_UNITS and unit[1] == 1 else value
        return plain if isinstance(plain, (dt.date, dt.timedelta)) else value
    item: Any = value.item()
    if kind in "fc":  # some are wider than Python's own
        return complex(item) if kind == "c" else float(item)
    if kind == "V":
        raise TypeError(type_name(value))
    return to_cell(item, other, depth)


def _datetime(value: Any, other: _Other, depth: int) -> Any:
    """Return a point in time as Python's own, or NumPy's where it has nanoseconds."""
    del other, depth
    pandas = loaded("pandas")
    if pandas is not None and value is pandas.NaT:
        return None
    if getattr(value, "nanosecond", 0):
        return value.to_datetime64()
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value


def _timedelta(value: Any, other: _Other, depth: int) -> Any:
    del other, depth
    if getattr(value, "nanoseconds", 0):
        return value.to_timedelta64()
    if hasattr(value, "to_pytimedelta"):
        return value.to_pytimedelta()
    return value


_FORMS: Final[tuple[tuple[Any, Callable[[Any, _Other, int], Any]], ...]] = (
    (enum.Enum, lambda x, other, depth: to_cell(x.value, other, depth)),
    (np.ndarray, _array),
    (np.generic, _scalar),
    (dt.datetime, _datetime),
    (dt.timedelta, _timedelta),
    ((dt.date, dt.time, complex, Decimal), lambda x, _other, _depth: x),
    (bool, lambda x, _other, _depth: bool(x)),
    (int, lambda x, _other, _depth: _checked(x)),
    (float, lambda x, _other, _depth: float(x)),
    (str, lambda x, other, depth: to_cell(str.__str__(x), other, depth)),
    ((bytes, bytearray, memoryview), lambda x, _other, _depth: bytes(x)),
    (
        (list, tuple, range),
        lambda x, other, depth: [to_cell(item, other, depth) for item in x],
    ),
    (Mapping, _mapping),
    ((set, frozenset), _ordered),
    ((Fraction, uuid.UUID), lambda x, _other, _depth: str(x)),
    (os.PathLike, lambda x, other, depth: to_cell(os.fsdecode(x), other, depth)),
)
"""Forms by type; the first row that fits is followed."""


def kind_of(kind: type) -> str:
    """Return the name that cells of a type go by in the file.

    Examples
    --------
    >>> kind_of(type(None)), kind_of(int), kind_of(Decimal)
    ('None', 'int', 'decimal')
    """
    named: str = _NAMES.get(kind) or getattr(kind, "kind", "") or kind.__name__
    return named


def copied(cell: Any) -> Any:
    """Return `cell` so that what is done to its lists and mappings does not show."""
    if is_sequence(cell):
        return [copied(item) for item in cell]
    if is_mapping(cell):
        return {key: copied(item) for key, item in cell.items()}
    return cell


def is_same(first: Any, second: Any) -> bool:
    """Whether two cells are equal in type and value; NaN equals itself."""
    if type(first) is not type(second):
        return False
    if is_array(first):
        alike = (first.dtype, first.shape) == (second.dtype, second.shape)
        return alike and first.tobytes() == second.tobytes()
    if is_sequence(first):
        pairs = zip(first, second, strict=False)
        return len(first) == len(second) and all(is_same(*pair) for pair in pairs)
    if is_mapping(first):
        return first.keys() == second.keys() and all(
            is_same(item, second[key]) for key, item in first.items()
        )
    if isinstance(first, (float, complex, Decimal)):
        return repr(first) == repr(second)
    return bool(first == second)
