"""All records of a run, joined over its writers."""

from __future__ import annotations

import heapq
import stat
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes.errors import ManifestError, RunNotFoundError, StoreError
from mediatypes.schema import (
    FORMAT,
    VERSION,
    Close,
    Config,
    Environment,
    Intent,
    Log,
    Media,
    Metric,
    Name,
    Note,
    Open,
    Record,
    Repair,
    RunInfo,
    Summary,
    System,
    Unknown,
)
from mediatypes.schema.records import members
from mediatypes.schema.values import escape_key
from mediatypes.store import layout
from mediatypes.store.fold import Fold, Reference
from mediatypes.store.scan import Damage, Tail, media_order, writers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.store.beneath import Folder

__all__ = [
    "MAX_INFO",
    "Collected",
    "Row",
    "is_newer",
    "media_keys",
    "media_value",
    "parse_info",
    "read_info",
]

MAX_INFO: Final = 1 << 20
"""Longest ``run.json`` that is read, in bytes."""
_JITTER_SECONDS: Final = 1.0
"""Threads may write in another order than that in which they took the time."""


_Item: TypeAlias = tuple[str, int, str | None, int | None]
"""Writer and number of a log record, key and index."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One call of ``log``, and its place in the order of all."""

    step: int
    time: float
    writer: str
    log: Log


def read_info(folder: Folder) -> RunInfo:
    """Return what ``run.json`` says.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If there is none.
    mediatypes.errors.ManifestError
        If it is damaged, or a newer release is needed to read the run.
    """
    try:
        text = folder.read(layout.RUN, limit=MAX_INFO)
    except (OSError, StoreError) as error:
        msg = f"{folder.path} is not a run folder: it has no readable {layout.RUN}."
        raise RunNotFoundError(msg) from error
    info = parse_info(text, str(folder.path / layout.RUN))
    if is_newer(info):
        wanted = ".".join(map(str, info.min_reader))
        msg = (
            f"{folder.path} needs a reader of format {wanted} with "
            f"{info.features.get('required', [])}; this one reads "
            f"{'.'.join(map(str, VERSION))}. Install a newer mediatypes."
        )
        raise ManifestError(msg)
    return info


def parse_info(text: bytes, where: str) -> RunInfo:
    """Return what the text of a ``run.json`` says.

    Raises
    ------
    mediatypes.errors.ManifestError
        If it is damaged.
    """
    try:
        return msgspec.json.decode(text, type=RunInfo)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        msg = f"{where} is damaged: {error}."
        raise ManifestError(msg) from error


def is_newer(info: RunInfo) -> bool:
    """Whether only a newer release can read the run."""
    required = info.features.get("required")
    return info.format != FORMAT or info.min_reader > VERSION or bool(required)


def media_value(records: dict[int, Media], length: int | None) -> Any:
    """Return what a summary holds for a media key: a record, or a list of them."""
    found = {index: members(record) for index, record in records.items()}
    if length is None:
        return found.get(0)
    return [found.get(index) for index in range(length)]


