"""Options that several types have, each checked by name."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from mediatypes._core.optional import type_name
from mediatypes.errors import OptionError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from mediatypes.typing import Range

__all__ = [
    "check_integral",
    "check_one_of",
    "check_percentage",
    "check_range",
    "one_input",
    "parse_pair",
    "parse_path",
]

_PERCENT: Final = 100


def check_one_of(
    media: str, field: str, value: object, allowed: Collection[str]
) -> None:
    """Raise `OptionError` unless `value` is None or one of `allowed`."""
    if value is None or (isinstance(value, str) and value in allowed):
        return
    *some, last = allowed
    expected = f"{', '.join(some)} or {last}" if some else last
    raise OptionError(media, field, expected=expected, received=repr(value))


def check_integral(value: object) -> int | None:
    """Return `value` as an int if it is a whole number and no bool, else None."""
    if isinstance(value, np.generic):
        value = cast("object", value.item())
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def check_percentage(media: str, field: str, value: object) -> int | None:
    """Return `value`, which must be None or a whole number from 1 to 100."""
    if value is None:
        return None
    number = check_integral(value)
    if number is None or not 1 <= number <= _PERCENT:
        expected = "a whole number from 1 to 100"
        raise OptionError(media, field, expected=expected, received=repr(value))
    return number


def one_input(media: str, data: Any, data_or_path: Any) -> Any:
    """Return what a constructor was given by either name; ``...`` is nothing.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it was given nothing, or two things.
    """
    if (data is ...) != (data_or_path is ...):
        return data_or_path if data is ... else data
    raise UnsupportedInputError(
        media,
        "data",
        expected="one value, by position or as data_or_path",
        received="none" if data is ... else "two",
    )


def check_range(media: str, value_range: object, *, normalize: bool | None) -> Range:
    """Return the limits that are meant by `value_range` and `normalize`.

    Raises
    ------
    mediatypes.errors.OptionError
        If they are not two finite numbers in rising order, nor ``"minmax"``.
    """
    if value_range is None:
        return "minmax" if normalize else None
    if isinstance(value_range, str):
        pair = None
        if value_range == "minmax":
            return value_range
    else:
        pair = parse_pair(value_range)
    if pair is None:
        raise OptionError(
            media,
            "value_range",
            expected='(low, high) with low < high, or "minmax"',
            received=repr(value_range),
        )
    return pair


def parse_pair(value: Any) -> tuple[float, float] | None:
    """Return `value` as two finite numbers in rising order, or None."""
    try:
        low, high = map(float, value)
    except (TypeError, ValueError, OverflowError):
        return None
    if math.isfinite(low) and math.isfinite(high) and low < high:
        return low, high
    return None


def parse_path(media: str, field: str, value: Any) -> Path:
    """Return `value`, text or a path, as a path.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is neither; bytes are not text.
    mediatypes.errors.OptionError
        If it holds NUL, which no path does.
    """
    given = cast("object", value)
    if hasattr(value, "__fspath__"):
        given = cast("object", os.fspath(value))
    if not isinstance(given, str):
        raise UnsupportedInputError(
            media,
            field,
            expected="text or a path",
            received=type_name(value),
            hint="Pass os.fsdecode(x)." if isinstance(given, bytes) else "",
        )
    if "\0" in given:
        expected, received = "a path without NUL", repr(given)
        raise OptionError(media, field, expected=expected, received=received)
    return Path(given)
