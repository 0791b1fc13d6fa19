"""The media of one key over the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, overload

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes.adapters import load
from mediatypes.media import MEDIA_TYPES
from mediatypes.schema.values import escape_key

if TYPE_CHECKING:
    import pandas as pd

    from mediatypes.reader.values import Values
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.store.collect import Collected, Row

__all__ = ["MediaItems", "MediaSeries", "is_inline"]

Entry: TypeAlias = "MediaRecord | dict[str, Any]"
"""A media record, or an inline value as JSON has it."""


class MediaItems(Sequence[Any]):
    """The media that came under one key at one step, decoded when asked for.

    Parameters
    ----------
    entries
        Their records or inline values, in order; None for one that is not written.
    values
        Decodes them.
    where
        Key and step, for messages.
    """

    def __init__(
        self, entries: Sequence[Entry | None], values: Values, where: str
    ) -> None:
        self._entries = entries
        self._values = values
        self._where = where

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        try:
            entry = self._entries[index]
        except IndexError:
            msg = f"{self._where} has no item {index}"
            raise IndexError(msg) from None
        return None if entry is None else _decoded(entry, self._values)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"MediaItems({self._where}, {len(self)} items)"


class MediaSeries(Mapping[int, MediaItems]):
    """The media of one key, by step.

    Parameters
    ----------
    key
        The key.
    collected
        The records of the run.
    values
        Decodes them.
    """

    def __init__(self, key: str, collected: Collected, values: Values) -> None:
        self.key = key
        self._collected = collected
        self._values = values
        self._steps: dict[int, list[Entry | None]] = {}
        for row in collected.rows:
            found = _recorded(key, row, collected) or _inline(key, row)
            if any(entry is not None for entry in found):
                self._steps[row.step] = found

    def __getitem__(self, step: int) -> MediaItems:
        where = f"{self.key!r} at step {step}"
        return MediaItems(self._steps[step], self._values, where)

    def __iter__(self) -> Iterator[int]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        return f"MediaSeries({self.key!r}, {len(self)} steps)"

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for each item: its record, and the scalars of its step.

        A scalar whose key is a column already has ``_logged`` behind its name.
        """
        scalars = self._scalars()
        names = dict.fromkeys(key for found in scalars.values() for key in found)
        table: dict[str, list[Any]] = {}
        for step, entries in self._steps.items():
            of_step = scalars.get(step, {})
            for index, entry in enumerate(entries):
                if entry is None:
                    continue
                cells = {"step": step, "index": index, **_facts(entry)}
                for name in names:
                    column = f"{name}_logged" if name in _COLUMNS else name
                    cells[column] = of_step.get(name)
                for name, cell in cells.items():
                    table.setdefault(name, []).append(cell)
        frame: pd.DataFrame = load("pandas").to_frame(table)
        return frame

    def _scalars(self) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for row in self._collected.rows:
            if row.step in self._steps:
                plain = self._values.scalars(row.log.d)
                found.setdefault(row.step, {}).update(plain)
        return found


_COLUMNS: Final = ("step", "index", "kind", "caption", "path", "size", "sha256")


def is_inline(value: Any) -> bool:
    """Whether `value`, as JSON has it, is a media value without a file, or a list."""
    if is_sequence(value):
        return bool(value) and all(map(is_inline, value))
    kind = value.get("$t") if is_mapping(value) else None
    return isinstance(kind, str) and kind in MEDIA_TYPES


def _recorded(key: str, row: Row, collected: Collected) -> list[Entry | None]:
    indices = sorted({intent.index for intent in row.log.media if intent.key == key})
    found = {r.i: r for r in collected.of_row(row) if r.key == key} if indices else {}
    return [found.get(index) for index in indices]


def _inline(key: str, row: Row) -> list[Entry | None]:
    value: Any = row.log.d.get(escape_key(key))
    if not is_inline(value):
        return []
    return list(value) if is_sequence(value) else [value]


def _decoded(entry: Entry, values: Values) -> Any:
    return values.plain(entry) if isinstance(entry, dict) else values.media(entry)


def _facts(entry: Entry) -> dict[str, Any]:
    if isinstance(entry, dict):
        return {"kind": entry["$t"], **dict.fromkeys(_COLUMNS[3:])}
    return {name: getattr(entry, name) for name in _COLUMNS[2:]}
