"""Columns of tables of any kind, for charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.optional import type_name
from mediatypes.adapters import as_array
from mediatypes.errors import OptionError, ShapeError, UnsupportedInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Column", "check_lengths", "column", "numbers"]

_SHOWN = 8


class Column(NamedTuple):
    """Values under a name."""

    name: str
    values: NDArray[Any]
    """One axis: floats, dates, or texts as objects."""
    cells: list[Any]
    """As the record has them."""

    @property
    def is_text(self) -> bool:
        """Whether the values are words, not numbers or dates."""
        return self.values.dtype.kind == "O"


def column(table: Any, which: Any, field: str) -> Column:
    """Return a column of `table`, or `which` itself where there is no table.

    Parameters
    ----------
    table
        A frame of pandas, polars or Arrow, a mapping of columns, rows as mappings, an
        object with ``get_column(name)``, or None.
    which
        The name of a column, or the values themselves.
    field
        What it is for, which names it where it has no name.

    Raises
    ------
    mediatypes.errors.OptionError
        If there is no such column.
    mediatypes.errors.UnsupportedInputError
        If the table is none, or the values are nothing to draw.
    mediatypes.errors.ShapeError
        If the values have more axes than one.
    """
    if table is None and not isinstance(which, str):
        return _of(field, which, field)
    if is_sequence(table) and all(is_mapping(row) for row in table):
        found = dict.fromkeys(name for row in table for name in row)
        table = {name: [row.get(name) for row in table] for name in found}
    names = _names(table, field)
    if which not in names:
        some = ", ".join(map(str, names[:_SHOWN])) + (", …" * (len(names) > _SHOWN))
        expected = f"the name of a column, one of {some}"
        raise OptionError("Plot", field, expected=expected, received=repr(which))
    held: Any = table
    get = getattr(held, "get_column", None) or held.__getitem__
    return _of(str(which), get(which), field)


def _names(table: Any, field: str) -> list[Any]:
    if is_mapping(table):
        return list(table)
    names: Any = getattr(table, "column_names", getattr(table, "columns", None))
    if names is None or callable(names):
        raise UnsupportedInputError(
            "Plot",
            "table",
            expected="a frame, a mapping of columns, or rows as mappings",
            received=type_name(table),
            hint=f"Without a table, pass {field}= as an array.",
        )
    return list(names)


def _of(name: str, values: Any, field: str) -> Column:
    given: Any = values
    if is_sequence(values) or isinstance(values, range):
        given = list(values)
    if is_sequence(given) and any(isinstance(x, str) for x in given):
        return _texts(name, list(given))
    if is_sequence(given):
        given = [math.nan if x is None else x for x in given]
    plain = as_array(given, media="Plot", field=field)
    array = plain.array
    if array.ndim != 1:
        raise ShapeError(
            "Plot",
            field,
            expected="values along one axis",
            received=f"shape {array.shape}",
            source=plain.source,
        )
    if plain.masked is not None:
        array = np.where(plain.masked, np.nan, array.astype(np.float64))
    if array.dtype.kind in "UO":
        return _texts(name, array.tolist())
    if array.dtype.kind == "M":
        return Column(name, array, np.datetime_as_string(array).tolist())
    return Column(name, numbers(array, field), array.tolist())


def _texts(name: str, values: list[Any]) -> Column:
    cells = ["" if x is None else str(x) for x in values]
    return Column(name, np.array(cells, object), cells)


def numbers(values: Any, field: str) -> NDArray[np.float64]:
    """Return `values` as floats, of any number of axes.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If they are no real numbers.
    """
    plain = as_array(values, media="Plot", field=field)
    if plain.array.dtype.kind not in "biuf":
        raise UnsupportedInputError(
            "Plot",
            field,
            expected="real numbers",
            received=str(plain.array.dtype),
            source=plain.source,
        )
    found = plain.array.astype(np.float64)
    if plain.masked is not None:
        found[plain.masked] = np.nan
    return found


def check_lengths(**columns: NDArray[Any] | None) -> None:
    """Raise `ShapeError` unless all have the same length.

    None is a column that is not there.
    """
    lengths = {name: len(x) for name, x in columns.items() if x is not None}
    if len(set(lengths.values())) > 1:
        received = ", ".join(f"{count:,} of {name}" for name, count in lengths.items())
        expected = "as many values as there are others"
        raise ShapeError("Plot", [*lengths][-1], expected=expected, received=received)
