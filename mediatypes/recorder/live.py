"""What a running run adds up to so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mediatypes.media import MEDIA_TYPES
from mediatypes.schema import decode_value
from mediatypes.schema.values import escape_key, unescape_key
from mediatypes.store.collect import media_value
from mediatypes.store.files import parts_of
from mediatypes.store.fold import Fold, Reference

if TYPE_CHECKING:
    from mediatypes.media import Media
    from mediatypes.recorder.row import Row
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.store.beneath import Folder
    from mediatypes.store.collect import Collected

__all__ = ["Live"]


class _Latest(NamedTuple):
    """The media of the newest row that has a key."""

    number: int
    values: dict[int, Media]
    """Those that are not in their files yet."""
    records: dict[int, MediaRecord]


class _Found(NamedTuple):
    """A media value, or a list of them, among JSON."""

    value: Any


class Live:
    """Summary, settings and newest media of a run that is being written.

    Of every key it holds the last value only, and of media only until they are in their
    files, so it does not grow with the steps.

    Parameters
    ----------
    folder
        The run folder, which media are read back from.
    before
        What is on record already, of a run that is resumed.
    """

    def __init__(self, folder: Folder, before: Collected | None = None) -> None:
        self.fold = Fold() if before is None else before.fold()
        self._folder = folder
        self._latest: dict[str, _Latest] = {}
        if before is not None:
            for reference in self.fold.references():
                records = before.items(reference)
                latest = _Latest(reference.number, {}, records)
                self._latest[reference.key] = latest

    def take(self, row: Row, writer: str, number: int) -> None:
        """Take in a row that is on record."""
        if row.data:
            self.fold.log(row.data)
        for item in row.items:
            if item.index == 0:
                self._latest[item.key] = _Latest(number, {}, {})
                self.fold.media(
                    escape_key(item.key),
                    Reference(writer, number, item.key, item.length),
                )
            self._latest[item.key].values[item.index] = item.value

    def publish(self, record: MediaRecord) -> None:
        """Take in a media file that is in its place."""
        latest = self._latest.get(record.key)
        if latest is not None and latest.number == record.r:
            latest.records[record.i] = record
            latest.values.pop(record.i, None)

    def stored(self) -> dict[str, Any]:
        """Return the summary as JSON has it, media as their records."""

        def value_of(reference: Reference) -> Any:
            records = self._latest[reference.key].records
            return media_value(records, reference.length)

        return self.fold.summary(value_of)

    def current(self) -> dict[str, Any]:
        """Return the summary as Python has it, media as typed values."""

        def value_of(reference: Reference) -> Any:
            latest = self._latest[reference.key]
            if reference.length is None:
                return _Found(self._value(latest, 0))
            return _Found([self._value(latest, i) for i in range(reference.length)])

        found = self.fold.summary(value_of)
        return {unescape_key(key): _decoded(value) for key, value in found.items()}

    def _value(self, latest: _Latest, index: int) -> Media | None:
        record = latest.records.get(index)
        if record is None:
            return latest.values.get(index)
        data = self._folder.read(record.path, limit=record.size)
        parts = parts_of(self._folder, record)
        return MEDIA_TYPES[record.kind].decode(record, data, parts)


def _decoded(value: Any) -> Any:
    return value.value if isinstance(value, _Found) else decode_value(value, _typed)


def _typed(members: dict[str, Any]) -> Any:
    media = MEDIA_TYPES.get(members["$t"])
    return members if media is None else media.from_inline(members)
