"""What was logged, one row a step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, overload

from mediatypes.adapters import load
from mediatypes.store.collect import media_keys

if TYPE_CHECKING:
    import pandas as pd

    from mediatypes.reader.values import Values
    from mediatypes.store.collect import Collected, Row

__all__ = ["History"]

_TAKEN: Final = re.compile(r"step(_logged)*").fullmatch


class History(Sequence[dict[str, Any]]):
    """Rows by step: of a key that came twice at one step, the later value.

    A row is a mapping with ``step`` and the keys that were logged; media are typed
    values, decoded when the row is asked for. An item that is not written yet, or is
    lost, is None. A key that is itself ``step`` goes by ``step_logged``.

    Parameters
    ----------
    collected
        The records of the run.
    values
        Decodes them.
    """

    def __init__(self, collected: Collected, values: Values) -> None:
        self._collected = collected
        self._values = values
        self._steps: dict[int, list[Row]] = {}
        for row in collected.rows:
            self._steps.setdefault(row.step, []).append(row)
        self._order = list(self._steps)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(index, slice):
            return [self._row(step) for step in self._order[index]]
        return self._row(self._order[index])

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(self._row, self._order)

    def __repr__(self) -> str:
        return f"History({len(self)} steps)"

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a step: a ``step`` column, and one for each key."""
        table: dict[str, list[Any]] = {"step": []}
        for index, row in enumerate(self):
            for name, value in row.items():
                column = table.setdefault(name, [])
                if len(column) < index:
                    column.extend([None] * (index - len(column)))
                column.append(value)
        for column in table.values():
            column.extend([None] * (len(self) - len(column)))
        frame: pd.DataFrame = load("pandas").to_frame(table)
        return frame

    def _row(self, step: int) -> dict[str, Any]:
        result: dict[str, Any] = {"step": step}
        for row in self._steps[step]:
            found = self._values.members(row.log.d)
            if row.log.media:
                found |= self._media(row)
            for key, value in found.items():
                result[_column(key) if key.startswith("step") else key] = value
        return result

    def _media(self, row: Row) -> dict[str, Any]:
        by_place = {(r.key, r.i): r for r in self._collected.of_row(row)}
        lengths = media_keys(row.log)
        result: dict[str, Any] = {}
        for intent in row.log.media:
            record = by_place.get((intent.key, intent.index))
            value = None if record is None else self._values.media(record)
            if lengths[intent.key] is None:
                result[intent.key] = value
            else:
                result.setdefault(intent.key, []).append(value)
        return result


def _column(key: str) -> str:
    """Return the column of `key`: never that of the step, and never that of another."""
    return f"{key}_logged" if _TAKEN(key) else key
