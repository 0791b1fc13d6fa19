"""The media of one key over the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from mediatypes.adapters import load
from mediatypes.media import Media
from mediatypes.store.collect import intents

if TYPE_CHECKING:
    import pandas as pd

    from mediatypes.reader.values import Values
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.store.collect import Collected

__all__ = ["MediaItems", "MediaSeries"]


class MediaItems(Sequence[Media]):
    """The media that came under one key at one step, decoded when asked for.

    Parameters
    ----------
    records
        Their records, by index.
    values
        Decodes them.
    where
        Key and step, for messages.
    """

    def __init__(
        self, records: Mapping[int, MediaRecord], values: Values, where: str
    ) -> None:
        self._records = records
        self._values = values
        self._where = where

    @property
    def records(self) -> list[MediaRecord]:
        """The records, in order."""
        return [self._records[index] for index in sorted(self._records)]

    @overload
    def __getitem__(self, index: int) -> Media: ...

    @overload
    def __getitem__(self, index: slice) -> list[Media]: ...

    def __getitem__(self, index: int | slice) -> Media | list[Media]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        record = self._records.get(position)
        if record is None:
            msg = f"{self._where} has no item {index}"
            raise IndexError(msg)
        return self._values.media(record)

    def __len__(self) -> int:
        return max(self._records, default=-1) + 1

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
        self._steps: dict[int, dict[int, MediaRecord]] = {}
        for row in collected.rows:
            if any(name == key for name, *_ in intents(row.log)):
                found = collected.media.get((row.writer, row.log.n), {}).values()
                of_key = {record.i: record for record in found if record.key == key}
                if of_key:
                    self._steps[row.step] = of_key

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
        """Return one row for each item: its record, and the scalars of its step."""
        scalars: dict[int, dict[str, Any]] = {}
        for row in self._collected.rows:
            if row.step in self._steps:
                plain = {
                    key: value
                    for key, value in self._values.plain(row.log.d).items()
                    if value is None or isinstance(value, (bool, int, float, str))
                }
                scalars.setdefault(row.step, {}).update(plain)
        names = list(dict.fromkeys(key for found in scalars.values() for key in found))
        table: dict[str, list[Any]] = {}
        for step, records in self._steps.items():
            for index in sorted(records):
                record = records[index]
                cells = {
                    "step": step,
                    "index": index,
                    "kind": record.kind,
                    "caption": record.caption,
                    "path": record.path,
                    "size": record.size,
                    "sha256": record.sha256,
                }
                of_step = scalars.get(step, {})
                for name in names:
                    cells[name if name not in cells else f"{name}_logged"] = (
                        of_step.get(name)
                    )
                for name, cell in cells.items():
                    table.setdefault(name, []).append(cell)
        frame: pd.DataFrame = load("pandas").to_frame(table)
        return frame
