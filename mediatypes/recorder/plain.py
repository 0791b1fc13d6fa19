"""The written form of single values: what has no form of its own in JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import os
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NoReturn, cast

import numpy as np

from mediatypes._core.arrays import has_no_axes, is_array
from mediatypes._core.optional import loaded, type_name
from mediatypes.adapters import as_array
from mediatypes.schema.values import MAX_DEPTH

__all__ = ["plain"]


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
