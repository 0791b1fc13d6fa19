"""How JSON writes the cells of a table: tags for what it has no form for."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

import numpy as np

from mediatypes._core.arrays import is_mapping, is_sequence, read_only
from mediatypes._core.cells import ABSENT, ELEMENTS
from mediatypes.errors import DecodeError
from mediatypes.schema import encode_value
from mediatypes.schema.values import escape_key

__all__ = ["from_tag", "to_json"]

_Other = Callable[[Any], Any]


def to_json(cell: Any, other: _Other) -> Any:
    """Return `cell` as JSON has it, with tags where JSON needs them.

    Parameters
    ----------
    cell
        As `to_cell` returned it.
    other
        Returns the JSON of a media value.
    """
    if cell is None or isinstance(cell, (bool, int, float, str)):
        return encode_value(cell)
    if is_sequence(cell):
        return [to_json(item, other) for item in cell]
    if is_mapping(cell):
        return {escape_key(key): to_json(item, other) for key, item in cell.items()}
    for types, form in _TAGS:
        if isinstance(cell, types):
            kind, members = form(cell)
            return {"$t": kind, **members}
    return other(cell)


def _span(cell: dt.timedelta) -> dict[str, int]:
    return {
        "days": cell.days,
        "seconds": cell.seconds,
        "microseconds": cell.microseconds,
    }


def _of_array(cell: Any) -> tuple[str, dict[str, Any]]:
    data = base64.b64encode(cell.tobytes()).decode("ascii")
    return "ndarray", {"dtype": cell.dtype.str, "shape": [*cell.shape], "base64": data}


def _of_numpy(cell: Any) -> tuple[str, dict[str, Any]]:
    number = encode_value(int(cell.astype(np.int64)))
    kind = cell.dtype.name.partition("[")[0]
    return kind, {"dtype": cell.dtype.str[1:], "value": number}


_TAGS: Final[tuple[tuple[Any, Callable[[Any], tuple[str, dict[str, Any]]]], ...]] = (
    (dt.datetime, lambda x: ("datetime", {"value": x.isoformat()})),
    (dt.date, lambda x: ("date", {"value": x.isoformat()})),
    (dt.time, lambda x: ("time", {"value": x.isoformat()})),
    (dt.timedelta, lambda x: ("timedelta", _span(x))),
    (Decimal, lambda x: ("decimal", {"value": str(x)})),
    (bytes, lambda x: ("bytes", {"base64": base64.b64encode(x).decode("ascii")})),
    (
        complex,
        lambda x: (
            "complex",
            {"real": encode_value(x.real), "imag": encode_value(x.imag)},
        ),
    ),
    (np.ndarray, _of_array),
    ((np.datetime64, np.timedelta64), _of_numpy),
)


def from_tag(members: Mapping[str, Any], number: Callable[[Any], Any]) -> Any:
    """Return the cell of a tag that `to_json` made, `ABSENT` if it is another's.

    Parameters
    ----------
    members
        Of the tag, from a file that may hold anything.
    number
        Reads a number that may be tagged itself.

    Raises
    ------
    mediatypes.errors.DecodeError
        If the members make no cell.
    """
    read = _READERS.get(members["$t"]) if isinstance(members["$t"], str) else None
    if read is None:
        return ABSENT
    try:
        return read(members, number)
    except _MISFITS as error:
        msg = f"a cell ({members['$t']}) cannot be understood: {error!r}"[:200]
        raise DecodeError(msg) from error


_MISFITS: Final = (
    *(KeyError, TypeError, ValueError, OverflowError, AttributeError),
    *(InvalidOperation, SyntaxError, MemoryError),
)


def _to_array(members: Mapping[str, Any], _: Any) -> Any:
    dtype = np.dtype(members["dtype"])
    if dtype.kind not in ELEMENTS or dtype.str != members["dtype"]:
        msg = f"elements of type {dtype}"
        raise ValueError(msg)
    data, shape = base64.b64decode(members["base64"], validate=True), members["shape"]
    if math.prod(shape) * dtype.itemsize != len(data) or min(shape, default=0) < 0:
        msg = "shape and bytes do not agree"
        raise ValueError(msg)
    flat: Any = np.frombuffer(data, dtype) if data else np.empty(0, dtype)
    return read_only(flat.reshape(shape))


def _to_time(members: Mapping[str, Any], number: Callable[[Any], Any]) -> Any:
    value: Any = np.array(number(members["value"]), np.int64).view(members["dtype"])[()]
    if type(value).__name__ != members["$t"] or np.isnat(value):
        msg = f"no {members['$t']}"
        raise ValueError(msg)
    return value


def _to_complex(members: Mapping[str, Any], number: Callable[[Any], Any]) -> complex:
    return complex(number(members["real"]), number(members["imag"]))


_READERS: Final[dict[str, Callable[[Mapping[str, Any], Any], Any]]] = {
    "datetime": lambda x, _: dt.datetime.fromisoformat(x["value"]),
    "date": lambda x, _: dt.date.fromisoformat(x["value"]),
    "time": lambda x, _: dt.time.fromisoformat(x["value"]),
    "timedelta": lambda x, _: dt.timedelta(x["days"], x["seconds"], x["microseconds"]),
    "decimal": lambda x, _: Decimal(cast("str", x["value"])),
    "bytes": lambda x, _: base64.b64decode(x["base64"], validate=True),
    "complex": _to_complex,
    "ndarray": _to_array,
    "datetime64": _to_time,
    "timedelta64": _to_time,
}
