"""The columns of a table: as NumPy arrays where they can be, else as lists of cells."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import is_array, read_only
from mediatypes._core.cells import copied, is_same, kind_of
from mediatypes._core.times import TIME, has_zone, python_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["NUMBERS", "Column", "column_of", "joined", "packed"]

NUMBERS: Final = frozenset(
    [
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"),
        *("uint64", "float16", "float32", "float64"),
    ]
)
"""Element types that a column keeps, beside those of times."""
_BYTES_OF_A_PLACE: Final = 8
"""What a place in a list takes."""


class Column(NamedTuple):
    """The cells of one column."""

    values: NDArray[Any] | list[Any]
    """Read-only array of numbers or times, or a list of cells."""
    missing: NDArray[np.bool_] | None = None
    """Where there is no value, if `values` are numbers."""
    zone: str | None = None
    """Time zone of points in time, which `values` have in UTC."""

    @property
    def dtype(self) -> str:
        """Name of the type, as the file has it.

        Examples
        --------
        >>> Column([1, "a", None]).dtype
        'None | int | str'
        """
        if is_array(self.values):
            name = self.values.dtype.name
            return name if self.zone is None else f"{name[:-1]}, {self.zone}]"
        return " | ".join(
            sorted({kind_of(kind) for kind in set(map(type, self.values))})
        )

    @property
    def length(self) -> int:
        """How many cells there are."""
        return len(self.values)

    @property
    def nbytes(self) -> int:
        """About how much memory it takes, media left out."""
        if is_array(self.values):
            return self.values.nbytes
        return sum(map(sys.getsizeof, self.values)) + _BYTES_OF_A_PLACE * self.length

    def cells(self, start: int = 0, stop: int | None = None) -> list[Any]:
        """Return cells as Python values; times that Python has no type for stay."""
        part: Any = self.values[start:stop]
        if not is_array(part):
            return [copied(cell) for cell in part]
        found: list[Any]
        found = (
            python_times(part, self.zone) if part.dtype.kind in "Mm" else part.tolist()
        )
        if self.missing is not None:
            gaps = np.flatnonzero(self.missing[start:stop])
            for gap in gaps.tolist():
                found[gap] = None
        return found

    def to_numpy(self) -> NDArray[Any]:
        """Return cells as an array, of objects where there is no type for all."""
        values = self.values
        gaps = self.missing
        if is_array(values) and gaps is None:
            return values
        if is_array(values) and values.dtype.kind == "f":
            return np.where(np.asarray(gaps), np.nan, values)
        cells = self.cells()
        shapes = {(x.shape, x.dtype) if is_array(x) else None for x in cells}
        if len(shapes) == 1 and None not in shapes:
            return np.stack(cells)
        found = np.empty(len(cells), object)
        for at, cell in enumerate(cells):
            found[at] = cell
        return found

    def is_like(self, other: Column) -> bool:
        """Whether it has the same cells in the same type; NaN equals itself."""
        mine, its = self.values, other.values
        if not (is_array(mine) and is_array(its)):
            first, second = self.cells(), other.cells()
            pairs = zip(first, second, strict=False)
            return len(first) == len(second) and all(is_same(*pair) for pair in pairs)
        if self.dtype != other.dtype or mine.shape != its.shape:
            return False
        # Numbers that are missing are 0 in both, so whole arrays are compared.
        whole = np.zeros(mine.shape, bool)
        gaps = [whole if x is None else x for x in (self.missing, other.missing)]
        are_numbers = mine.dtype.kind in "biu"
        alike = np.array_equal(mine, its, equal_nan=not are_numbers)
        return alike and np.array_equal(gaps[0], gaps[1])


def column_of(
    values: NDArray[Any] | Sequence[Any],
    missing: NDArray[np.bool_] | None = None,
    zone: str | None = None,
) -> Column | None:
    """Return a copy of `values` as a column, None if they are no numbers or times.

    Parameters
    ----------
    values
        Shape (rows,).
    missing
        Where there is no value; a missing time is NaT in `values` already.
    zone
        Time zone that points in time, which are in UTC, are to be shown in.
    """
    if not is_array(values) or values.ndim != 1:
        return None
    name = values.dtype.name
    if name not in NUMBERS:
        found = TIME.fullmatch(name)
        if found is None or (zone is not None and not has_zone(zone)):
            return None
    array = np.array(values, values.dtype.newbyteorder("="), copy=True, subok=False)
    if missing is not None and not missing.any():
        missing = None
    if missing is not None and array.dtype.kind in "Mm":
        array[missing] = "NaT"
        missing = None
    if missing is not None:
        array[missing] = 0
        missing = read_only(np.array(missing, bool))
    return Column(read_only(array), missing, zone)


def packed(cells: list[Any]) -> Column:
    """Return cells as a column: an array, if all are floats, bools or short integers.

    Examples
    --------
    >>> packed([1, None]).dtype, packed([1.5, 2.0]).dtype, packed([1, 2.5]).dtype
    ('int64', 'float64', 'float | int')
    """
    kinds = set(map(type, cells))
    gaps = type(None) in kinds
    kinds.discard(type(None))
    dtype = _PACKED.get(kinds.pop()) if len(kinds) == 1 else None
    if dtype is None:
        return Column(cells)
    missing = None
    filled: Any = cells
    if gaps:
        missing = read_only(np.array([cell is None for cell in cells], np.bool_))
        filled = [0 if cell is None else cell for cell in cells]
    try:
        return Column(read_only(np.array(filled, dtype)), missing)
    except OverflowError:  # integers that only Python has
        return Column(cells)


_PACKED: Final[dict[type, str]] = {bool: "bool", int: "int64", float: "float64"}


def joined(first: Column, second: Column) -> Column:
    """Return the cells of one column and then those of another."""
    if not first.length or not second.length:
        return first if first.length else second
    parts = first.values, second.values
    if not (is_array(parts[0]) and is_array(parts[1]) and first.dtype == second.dtype):
        return packed(first.cells() + second.cells())
    missing = None
    if not (first.missing is None and second.missing is None):
        gaps = [
            np.zeros(column.length, np.bool_)
            if column.missing is None
            else column.missing
            for column in (first, second)
        ]
        missing = read_only(np.concatenate(gaps))
    return Column(read_only(np.concatenate(parts)), missing, first.zone)
