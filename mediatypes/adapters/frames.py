"""What has columns: frames of pandas, polars and Arrow, mappings, arrays, rows."""

from __future__ import annotations

import enum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np

from mediatypes._core.arrays import is_array, is_mapping, is_sequence
from mediatypes._core.optional import type_name
from mediatypes.adapters import (
    as_array,
    frame_module,
    is_numbers,
    load,
    series_module,
)
from mediatypes.adapters.refusal import Refusal
from mediatypes.errors import MediaTypesError, ShapeError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Raw", "as_columns", "is_frame", "name_of"]

_AXES: Final = 2
_MAX_REASON: Final = 120
"""Characters of another library's message that are repeated."""


class Raw(NamedTuple):
    """A column of something else: an array of numbers or times, or any objects."""

    name: object
    values: NDArray[Any] | Sequence[Any]
    missing: NDArray[np.bool_] | None = None
    zone: str | None = None


def is_frame(value: object) -> bool:
    """Whether `value` is a frame of pandas, polars or Arrow."""
    return frame_module(value) is not None


def name_of(name: object) -> str:
    """Return the name of a column as text.

    Examples
    --------
    >>> name_of("loss"), name_of(1.5), name_of(("a", "b"))
    ('loss', '1.5', "('a', 'b')")
    """
    if isinstance(name, enum.Enum):
        return name_of(name.value)
    if isinstance(name, np.generic):
        return name_of(cast("object", name.item()))
    return str.__str__(name) if isinstance(name, str) else str(name)


def as_columns(value: Any, names: Sequence[object] | None) -> list[Raw]:
    """Return the columns of `value`.

    Parameters
    ----------
    value
        A frame, a mapping of names to values, an array or tensor of two axes, records,
        or rows: sequences, or mappings of names to values.
    names
        Of the columns, where `value` has none; they choose and order those it has.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is nothing that has columns.
    mediatypes.errors.ShapeError
        If rows or columns have unequal lengths, or others than `names`.
    """
    module = frame_module(value)
    if module is not None:
        convert: Callable[[Any], list[Raw]] = load(module).to_columns
        return _chosen(_called(convert, value), names)
    if is_mapping(value):
        return _chosen(_of_mapping(value), names)
    if is_sequence(value):
        return _of_rows(value, names)
    if is_numbers(value) or is_array(value):
        return _of_array(value, names)
    raise UnsupportedInputError(
        "Table",
        "data",
        expected="rows, a mapping of columns, an array of two axes or a frame",
        received=type_name(value),
        hint="Pass list(x)." if hasattr(value, "__iter__") else "",
    )


def _called(convert: Callable[[Any], Any], value: object) -> Any:
    try:
        return convert(value)
    except Refusal as refusal:
        raise UnsupportedInputError(
            "Table",
            "dataframe",
            expected=refusal.expected,
            received=refusal.received,
            source=type_name(value),
            hint=refusal.hint,
        ) from refusal
    except (MediaTypesError, MemoryError):
        raise
    except Exception as error:
        reason = str(error).split("\n", 1)[0][:_MAX_REASON].rstrip(". ")
        raise UnsupportedInputError(
            "Table",
            "dataframe",
            expected="a frame that gives its columns",
            received=f"one that does not ({reason or type(error).__name__})",
            source=type_name(value),
        ) from error


def _chosen(columns: list[Raw], names: Sequence[object] | None) -> list[Raw]:
    if names is None:
        return columns
    found = {name_of(column.name): column for column in columns}
    missing = [name for name in names if name_of(name) not in found]
    if missing:
        raise ShapeError(
            "Table",
            "columns",
            expected="names of columns that the data have",
            received=f"{missing[0]!r:.80}",
            hint="Rename the columns of the frame." if columns else "",
        )
    return [found[name_of(name)] for name in names]


def _of_mapping(value: Mapping[Any, Any]) -> list[Raw]:
    return [_of_values(name, values) for name, values in value.items()]


def _of_values(name: object, values: Any) -> Raw:
    module = series_module(values)
    if module is not None:
        raw: Raw = _called(partial(load(module).to_raw, name), values)
        return raw
    if is_numbers(values):
        plain = as_array(values, media="Table", field=f"column {name!r:.80}")
        return _raw(name, plain.array, plain.masked)
    if is_sequence(values) or isinstance(values, range) or is_array(values):
        return Raw(name, list(values))
    raise UnsupportedInputError(
        "Table",
        f"column {name!r:.80}",
        expected="a sequence of values",
        received=type_name(values),
    )


def _raw(name: object, array: NDArray[Any], masked: Any = None) -> Raw:
    """Return a column of an array; one of more axes is a list of arrays."""
    return Raw(name, array if array.ndim == 1 else list(array), masked)


def _of_array(value: Any, names: Sequence[object] | None) -> list[Raw]:
    found = as_array(value, media="Table", field="data")
    plain, masked = found.array, found.masked
    fields = plain.dtype.names
    if fields is not None and plain.ndim == 1:
        columns = [_raw(name, plain[name]) for name in fields]
        return _chosen(columns, names)
    if plain.ndim != _AXES:
        raise ShapeError(
            "Table",
            "data",
            expected="rows × columns",
            received=f"shape {plain.shape}",
            source=found.source,
        )
    given = range(plain.shape[1]) if names is None else names
    if len(given) != plain.shape[1]:
        raise _other_width(len(given), plain.shape[1], "data")
    gaps = [None if masked is None else masked[:, at] for at in range(len(given))]
    return [Raw(name, plain[:, at], gaps[at]) for at, name in enumerate(given)]


def _other_width(expected: int, received: int, place: str) -> ShapeError:
    values = f"{expected} value{'' if expected == 1 else 's'}, one for each column"
    return ShapeError("Table", place, expected=values, received=str(received))


def _of_rows(
    rows: list[Any] | tuple[Any, ...], names: Sequence[object] | None
) -> list[Raw]:
    if rows and all(map(is_mapping, rows)):
        return _of_records(rows, names)
    taken = [_row(row, at) for at, row in enumerate(rows)]
    if names is None:
        names = range(len(taken[0]) if taken else 0)
    for at, row in enumerate(taken):
        if len(row) != len(names):
            raise _other_width(len(names), len(row), f"row {at}")
    return [Raw(name, [row[at] for row in taken]) for at, name in enumerate(names)]


def _row(row: Any, at: int) -> Sequence[Any]:
    if is_sequence(row):
        return row
    if is_array(row) and row.ndim == 1:
        return list(row)
    raise UnsupportedInputError(
        "Table",
        f"row {at}",
        expected="a list of values, one for each column",
        received=type_name(row),
    )


def _of_records(
    rows: Sequence[Mapping[Any, Any]], names: Sequence[object] | None
) -> list[Raw]:
    """Return the columns of rows that name their values; what is not named is None."""
    known = list(dict.fromkeys(key for row in rows for key in row))
    if names is not None:
        wanted = set(map(name_of, names))
        extra = next((key for key in known if name_of(key) not in wanted), None)
        if extra is not None:
            place = next(at for at, row in enumerate(rows) if extra in row)
            raise ShapeError(
                "Table",
                f"row {place}",
                expected="a mapping of names of the columns",
                received=f"the name {extra!r:.80} too",
            )
        known = list(names)
    return [Raw(name, [row.get(name) for row in rows]) for name in known]
