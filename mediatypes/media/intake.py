"""What may get into the cells of a table, and as what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.arrays import has_no_axes, is_array
from mediatypes._core.cells import ABSENT, are_cells, to_cell
from mediatypes._core.optional import loaded
from mediatypes._core.text import mend
from mediatypes.adapters import as_array, is_numbers
from mediatypes.errors import InvalidMediaError, OptionError, UnsupportedInputError
from mediatypes.media.base import Media
from mediatypes.media.cell import TABLE, compact

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MAX_FILES", "Intake"]

MAX_FILES: Final = 3_000
"""Files of media in one table: the line of its record, 1 MiB, names each of them."""
_RAW_BYTES: Final = 32 << 20
"""Media that are held as they came; more are encoded when they are added."""
_EXPECTED: Final = (
    "a number, text, bytes, a bool, None, a time, an array, media, or lists and"
    " mappings of these"
)
_HALVES: Final = "text had lone surrogates, stored as U+FFFD"
_MASKED: Final = "masked values in arrays are stored as NaN, 0 or empty text"


@dataclass(slots=True)
class Intake:
    """Takes values into the cells of one table."""

    nbytes: int = 0
    """Memory that media in cells take."""
    files: int = 0
    """That they have, or will have."""
    reasons: dict[str, None] = field(default_factory=dict[str, None])
    """What had to be changed, in order."""

    def cells(self, values: Iterable[Any], name: str, first_row: int = 0) -> list[Any]:
        """Return the cells of a column.

        Parameters
        ----------
        values
            Of the column, from `first_row` on.
        name
            Of the column, for messages.
        first_row
            Where in the table they begin.

        Raises
        ------
        mediatypes.errors.InvalidMediaError
            If a value has no form, with its row and column.
        """
        given, cells = list(values), list[Any]()
        if are_cells(given):
            return given
        take = cells.append
        try:
            for value in given:
                take(to_cell(value, self._foreign))
        except (TypeError, ValueError, RecursionError) as error:
            place = f"row {first_row + len(cells)} of column {name!r:.80}"
            raise _refusal(place, error) from error
        return cells

    def _foreign(self, value: Any) -> Any:  # noqa: PLR0911 - one for each kind
        """Return what `value` is in a cell, if it is media or of another library."""
        if isinstance(value, str):
            self.reasons[_HALVES] = None
            return mend(value)[0]
        if isinstance(value, Media):
            return self._media(value)
        if _is_own(value):
            return ABSENT
        if _is_gap(value):
            return None
        if hasattr(value, "as_py"):  # Arrow's
            return to_cell(value.as_py(), self._foreign)
        if is_numbers(value) or has_no_axes(value):
            plain = as_array(value, media="Table", field="data")
            if plain.masked is not None:
                self.reasons[_MASKED] = None
            return to_cell(plain.array, self._foreign)
        from mediatypes.media import wrap

        media = wrap(value)
        return ABSENT if media is None else self._media(media)

    def _media(self, media: Media) -> Media:
        if media.kind == TABLE:
            raise TypeError("a table")
        if media.is_inline:
            self.nbytes += media.nbytes
            return media
        self.files += 1 + len(getattr(media, "_parts", ()))
        if self.files > MAX_FILES:
            raise OptionError(
                "Table",
                "data",
                expected=f"at most {MAX_FILES:,} files of media in one table",
                received="more",
                hint="Log several tables, or the media as a list under a key.",
            )
        if self.nbytes + media.nbytes > _RAW_BYTES:
            media = compact(media)
        self.nbytes += media.nbytes
        return media


def _is_own(value: object) -> bool:
    """Whether `value` is an array of NumPy without a mask."""
    return is_array(value) and not hasattr(value, "mask")


def _is_gap(value: object) -> bool:
    """Whether `value` is pandas' or NumPy's word for nothing."""
    pandas, masks = loaded("pandas"), loaded("numpy.ma")
    words = [pandas and pandas.NA, masks and masks.masked]
    return any(word is not None and value is word for word in words)


def _refusal(place: str, error: Exception) -> InvalidMediaError:
    if isinstance(error, InvalidMediaError):
        return type(error)(
            "Table",
            place,
            expected=error.expected,
            received=error.received,
            source=error.source,
            hint=error.hint,
        )
    reason = f"{error!s:.120}"
    if isinstance(error, TypeError):
        return UnsupportedInputError(
            "Table", place, expected=_EXPECTED, received=reason
        )
    expected = "of a depth and size that JSON and Python can read"
    return OptionError("Table", place, expected=expected, received=reason)
