"""What a column may hold, where the maker of a table says so."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from mediatypes._core.arrays import is_array, is_mapping, is_sequence
from mediatypes._core.cells import kind_of
from mediatypes.errors import DtypeError, OptionError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatypes._core.columns import Column

__all__ = ["CellRules"]

_OF_ARRAYS: Final[dict[str, type[Any]]] = {
    "b": bool,
    "i": int,
    "u": int,
    "f": float,
    "M": dt.datetime,
    "m": dt.timedelta,
    "U": str,
    "S": bytes,
}
"""Types of the cells of an array, by the kind of its elements."""


class CellRules:
    """Checks columns and cells before they get into a table.

    Parameters
    ----------
    dtype
        A type, or types by name or place of the column; None for any.
    optional
        Whether None and NaN may stand for a value that is not there; one for all, or
        one for each column.
    allow_mixed_types
        Whether a column may hold values of several types. Whole numbers and fractions
        are of one.

    Raises
    ------
    mediatypes.errors.OptionError
        If they say something else.
    """

    def __init__(
        self,
        dtype: Any = None,
        optional: Any = True,  # noqa: FBT002 - a flag or a list of flags
        allow_mixed_types: object = True,  # noqa: FBT002 - checked here
    ) -> None:
        if not isinstance(allow_mixed_types, bool):
            raise _no_option("allow_mixed_types", "true or false", allow_mixed_types)
        flags = optional if is_sequence(optional) else [optional]
        if not all(isinstance(flag, bool) for flag in flags):
            raise _no_option("optional", "true or false, or a list of these", optional)
        types: Any = dtype.values() if is_mapping(dtype) else dtype
        for kind in types if is_mapping(dtype) or is_sequence(dtype) else [dtype]:
            if not (kind is None or isinstance(kind, type)):
                raise _no_option("dtype", "a type, or types of the columns", dtype)
        self._dtype = dtype
        self._optional = optional
        self._mixed = allow_mixed_types
        self.kinds: dict[str, type[Any]] = {}
        """Type of the first value of each column, where types may not be mixed."""
        self.is_loose = dtype is None and optional is True and allow_mixed_types
        """Whether nothing is refused."""

    def check(self, name: str, place: int, column: Column, first_row: int = 0) -> None:
        """Raise `DtypeError` unless `column`, the one at `place`, may stand there.

        Parameters
        ----------
        name
            Of the column.
        place
            Of the column among all.
        column
            Its cells.
        first_row
            Where in the table they begin.
        """
        if self.is_loose:
            return
        wanted = self._wanted(name, place)
        optional = self._optional
        if is_sequence(optional):
            optional = _at(optional, place, "optional")
        for row, kind in _kinds_of(column):
            where = f"row {first_row + row} of column {name!r:.80}"
            if kind is None:
                if not optional:
                    raise DtypeError(
                        "Table", where, expected="a value", received="none"
                    )
                continue
            self._check_kind(name, where, kind, wanted)

    def _check_kind(
        self, name: str, where: str, kind: type[Any], wanted: type[Any] | None
    ) -> None:
        if wanted is None and self._mixed:
            return
        if wanted is None:
            expected = self.kinds.setdefault(name, kind)
            fits = kind is expected or _are_numbers(expected, kind)
        else:
            expected, fits = wanted, _is_of(kind, wanted)
        if fits:
            return
        raise DtypeError(
            "Table",
            where,
            expected=kind_of(expected),
            received=kind_of(kind),
            hint="Pass allow_mixed_types=True to keep both." if wanted is None else "",
        )

    def _wanted(self, name: str, place: int) -> type[Any] | None:
        dtype = self._dtype
        if is_mapping(dtype):
            return cast("type[Any] | None", dtype.get(name))
        if is_sequence(dtype):
            dtype = _at(dtype, place, "dtype")
        return cast("type[Any] | None", dtype)


def _no_option(field: str, expected: str, received: object) -> OptionError:
    return OptionError("Table", field, expected=expected, received=f"{received!r:.80}")


def _at(values: Sequence[Any], place: int, field: str) -> Any:
    if place < len(values):
        return values[place]
    raise ShapeError(
        "Table",
        field,
        expected="as many as there are columns",
        received=str(len(values)),
    )


def _kinds_of(column: Column) -> list[tuple[int, type[Any] | None]]:
    """Return the first row of each type that occurs, with None for what is absent."""
    values = column.values
    if not is_array(values):
        found: dict[type[Any] | None, int] = {}
        for row, cell in enumerate(values):
            is_nan = isinstance(cell, float) and cell != cell  # noqa: PLR0124 - NaN
            kind_of_cell = cast("type[object]", type(cell))
            found.setdefault(None if cell is None or is_nan else kind_of_cell, row)
        return [(row, kind) for kind, row in found.items()]
    absent = np.zeros(values.shape, bool) if column.missing is None else column.missing
    if values.dtype.kind in "fMm":
        absent = absent | np.isnan(values)
    kind = _OF_ARRAYS[values.dtype.kind]
    rows = [(int(np.argmin(absent)), kind)] if not absent.all() else []
    return [*rows, (int(np.argmax(absent)), None)] if absent.any() else list(rows)


def _are_numbers(first: type[Any], second: type[Any]) -> bool:
    return {first, second} <= {int, float}


def _is_of(kind: type[Any], wanted: type[Any]) -> bool:
    if kind is bool:  # which Python counts among the integers
        return wanted in {bool, np.bool_}
    if wanted.__module__ == np.__name__:
        wanted = _OF_ARRAYS.get(np.dtype(wanted).kind, wanted)
    return issubclass(kind, wanted) or (kind is int and wanted is float)
