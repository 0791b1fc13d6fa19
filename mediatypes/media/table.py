"""Tables."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.cell_rules import CellRules
from mediatypes._core.options import check_one_of
from mediatypes._core.words import HALVES, check_caption, check_meta, has_halves, plural
from mediatypes.adapters import load
from mediatypes.adapters.codecs import assemble
from mediatypes.adapters.frames import Raw, as_columns, is_frame, name_of
from mediatypes.errors import OptionError
from mediatypes.formats import table
from mediatypes.media.base import NO_PARTS, Media
from mediatypes.media.cell import CellReader, CellWriter
from mediatypes.media.intake import Intake
from mediatypes.media.sheet import Sheet, parse_names
from mediatypes.schema import (
    Draft,
    DraftFile,
    Encoded,
    Snapshot,
    Source,
    decode_members,
    encode_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from mediatypes.schema import Media as MediaRecord

__all__ = ["Table"]

_MODES: Final = ("IMMUTABLE", "MUTABLE", "INCREMENTAL")
_DEFAULT_COLUMNS: Final = ("Input", "Output", "Expected")
_EMPTY: Final = "there were no rows"


class Table(Media):
    """Rows of anything, media among them, under named columns.

    A table grows by `add_data` and `add_column`. ``log`` keeps what is in it at the
    call: later rows show in the next ``log`` only. What is in a cell is copied when it
    is added.

    Parameters
    ----------
    columns
        Names of the columns, each once. Names that are not text are stored as text.
        Without names and data they are ``"Input"``, ``"Output"`` and ``"Expected"``. A
        frame or a mapping here counts as `data`.
    data
        One of:

        * rows: sequences with a value for each column, or mappings by name, where a
          name that is left out is None;
        * a mapping of names to sequences of one length;
        * an array or tensor of shape (rows, columns), or records of shape (rows,);
        * a frame of pandas, polars or Arrow, whose columns keep their types. A pandas
          index that is not 0, 1, 2, … becomes the first column or columns.
    rows
        The same as `data`.
    dataframe
        The same as `data`.
    dtype
        Type that the values must have: one for all columns, a list, or a mapping by
        name. A whole number will do for a float.
    optional
        Whether None and NaN may stand for a value; one for all columns, or a list.
    allow_mixed_types
        Whether a column may hold values of several types, which are all kept.
    log_mode
        ``"IMMUTABLE"``, ``"MUTABLE"`` or ``"INCREMENTAL"``, kept in the record. Every
        ``log`` stores the whole table as it is then, whatever the mode.
    caption
        Text shown with the table.
    id
        Name of what it shows, the same at every step.
    meta
        Further facts, as JSON can write them.

    Raises
    ------
    mediatypes.errors.ShapeError
        If rows or columns have unequal lengths, or a name occurs twice.
    mediatypes.errors.DtypeError
        If a value is of another type than was said, with its row and column.
    mediatypes.errors.OptionError
        If an option does not exist, or there are too many columns or media.
    mediatypes.errors.UnsupportedInputError
        If data have no columns, or a value has no form in a cell, with its row and
        column.

    Examples
    --------
    >>> table = Table(columns=["word", "length"])
    >>> table.add_data("two", 3)
    >>> table.add_data("three", 5)
    >>> table
    Table(2 rows, 2 columns)
    >>> table.get_column("length")
    [3, 5]
    """

    kind: ClassVar[str] = "table"

    _sheet: Sheet
    _log_mode: str

    def __init__(  # noqa: PLR0913, PLR0917 - the call style people know
        self,
        columns: Any = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: bool | list[bool] = True,  # noqa: FBT001, FBT002 - as above
        allow_mixed_types: bool = True,  # noqa: FBT001, FBT002 - as above
        log_mode: str = "IMMUTABLE",
        *,
        caption: str | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        check_one_of("Table", "log_mode", log_mode or "", _MODES)
        columns, given = _which(columns, data, rows, dataframe)
        names = None if columns is None else parse_names(columns)
        self._set(
            caption=check_caption(caption, "Table"),
            id=check_caption(id, "Table", "id"),
            meta=check_meta(meta, "Table"),
            source=Source(rule="exact"),
            _sheet=Sheet(CellRules(dtype, optional, allow_mixed_types)),
            _log_mode=log_mode,
        )
        if any(map(has_halves, (caption, id, meta))):
            self._sheet.intake.reasons[HALVES] = None
        if given is None or (is_sequence(given) and not given):
            names = list(_DEFAULT_COLUMNS) if names is None else names
            found = [Raw(name, []) for name in names]
        else:
            found = as_columns(given, names)
        self._sheet.take(found)
        self._say()

    def _say(self) -> None:
        """Tell in `source` what had to be changed."""
        reasons = tuple(self._sheet.intake.reasons)
        if reasons != self.source.reasons:
            self._set(source=Source(rule="exact", reasons=reasons))

    def add_data(self, *row: Any) -> None:
        """Add a row at the end, all of it or nothing.

        Parameters
        ----------
        row
            A value for each column.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are more values than columns, or fewer.
        mediatypes.errors.InvalidMediaError
            If a value has no form in a cell, or is of another type than was said.
        """
        self._sheet.append(row)
        self._say()

    def add_row(self, *row: Any) -> None:
        """Add a row; the older name of `add_data`."""
        self.add_data(*row)

    def add_column(self, name: Any, data: Any) -> None:
        """Add a column behind the others.

        Parameters
        ----------
        name
            Of the column.
        data
            A value for each row: a sequence, an array or a series.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there is another number of values than of rows, or the name is taken.
        mediatypes.errors.InvalidMediaError
            If a value has no form in a cell, or is of another type than was said.
        """
        self._sheet.take(as_columns({name_of(name): data}, None))
        self._say()

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether `value` is a frame of pandas, polars or Arrow."""
        return is_frame(value)

    def snapshot(self) -> Self:
        """Return what is in the table now; what is added later does not show in it."""
        taken = copy.copy(self)
        taken.__dict__["_sheet"] = self._sheet.snapshot()
        return taken

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._sheet.names)

    @property
    def data(self) -> list[list[Any]]:
        """Rows, as Python values; what is done to them does not change the table."""
        return list(self._sheet.rows())

    @property
    def log_mode(self) -> str:
        """How the call style that people know would log it."""
        return self._log_mode

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the number of each row, from 0, and its values."""
        yield from enumerate(self._sheet.rows())

    def get_column(self, name: Any, convert_to: str | None = None) -> Any:
        """Return the values of a column.

        Parameters
        ----------
        name
            Of the column.
        convert_to
            None for a list of Python values, ``"numpy"`` for an array of shape (rows,);
            arrays of one shape in the cells are stacked along the first axis. Missing
            floats are NaN in it, other missing values None.

        Raises
        ------
        mediatypes.errors.OptionError
            If there is no such column or form.
        """
        check_one_of("Table", "convert_to", convert_to, ("numpy",))
        text, names = name_of(name), self._sheet.names
        if text not in names:
            raise OptionError(
                "Table",
                "name",
                expected=f"one of the columns {', '.join(names):.120}",
                received=f"{text!r:.80}",
            )
        column = self._sheet.columns[names.index(text)]
        return column.cells() if convert_to is None else column.to_numpy()

    def get_dataframe(self) -> pd.DataFrame:
        """Return the table as a frame of pandas.

        Columns of numbers, bools and times keep their types, nullable where values are
        missing; others hold objects, media as typed values.
        """
        frame: pd.DataFrame = load("pandas").of_columns(
            self._sheet.names, self._sheet.columns
        )
        return frame

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the snapshot takes, about."""
        return self._sheet.nbytes

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the table."""
        return self.source.reasons + (() if len(self) else (_EMPTY,))

    def draft(self) -> Snapshot:
        """Return what is in the table now; rows become JSON when it is encoded."""
        meta: dict[str, Any] = {"rows": len(self), "columns": len(self._sheet.names)}
        if self._log_mode != _MODES[0]:
            meta["log_mode"] = self._log_mode
        if self.meta:
            meta["user"] = encode_value(self.meta)
        writer = CellWriter()
        flat, options = table.pack(self._sheet.names, self._sheet.columns, writer)
        form = self.kind, "json", "application/json", "", "table", options
        files = DraftFile(*form, flat.dtype.str, flat.shape), *writer.files
        words = self.caption, self.id, meta, self.source
        return Snapshot(Draft(self.kind, files, *words), [flat, *writer.buffers])

    def encode(self) -> Encoded:
        """Return the file that is stored, and those of the media in cells."""
        return assemble(self.draft())

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its files.

        Raises
        ------
        mediatypes.errors.DecodeError
            If the file is damaged or hostile.
        mediatypes.errors.ManifestError
            If a cell says of media what cannot be.
        """
        names, columns = table.decode(data, CellReader(parts))
        self = cls.__new__(cls)
        source = record.source or Source()
        size = sum(part.size for part in record.parts)
        sheet = Sheet(intake=Intake(size, len(parts), dict.fromkeys(source.reasons)))
        sheet.set(names, columns)
        self._set(
            caption=record.caption,
            id=record.id,
            meta=decode_members(record.meta.get("user", {})),
            source=source,
            _sheet=sheet,
            _log_mode=record.meta.get("log_mode", _MODES[0]),
        )
        return self

    def __len__(self) -> int:
        """How many rows there are."""
        return self._sheet.length

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        words = ("caption", "id", "meta", "log_mode", "columns")
        if any(getattr(self, name) != getattr(other, name) for name in words):
            return False
        pairs = zip(self._sheet.columns, other._sheet.columns, strict=True)
        return all(first.is_like(second) for first, second in pairs)

    __hash__ = None  # type: ignore[assignment]  # data is compared, not hashed

    def __repr__(self) -> str:
        size = f"{plural(len(self), 'row')}, {plural(len(self._sheet.names), 'column')}"
        return f"Table({size})"


def _which(columns: Any, data: Any, rows: Any, dataframe: Any) -> tuple[Any, Any]:
    """Return names and data of all the arguments that may hold them."""
    given = [value for value in (data, rows, dataframe) if value is not None]
    if is_frame(columns) or is_mapping(columns) or isinstance(columns, Table):
        columns, given = None, [columns, *given]
    if len(given) > 1:
        raise OptionError(
            "Table",
            "data",
            expected="given once",
            received="more than one of data, rows and dataframe",
        )
    found = given[0] if given else None
    if isinstance(found, Table):
        found = {name: found.get_column(name) for name in found.columns}
    return columns, found
