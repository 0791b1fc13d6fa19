"""What a running run adds up to so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from mediatypes.media import MEDIA_TYPES
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema import decode_value
from mediatypes.schema.values import escape_key, unescape_key
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import media_value
from mediatypes.store.files import parts_of, read_file
from mediatypes.store.fold import Fold, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.media import Media
    from mediatypes.recorder.row import Row
    from mediatypes.store.collect import Collected

__all__ = ["Live"]


class _Latest(NamedTuple):
    """The media of the newest row that has a key."""

    number: int
    values: dict[int, Media]
    """Those that are not in their files yet."""
    records: dict[int, MediaRecord]


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

    def current(self) -> Mapping[str, Any]:
        """Return the summary as Python has it; a value is decoded when it is read."""
        return _Current(self)

    def value(self, key: str) -> Any:
        """Return the value of a key of the summary, media as typed values."""
        found = self.fold.value_of(key, lambda reference: reference)
        if not isinstance(found, Reference):
            return decode_value(found, self._typed)
        latest = self._latest[found.key]
        if found.length is None:
            return self._media(latest, 0)
        return [self._media(latest, index) for index in range(found.length)]

    def _media(self, latest: _Latest, index: int) -> Media | None:
        record = latest.records.get(index)
        return latest.values.get(index) if record is None else self._decoded(record)

    def _decoded(self, record: MediaRecord) -> Media:
        folder = self._readable()
        data = read_file(folder, record.path, record.size, record.sha256)
        parts = parts_of(folder, record)
        return MEDIA_TYPES[record.kind].decode(record, data, parts)

    def _typed(self, members: dict[str, Any]) -> Any:
        """Return what a mapping with the tag of a type stands for."""
        kind = members["$t"]
        if kind == "media":
            return self._decoded(msgspec.convert({**members, "r": 0}, MediaRecord))
        if kind == "json":
            where = members["path"], members["size"], members["sha256"]
            data = read_file(self._readable(), *where)
            return decode_value(msgspec.json.decode(data), self._typed)
        return MEDIA_TYPES[kind].from_inline(members)

    def _readable(self) -> Folder:
        """Return the run folder, opened anew if the run has been finished."""
        return self._folder if self._folder.is_open else Folder(self._folder.path)


class _Current(Mapping[str, Any]):
    """The summary as it is at each moment."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __getitem__(self, key: str) -> Any:
        return self._live.value(escape_key(key))

    def __iter__(self) -> Iterator[str]:
        return map(unescape_key, self._live.fold.keys())

    def __len__(self) -> int:
        return len(self._live.fold.keys())
