"""Charts that people always draw: what they show, before it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from mediatypes.errors import DecodeError
from mediatypes.schema import EncodedPart, decode_value, encode_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["THEMES", "Chart", "Series", "to_columns"]

THEMES = ("light", "dark")


class Series(NamedTuple):
    """Points that belong together."""

    name: str | None
    x: NDArray[Any]
    y: NDArray[Any]


class Chart(NamedTuple):
    """What a chart shows, and the numbers that it is made of."""

    draws: str
    """The function of `chart_drawing` that draws it."""
    content: Any
    """What that function draws."""
    columns: Mapping[str, Sequence[Any]]
    """The numbers, all columns as long."""
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    theme: str = "light"
    remarks: tuple[str, ...] = ()
    """What is odd about the numbers."""

    @property
    def part(self) -> EncodedPart:
        """The numbers as a file beside the picture."""
        rows = [
            encode_value(list(row)) for row in zip(*self.columns.values(), strict=True)
        ]
        table = {"columns": list(self.columns), "data": rows}
        data = msgspec.json.encode(table)
        return EncodedPart("data", "table", "json", "application/json", data)


def to_columns(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the columns of what `Chart.part` wrote.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is something else.
    """
    try:
        rows: list[list[Any]] = decode_value(table["data"])
        return {
            str(name): [row[index] for row in rows]
            for index, name in enumerate(table["columns"])
        }
    except (TypeError, ValueError, LookupError) as error:
        msg = f"Plot: its numbers are no table: {error!r}"
        raise DecodeError(msg) from error
