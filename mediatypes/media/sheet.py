"""What is in a table while it grows: named columns, and rows behind them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import is_array, is_sequence
from mediatypes._core.cell_rules import CellRules
from mediatypes._core.columns import Column, column_of, joined, packed
from mediatypes._core.optional import type_name
from mediatypes._core.text import mend
from mediatypes._core.words import plural
from mediatypes.adapters import is_numbers
from mediatypes.adapters.frames import Raw, name_of
from mediatypes.errors import ShapeError, UnsupportedInputError
from mediatypes.media.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

__all__ = ["Sheet", "parse_names"]

_MAX_COLUMNS: Final = 16_384
"""As many as a spreadsheet has."""
_ROWS: Final = 8_192
"""Rows that are handed out at once."""
_AS_PYTHON: Final = "USOT"
"""Kinds of arrays whose elements are Python's own."""


@dataclass(slots=True)
class Sheet:
    """Named columns of one length, to which rows and columns can be added."""

    rules: CellRules = field(default_factory=CellRules)
    """What may get into a cell."""
    intake: Intake = field(default_factory=Intake)
    """Makes cells of values."""
    names: list[str] = field(default_factory=list[str])
    _columns: list[Column] = field(default_factory=list[Column])
    _tails: list[list[Any]] = field(default_factory=list[list[Any]])
    """Cells that were added to each column since."""
    _size: int | None = None
    """Bytes of the cells, once they were counted."""

    def take(self, found: list[Raw]) -> None:
        """Add columns of one length behind those that are there.

        Raises
        ------
        mediatypes.errors.ShapeError
            If lengths differ, or a name occurs twice.
        mediatypes.errors.InvalidMediaError
            If a value may not stand in a cell.
        """
        names = parse_names([*self.names, *(raw.name for raw in found)])
        lengths = {len(raw.values) for raw in found}
        lengths |= {self.length} if self.names else set()
        if len(lengths) > 1:
            raise ShapeError(
                "Table",
                "data",
                expected="columns of one length",
                received=f"lengths from {min(lengths):,} to {max(lengths):,}",
            )
        first = len(self.names)
        with self._whole():
            columns = [
                self._column(raw, names[place], place)
                for place, raw in enumerate(found, first)
            ]
        self.set(names, [*self._columns, *columns])

    def set(self, names: list[str], columns: list[Column]) -> None:
        """Put columns in the place of those that are there."""
        self._tails.extend([] for _ in range(len(names) - len(self.names)))
        self.names, self._columns, self._size = names, columns, None

    def _column(self, raw: Raw, name: str, place: int) -> Column:
        values: Any = raw.values
        column = column_of(values, raw.missing, raw.zone)
        if column is None:
            if is_array(values) and values.dtype.kind in _AS_PYTHON:
                values = values.tolist()
            cells = self.intake.cells(values, name)
            if raw.missing is not None:
                for gap in np.flatnonzero(raw.missing).tolist():
                    cells[gap] = None
            column = packed(cells)
        self.rules.check(name, place, column)
        return column

    def append(self, row: Sequence[Any]) -> None:
        """Add a row behind the others, all of it or nothing.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are more values than columns, or fewer.
        mediatypes.errors.InvalidMediaError
            If a value may not stand in a cell.
        """
        at, names = self.length, self.names
        if len(row) != len(names):
            expected = f"{plural(len(names), 'value')}, one for each column"
            received = str(len(row))
            raise ShapeError("Table", f"row {at}", expected=expected, received=received)
        with self._whole():
            cells = self._row(row, at)
        for cell, tail in zip(cells, self._tails, strict=True):
            tail.append(cell)
        self._size = None

    @contextmanager
    def _whole(self) -> Generator[None]:
        """Forget what was learned of values that are then refused."""
        intake, rules = self.intake, self.rules
        files, nbytes, kinds = intake.files, intake.nbytes, dict(rules.kinds)
        try:
            yield
        except BaseException:
            intake.files, intake.nbytes, rules.kinds = files, nbytes, kinds
            raise

    def _row(self, row: Sequence[Any], at: int) -> list[Any]:
        cells: list[Any] = []
        for place, (value, name) in enumerate(zip(row, self.names, strict=True)):
            cells += self.intake.cells([value], name, at)
            if not self.rules.is_loose:
                self.rules.check(name, place, Column(cells[-1:]), at)
        return cells

    @property
    def length(self) -> int:
        """How many rows there are."""
        return self._columns[0].length + len(self._tails[0]) if self._columns else 0

    @property
    def columns(self) -> list[Column]:
        """The columns, with what was added behind them."""
        for place, tail in enumerate(self._tails):
            if tail:
                self._columns[place] = joined(self._columns[place], packed(tail))
                self._tails[place] = []
        return self._columns

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the cells take, about."""
        if self._size is None:
            columns = sum(column.nbytes for column in self.columns)
            self._size = self.intake.nbytes + columns
        return self._size

    def snapshot(self) -> Sheet:
        """Return what is in it now; cells never change, so they are shared."""
        return replace(
            self,
            intake=replace(self.intake, reasons=dict(self.intake.reasons)),
            names=list(self.names),
            _columns=list(self.columns),
            _tails=[[] for _ in self.names],
        )

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows as Python values."""
        columns = list(self.columns)
        for start in range(0, self.length, _ROWS):
            parts = [column.cells(start, start + _ROWS) for column in columns]
            yield from map(list, zip(*parts, strict=True))


def parse_names(columns: Any) -> list[str]:
    """Return the names of columns as text.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If they are no names.
    mediatypes.errors.ShapeError
        If one occurs twice, or there are more than 16,384.
    """
    if not (is_sequence(columns) or is_numbers(columns) or is_array(columns)):
        raise UnsupportedInputError(
            "Table",
            "columns",
            expected="a list of names",
            received=type_name(columns),
            hint="Pass data=x for the rows.",
        )
    names: list[str] = []
    seen: set[str] = set()
    for given in columns:
        if type(given).__hash__ is None:
            raise UnsupportedInputError(
                "Table",
                "columns",
                expected="names",
                received=f"a {type_name(given)}",
                hint="Pass data=x for the rows.",
            )
        name: str = mend(name_of(given))[0]
        if name in seen:
            expected = "names that differ as text"
            received = f"{name!r:.80} twice"
            raise ShapeError("Table", "columns", expected=expected, received=received)
        seen.add(name)
        names.append(name)
    if len(names) > _MAX_COLUMNS:
        expected, received = f"at most {_MAX_COLUMNS:,}", f"{len(names):,}"
        raise ShapeError("Table", "columns", expected=expected, received=received)
    return names
