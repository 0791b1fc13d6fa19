"""What the dashboard keeps in memory of one run: numbers, and where the media are."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes.errors import ManifestError, MediaTypesError
from mediatypes.media import MEDIA_TYPES
from mediatypes.reader.state import state_of
from mediatypes.schema import (
    Close,
    Config,
    Log,
    Media,
    Metric,
    Name,
    Note,
    Open,
    Record,
    RunInfo,
    Summary,
    Unknown,
    decode_value,
)
from mediatypes.schema.values import escape_key
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import media_keys, read_info
from mediatypes.store.fold import Fold, Reference
from mediatypes.store.lease import Watch
from mediatypes.store.scan import Damage, Tail, read_record, writers
from mediatypes.store.scan import Place as LogPlace
from mediatypes.viewer.columns import Column, Growing, LookedUp
from mediatypes.viewer.keeping import restore, to_keep
from mediatypes.viewer.track import Place, Track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mediatypes.viewer.cache import Cache

__all__ = ["Problem", "RunIndex"]

_AT_ONCE: Final = 2_000
"""Records that are taken in before a page that waits gets its turn."""
_WORTH_KEEPING: Final = 20_000
"""Records that take longer to read than to keep."""
_MOST_PROBLEMS: Final = 500
_MOST_EARLY: Final = 10_000
"""Rows whose media came first, by clocks of machines that do not agree."""
_MOST_KEYS: Final = 20_000
"""Keys of a run that are shown, so that no record can fill the memory with them."""


class Problem(NamedTuple):
    """Something that a person should know about a run."""

    severity: str
    """``"error"``, ``"warning"`` or ``"note"``."""
    text: str
    where: str = ""


class _Line(NamedTuple):
    """A record, and where it stands."""

    time: float
    writer: str
    at: tuple[int, int, int]
    record: Record


class RunIndex:
    """One run, read as far as it has been written; `poll` reads on.

    Of the record no file is held open between two calls; of the cache, one.

    Parameters
    ----------
    path
        The run folder.
    cache
        Keeps what has been read for the next time, if there is one.
    """

    def __init__(self, path: Path, cache: Cache | None = None) -> None:
        self.path = path
        self._cache = cache
        self._unkept = 0
        self.id = path.name
        self.info: RunInfo | None = None
        self.error: str | None = None
        """Why it cannot be read, if so."""
        self.revision = 0
        self.is_read = False
        """Whether it has been read to its end once."""
        self.lock = threading.RLock()
        self.columns: dict[str, Column] = {}
        self.tracks: dict[str, Track] = {}
        self.steps = Growing("q")
        self.times = Growing("d")
        self.looked_up: dict[str, LookedUp] = {}
        """By axis: the rows that a chart has asked for last, and where they lie."""
        self.last_step: int | None = None
        self.fold = Fold()
        self.opens: dict[str, Open] = {}
        self.closes: dict[str, Close] = {}
        self.problems: list[Problem] = []
        self.writers: list[str] = []
        self.places: dict[str, LogPlace] = {}
        self.clocks: dict[str, float] = {}
        self._watch: Watch | None = None
        self._still: set[str] = set()
        self._early: dict[tuple[str, int], list[tuple[_Line, Media]]] = {}
        self.open_rows: dict[tuple[str, int], tuple[float, set[tuple[str, int]]]] = {}

    @property
    def state(self) -> str:
        """State of the run, or ``"damaged"`` if it cannot be read."""
        if self.error:
            return "damaged"
        return state_of(self.opens, self.closes, self._still.__contains__)

    @property
    def name(self) -> str:
        """The name that people see."""
        known = self.info.name if self.info else self.id
        return self.fold.name or known

    @property
    def started(self) -> float:
        """When the first writer began, in seconds since 1970."""
        return min((record.t for record in self.opens.values()), default=0.0)

    @property
    def updated(self) -> float:
        """When the last row came."""
        return max(self.clocks.values(), default=self.started)

    def poll(self) -> bool:
        """Read what has been written since; return whether there was anything."""
        if self.is_read and self._is_over():
            return False
        try:
            folder = Folder(self.path)
            try:
                changed = self._recall(folder) if self.info is None else False
                changed = self._read(folder) or changed
                self._look_for_life(folder)
                self._keep(folder)
            finally:
                folder.close()
        except (MediaTypesError, OSError) as error:
            changed, self.error = self.error != str(error), str(error)
        else:
            changed, self.error = changed or self.error is not None, None
        if changed or not self.is_read:
            self.revision += 1
        self.is_read = True
        return changed

    def missing(self) -> list[tuple[str, int, str]]:
        """Return key, index and writer of items that were announced and never came."""
        return [
            (key, index, writer)
            for (writer, _), (_, waiting) in list(self.open_rows.items())
            for key, index in sorted(waiting)
        ]

    def record(self, place: Place) -> Record:
        """Return the record at `place`."""
        folder = Folder(self.path)
        try:
            return read_record(
                folder,
                self.writers[place.writer],
                place.segment,
                place.offset,
                place.length,
            )
        finally:
            folder.close()

    def _recall(self, folder: Folder) -> bool:
        """Read what the run is, and go on from where an earlier process has read."""
        self.info = read_info(folder)
        kept = self._cache.load(self.path) if self._cache else None
        if kept is None:
            return False
        with self.lock:
            return restore(self, folder, kept)

    def _keep(self, folder: Folder) -> None:
        """Keep what has been read, and look at it through the file from now on."""
        if self._cache is None or self._unkept < _WORTH_KEEPING or self._early:
            return
        self._unkept = 0
        with self.lock:
            if self._cache.save(self.path, to_keep(self, folder)):
                kept = self._cache.load(self.path)
                if kept is not None:
                    restore(self, folder, kept)

    def set_problems(self, plain: list[list[str]]) -> None:
        """Set what is known of a run whose log is not read again."""
        self.problems = [Problem(*problem) for problem in plain]

    def _look_for_life(self, folder: Folder) -> None:
        if self._watch is None:
            self._watch = Watch(folder)
        self._watch.folder = folder
        open_ones = self.opens.keys() - self.closes.keys()
        self._still = {writer for writer in open_ones if self._watch.is_still(writer)}

    def _is_over(self) -> bool:
        """Whether every writer has had its last word, so that nothing more comes."""
        return bool(self.opens) and all(place.closed for place in self.places.values())

    def _read(self, folder: Folder) -> bool:
        segments = writers(folder)
        tails = {
            writer: Tail(folder, writer, self.places.get(writer, LogPlace()))
            for writer in segments
        }
        self.writers += [writer for writer in tails if writer not in self.writers]
        streams = [self._lines(tail, segments[w]) for w, tail in tails.items()]
        # In the order of time over all writers, as a reader of the whole run has it.
        merged = heapq.merge(*streams, key=lambda line: line.time)
        count = 0
        while batch := list(itertools.islice(merged, _AT_ONCE)):
            with self.lock:
                for line in batch:
                    self._take(line)
            count += len(batch)
            self.revision += 1
        self._unkept += count
        self.places |= {writer: tail.place for writer, tail in tails.items()}
        return count > 0

    def _lines(self, tail: Tail, segments: list[int]) -> Iterator[_Line]:
        writer = tail.writer
        for item in tail.poll(segments):
            if isinstance(item, Damage):
                self._say("error", f"{item.code}: {item.text}", item.where)
                continue
            if isinstance(item, Open):
                self.clocks[writer] = item.t
                self.opens[writer] = item
            elif isinstance(item, Log):
                opened = self.opens.get(writer)
                self.clocks[writer] = item.t if opened is None else opened.t + item.m
            yield _Line(self.clocks.get(writer, 0.0), writer, tail.at, item)

    def _take(self, line: _Line) -> None:
        record = line.record
        match record:
            case Log():
                self._take_row(line, record)
            case Media():
                self._take_media(line, record)
            case Close():
                self._take_close(line, record)
            case Note():
                severity = "note" if record.r is None else "error"
                self._say(severity, record.text, record.key or "")
            case Unknown() if record.critical:
                text = "a newer mediatypes wrote records that are not shown"
                self._say("error", text)
            case _:
                self._take_setting(record)

    def _take_setting(self, record: Record) -> None:
        match record:
            case Config():
                self.fold.config.update(record.d)
            case Summary():
                self.fold.set(record.d, record.removed)
            case Metric():
                self.fold.define(record)
            case Name():
                self.fold.name = record.name
            case _:
                pass

    def _take_close(self, line: _Line, record: Close) -> None:
        self.closes[line.writer] = record
        if record.waiting:
            text = f"{record.waiting:,} media wait: run mediatypes recover"
            self._say("warning", text)
        for what, number in record.lost.items():
            self._say("error", f"the run's own count of losses: {number} {what}")

    def _take_row(self, line: _Line, log: Log) -> None:
        row = len(self.steps)
        self.steps.append(log.step)
        if self.last_step is None or log.step > self.last_step:
            self.last_step = log.step
        self.times.append(line.time)
        self.fold.log(log.d)
        columns = self.columns
        for key, value in log.d.items():
            number = value if type(value) is float else _number(value)
            if number is not None:
                name = key.removeprefix("$")
                column = columns.get(name)
                if column is None:
                    if len(columns) >= _MOST_KEYS:
                        continue
                    column = columns[name] = Column()
                column.add(row, number)
            elif isinstance(value, (dict, list)):
                self._take_inline(line, log, key, value)
        if log.media:
            waiting = {(intent.key, intent.index) for intent in log.media}
            self.open_rows[line.writer, log.n] = line.time, waiting
            for early in self._early.pop((line.writer, log.n), ()):
                self._take_media(*early)
            for key, length in media_keys(log).items():
                reference = Reference(line.writer, log.n, key, length)
                self.fold.media(escape_key(key), reference)

    def _take_inline(self, line: _Line, log: Log, key: str, value: Any) -> None:
        items = list(value) if is_sequence(value) else [value]
        kinds = [item.get("$t") if is_mapping(item) else None for item in items]
        if not kinds or not all(isinstance(k, str) and k in MEDIA_TYPES for k in kinds):
            return
        track = self._track(key.removeprefix("$"), str(kinds[0]), inline=True)
        if track is not None:
            for index in range(len(items)):
                track.add(self._place(line, log.step, index, line.time, log.n))

    def _take_media(self, line: _Line, record: Media) -> None:
        row = record.w or line.writer, record.r
        if row not in self.open_rows:
            if record.w is not None and len(self._early) < _MOST_EARLY:
                self._early.setdefault(row, []).append((line, record))
            return
        time, waiting = self.open_rows[row]
        if (record.key, record.i) not in waiting:
            return  # two who recovered at once have both written it
        waiting.discard((record.key, record.i))
        if not waiting:
            del self.open_rows[row]
        track = self._track(record.key, record.kind, inline=False)
        if track is None:
            return
        track.add(self._place(line, record.step, record.i, time, record.r))
        if record.source is not None and record.source.is_odd:
            track.odd += 1

    def _track(self, key: str, kind: str, *, inline: bool) -> Track | None:
        track = self.tracks.get(key)
        if track is None:
            if len(self.tracks) >= _MOST_KEYS:
                return None
            track = self.tracks[key] = Track(kind, inline=inline)
        if track.inline != inline:  # a key that changed what it holds: the first stays
            return None
        track.kind = kind
        return track

    def _place(
        self, line: _Line, step: int, index: int, time: float, row: int
    ) -> Place:
        writer = self.writers.index(line.writer)
        return Place(step, index, time, writer, *line.at, row)

    def _say(self, severity: str, text: str, where: str = "") -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(severity, text, where))


def _number(value: Any) -> float | None:
    """Return a number as JSON has it, or None if it is none."""
    if isinstance(value, (int, float)):  # True and False as 1 and 0
        return float(value)
    if is_mapping(value) and len(value) == 1 and ("$f" in value or "$i" in value):
        try:
            found = decode_value(value)
            return float(found) if isinstance(found, (int, float)) else None
        except OverflowError:
            return math.inf
        except ManifestError:
            return None
    return None
