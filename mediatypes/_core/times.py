"""Points and spans of time in arrays: as Python's own, and as text."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import read_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TIME", "has_zone", "parsed", "python_times", "written"]

TIME: Final = re.compile(
    r"(datetime|timedelta)64\[(D|h|m|s|ms|us|ns)(?:, ([A-Za-z0-9_+:/-]{1,64}))?\]"
)
"""Names of types: family, unit and time zone."""
_OFFSET: Final = re.compile(r"(?:UTC)?([+-])(\d\d):(\d\d)")
_DIGITS: Final = "-0123456789"
"""What a point in time begins with."""


def python_times(part: NDArray[Any], zone: str | None) -> list[Any]:
    """Return times as Python's own; NumPy's where they are finer or too far."""
    absent = np.isnat(part)
    unit = np.datetime_data(part.dtype)[0]
    found: list[Any] = list(part) if unit == "ns" else part.tolist()
    if any(isinstance(value, int) for value in found):
        found = list(part)
    elif zone is not None and unit != "ns":
        place = _zone(zone)
        found = [x and x.replace(tzinfo=dt.UTC).astimezone(place) for x in found]
    for gap in np.flatnonzero(absent).tolist():
        found[gap] = None
    return found


def written(part: NDArray[Any], *, aware: bool) -> list[Any]:
    """Return points in time as ISO 8601, spans as whole numbers, None for neither."""
    if part.dtype.kind == "m":
        found: list[Any] = part.view(np.int64).tolist()
    else:
        end = "Z" if aware else ""
        found = [text + end for text in np.datetime_as_string(part).tolist()]
    for gap in np.flatnonzero(np.isnat(part)).tolist():
        found[gap] = None
    return found


def parsed(values: list[Any], family: str, unit: str) -> NDArray[Any]:
    """Return the times that `written` wrote.

    Raises
    ------
    ValueError, TypeError, OverflowError, Warning
        If they are none.
    """
    dtype = np.dtype(f"{family}64[{unit}]")
    gaps = np.fromiter((x is None for x in values), bool, len(values))
    if family == "timedelta":
        if not all(x is None or type(x) is int for x in values):
            msg = "spans are whole numbers"
            raise ValueError(msg)
        array = np.array([0 if x is None else x for x in values], np.int64).view(dtype)
    else:
        if not all(x is None or (x and x[0] in _DIGITS) for x in values):
            msg = "times are numbers"  # NumPy knows "now" and "today" as well
            raise ValueError(msg)
        texts = ["1970" if x is None else str.removesuffix(x, "Z") for x in values]
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns of offsets, which are not ours
            array = np.array(texts, dtype) if texts else np.empty(0, dtype)
    array[gaps] = "NaT"
    return read_only(array)


def has_zone(zone: str) -> bool:
    """Whether there is a time zone of that name.

    Examples
    --------
    >>> has_zone("UTC"), has_zone("+05:30"), has_zone("No/Where")
    (True, True, False)
    """
    try:
        _zone(zone)
    except (ValueError, OSError, KeyError):  # of zoneinfo, for names it does not know
        return False
    return TIME.fullmatch(f"datetime64[s, {zone}]") is not None


def _zone(name: str) -> dt.tzinfo:
    if name == "UTC":
        return dt.UTC
    offset = _OFFSET.fullmatch(name)
    if offset is None:
        import zoneinfo

        return zoneinfo.ZoneInfo(name)
    span = dt.timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return dt.timezone(-span if offset[1] == "-" else span)