class Collected:
    """The records of a run, as they are now; `refresh` adds what has come since."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.opens: dict[str, Open] = {}
        self.closes: dict[str, Close] = {}
        self.rows: list[Row] = []
        self.media: dict[tuple[str, int], list[Media]] = {}
        """Media records by writer and number of their log record."""
        self.set_aside: list[tuple[str, Media]] = []
        """Writers and media records whose file a repair has named as lost."""
        self.notes: list[Note] = []
        self.environments: dict[str, Environment] = {}
        self.system: list[System] = []
        self.repairs: list[Repair] = []
        self.lost: dict[_Item, str] = {}
        """Why an item is lost, of those that a note names."""
        self.damage: list[Damage] = []
        self.unknown: Counter[str] = Counter()
        """Kinds of record that this release does not know."""
        self.is_partial = False
        """Whether a record was met that only a newer release understands."""
        self.records = 0
        """Records read so far."""
        self.last_numbers: dict[str, int] = {}
        """Greatest sequence number of each writer."""
        self._settings: dict[str, list[tuple[float, Record]]] = {}
        self._tails: dict[str, Tail] = {}
        self._times: dict[str, float] = {}
        self._is_ordered = True
        self.refresh()

    def refresh(self) -> bool:
        """Read what has been added since; return whether there was anything."""
        before = len(self.rows), sum(map(len, self.media.values())), len(self.closes)
        for writer, segments in writers(self.folder).items():
            tail = self._tails.setdefault(writer, Tail(self.folder, writer))
            for item in tail.poll(segments):
                if isinstance(item, Damage):
                    self.damage.append(item)
                else:
                    self._take(writer, item)
        self._leave_out_lost()
        if not self._is_ordered:
            self.rows.sort(key=lambda row: (row.step, row.time, row.writer, row.log.n))
            self._is_ordered = True
        after = len(self.rows), sum(map(len, self.media.values())), len(self.closes)
        return before != after

    def final_damage(self) -> list[Damage]:
        """Return all damage, torn ends and missing records included."""
        ends = [item for tail in self._tails.values() for item in tail.finish()]
        return self.damage + ends

    def fold(self) -> Fold:
        """Return summary, config and name of all records, in the order of time."""
        result = Fold()
        streams = [sorted(pairs, key=_when) for pairs in self._settings.values()]
        settings = deque(heapq.merge(*streams, key=lambda pair: pair[0]))
        for row in sorted(self.rows, key=lambda row: (row.time, row.writer, row.log.n)):
            while settings and settings[0][0] < row.time:
                _fold_setting(result, settings.popleft()[1])
            _fold_row(result, row)
        for _, record in settings:
            _fold_setting(result, record)
        return result

    def summary(self) -> dict[str, Any]:
        """Return the summary as JSON has it, media as their records."""
        return self.fold().summary(self.resolve)

    def resolve(self, reference: Reference) -> Any:
        """Return what a summary holds for a media reference: records as JSON."""
        return media_value(self.items(reference), reference.length)

    def items(self, reference: Reference) -> dict[int, Media]:
        """Return the media records of a reference, by index."""
        found = self.media.get((reference.writer, reference.number), [])
        return {record.i: record for record in found if record.key == reference.key}

    def of_row(self, row: Row) -> list[Media]:
        """Return the media records of a row, as far as they are written."""
        return self.media.get((row.writer, row.log.n), [])

    @property
    def next_step(self) -> int:
        """The step after the highest that was logged."""
        return self.rows[-1].step + 1 if self.rows else 0

    def missing(self) -> Iterator[tuple[Row, Intent]]:
        """Yield every media item that a row announces and that has no record.

        Those that a repair has named as lost are not among them.
        """
        aside = {(writer, r.r, r.key, r.i) for writer, r in self.set_aside}
        for row in self.rows:
            place = row.writer, row.log.n
            present = {(record.key, record.i) for record in self.of_row(row)}
            for intent in row.log.media:
                item = intent.key, intent.index
                if item not in present and (*place, *item) not in aside:
                    yield row, intent

    def reason(self, row: Row, intent: Intent) -> str | None:
        """Return why an announced item is lost, if a note says so."""
        return self.lost.get((row.writer, row.log.n, intent.key, intent.index))

    def media_records(self) -> list[Media]:
        """Return every media record, sorted by key, step and index."""
        found = (record for of_row in self.media.values() for record in of_row)
        return sorted(found, key=media_order)

    def typed_files(self) -> Iterator[dict[str, Any]]:
        """Yield every typed value of the record that is, or lies in, a file."""
        for row in self.rows:
            yield from _typed_files(row.log.d)
        for settings in self._settings.values():
            for _, record in settings:
                if isinstance(record, Summary):
                    yield from _typed_files(record.d)

    def _leave_out_lost(self) -> None:
        """Set aside media whose file is gone and named as lost by a repair."""
        paths = {repair.path for repair in self.repairs if repair.path is not None}
        lost = {path for path in paths if not self._is_file(path)}
        for (writer, number), records in list(self.media.items()) if lost else ():
            self.set_aside += [(writer, r) for r in records if r.path in lost]
            self.media[writer, number] = [r for r in records if r.path not in lost]

    def _is_file(self, path: str) -> bool:
        try:
            return stat.S_ISREG(self.folder.stat(path).st_mode)
        except (OSError, StoreError):
            return False

    def clocks_back(self) -> list[str]:
        """Return the writers whose wall clock was set back while they wrote."""
        last: dict[str, Row] = {}
        found: dict[str, None] = {}
        for row in sorted(self.rows, key=lambda row: row.log.n):
            before = last.get(row.writer)
            if before is not None and row.log.t < before.log.t - _JITTER_SECONDS:
                found[row.writer] = None
            last[row.writer] = row
        return list(found)

    def _take(self, writer: str, record: Record) -> None:
        self.records += 1
        self.last_numbers[writer] = max(self.last_numbers.get(writer, 0), record.n)
        match record:
            case Log():
                self._take_row(writer, record)
            case Media():
                of_row = self.media.setdefault((record.w or writer, record.r), [])
                # Two who recover at once may both have written it.
                if not any((r.key, r.i) == (record.key, record.i) for r in of_row):
                    of_row.append(record)
            case Open():
                self.opens[writer] = record
                self._times[writer] = record.t
            case Close():
                self.closes[writer] = record
            case Environment():
                self.environments[writer] = record
            case System():
                self.system.append(record)
            case Note() | Repair() | Unknown():
                self._take_remark(writer, record)
            case Config() | Summary() | Metric() | Name():
                time = self._times.get(writer, 0.0)
                self._settings.setdefault(writer, []).append((time, record))
            case _:
                pass

    def _take_row(self, writer: str, record: Log) -> None:
        opened, rows = self.opens.get(writer), self.rows
        time = record.t if opened is None else opened.t + record.m
        self._times[writer] = time
        if rows and rows[-1].step >= record.step:
            self._is_ordered = False
        rows.append(Row(record.step, time, writer, record))

    def _take_remark(self, writer: str, record: Note | Repair | Unknown) -> None:
        if isinstance(record, Repair):
            self.repairs.append(record)
        elif isinstance(record, Unknown):
            self.unknown[record.k[:64]] += 1
            self.is_partial = self.is_partial or record.critical
        else:
            self.notes.append(record)
            if record.r is not None:
                place = record.w or writer, record.r, record.key, record.i
                self.lost[place] = record.text


def _typed_files(value: Any) -> Iterator[dict[str, Any]]:
    if is_mapping(value):
        if "$t" in value:
            if "path" in value:
                yield dict(value)
            return
        value = list(value.values())
    if is_sequence(value):
        for item in value:
            yield from _typed_files(item)


def _when(pair: tuple[float, Record]) -> tuple[float, int]:
    return pair[0], pair[1].n


def media_keys(log: Log) -> dict[str, int | None]:
    """Return the keys of the media that `log` announces.

    The value is the number of items where they came in a list, else None.
    """
    found: dict[str, int | None] = {}
    for intent in log.media:
        known = found.get(intent.key)
        found[intent.key] = None if intent.length is None else (known or 0) + 1
    return found


def _fold_row(fold: Fold, row: Row) -> None:
    fold.log(row.log.d)
    if row.log.media:
        for key, length in media_keys(row.log).items():
            reference = Reference(row.writer, row.log.n, key, length)
            fold.media(escape_key(key), reference)


def _fold_setting(fold: Fold, item: Record) -> None:
    match item:
        case Config():
            fold.config.update(item.d)
        case Summary():
            fold.set(item.d, item.removed)
        case Metric():
            fold.define(item)
        case Name():
            fold.name = item.name
        case _:
            pass
