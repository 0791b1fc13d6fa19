"""One writer of a run: its log, its files, its threads, and what it lost."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs

from mediatypes._core.names import writer_name
from mediatypes.adapters.codecs import assemble
from mediatypes.errors import MediaTypesError, WriteFailedError
from mediatypes.recorder.durability import Syncer
from mediatypes.recorder.pipeline import Job, Pipeline, lost_note
from mediatypes.schema import Close, Encoded, Intent, Note
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema.draft import size_of
from mediatypes.schema.lines import MAX_LINE_WRITTEN, frame, seal
from mediatypes.schema.records import LogLine
from mediatypes.store import layout
from mediatypes.store.files import MediaFiles
from mediatypes.store.log import LogWriter
from mediatypes.store.process import opening as opening_record
from mediatypes.store.process import rank
from mediatypes.store.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatypes.media import Media
    from mediatypes.recorder.live import Live
    from mediatypes.recorder.options import Options
    from mediatypes.recorder.row import Item, Row
    from mediatypes.schema import Snapshot
    from mediatypes.schema.draft import Buffer
    from mediatypes.store.beneath import Folder
    from mediatypes.store.spool import Slot

__all__ = ["Session"]

_encode: Final = msgspec.json.Encoder().encode
_RESERVED: Final = 16 << 10
"""Bytes of the disk that are set aside for the last words."""
_FRAME: Final = 512
"""Bytes that a line needs beside its data, at most."""
_ROOM: Final = MAX_LINE_WRITTEN - _FRAME
_INTERRUPTED: Final = b'{"text":"a row was interrupted"}'
_REFERENCE: Final = 256
"""Bytes that stand for a value in a file; smaller values stay."""


class Session:
    """Writes a run from one process.

    Parameters
    ----------
    folder
        The run folder.
    options
        How to write.
    opening
        Further members of the first record.
    live
        Takes in each row and each media record.
    is_first
        Whether the run began with this writer, which then writes the derived files.
    """

    def __init__(
        self,
        folder: Folder,
        options: Options,
        opening: dict[str, Any],
        live: Live,
        *,
        is_first: bool = True,
    ) -> None:
        self.is_first = is_first
        self.folder = folder
        self.options = options
        self.pid = os.getpid()
        self.rows = self.media = self.bytes = 0
        self.lost: Counter[str] = Counter()
        self.troubles: dict[tuple[str, str], int] = {}
        """Distinct reasons for which something was lost, and how often."""
        self._reported = 0
        self.late: deque[tuple[str, str]] = deque()
        """Keys, and what was found odd about their values after they were logged."""
        self._counting = threading.Lock()
        self._live = live
        self._checks = options.strict or options.durability == "strict"
        self._start = time.monotonic_ns()
        self.writer = writer_name(rank())
        self.log = LogWriter(folder, self.writer, self._on_line_lost)
        self.files = MediaFiles(
            folder, self.writer, sync=options.durability == "strict"
        )
        self.syncer = Syncer(folder, self.log, options.durability, self._on_sync_failed)
        is_spooled = options.spool and options.durability != "strict"
        self.spool = Spool(folder, self.writer) if is_spooled else None
        self._has_spool_trouble = False
        self.waiting = 0
        """Media that stay in the spool for `recover`."""
        self.pipeline = Pipeline(
            self.log,
            self.files,
            self.spool,
            limit_bytes=options.queue_bytes,
            compression=options.compression,
            on_published=self._on_published,
            on_lost=self._on_media_lost,
        )
        self._reserve = layout.reserve_path(self.writer)
        self._begin(opening)

    def _begin(self, opening: dict[str, Any]) -> None:
        """Write the first record, and set room aside for the last."""
        self.log.append_record(opening_record(self.writer, opening))
        try:
            self.raise_new_trouble(always=True)
        except WriteFailedError:
            self.log.discard()
            raise
        with contextlib.suppress(OSError):
            self.folder.write(self._reserve, bytes(_RESERVED))

    def write_row(self, step: int, row: Row) -> None:
        """Put a row of checked data on record and its media on their way."""
        if row.items:
            self._write_media_row(step, row)
        else:
            number = self._append_row(step, row)
            if number is not None:
                self._take_in(row, number)
        if self._checks:
            self._settle()

    def _write_media_row(self, step: int, row: Row) -> None:
        snapshots = [item.value.draft() for item in row.items]
        sizes = [sum(map(size_of, snapshot.buffers)) for snapshot in snapshots]
        size, block = sum(sizes), self.options.queue_full == "block"
        has_room = self.pipeline.has_room(size, block=block)
        sources: list[Slot | list[Buffer]] = []
        jobs: list[Job] = []
        try:
            for snapshot in snapshots:
                sources.append(self._keep(snapshot) if has_room else [])  # noqa: PERF401 - what an interrupt leaves is given back
            number = self._append_row(step, row, sources)
            if number is None:
                return
            found = zip(row.items, sizes, snapshots, sources, strict=True)
            jobs = [
                Job(item.key, item.index, step, number, size, shot[0], where, shot.late)
                for item, size, shot, where in found
            ]
            self._take_in(row, number)
            if has_room:
                self.pipeline.put(jobs, size)
            else:
                self._drop(jobs, "the queue was full")
        except KeyboardInterrupt:
            if jobs and has_room and not self.pipeline.has_taken(jobs):
                self._drop(jobs, "interrupted")
            raise
        finally:
            if not jobs or not self.pipeline.has_taken(jobs):
                self.pipeline.free(sources)

    def _keep(self, snapshot: Snapshot) -> Slot | list[Buffer]:
        """Put a snapshot where it outlives the process; return where its data are."""
        if self.spool is not None and snapshot.late is None:
            try:
                slot = self.spool.put(snapshot)
            except OSError as error:
                self._on_spool_failed(error)
            else:
                if slot is not None:
                    return slot
        return snapshot.buffers

    def _on_spool_failed(self, error: OSError) -> None:
        if not self._has_spool_trouble:
            self._has_spool_trouble = True
            reason = error.strerror or str(error)
            text = f"media that are not encoded yet would be lost by a kill: {reason}"
            self.log.append_record(Note(text=text))

    def write_record(self, record: Any) -> bool:
        """Put a record on record; return whether that was possible."""
        number = self.log.append_record(record)
        self.syncer.note(number)
        if self._checks:
            self._settle()
        return not self.log.is_lost(number)

    def fitting(self, data: dict[str, Any], step: int) -> dict[str, Any]:
        """Return `data` with its largest values in files, so that a line holds it."""
        if len(_encode(data)) <= _ROOM:
            return data
        return self._spilled(step, data)

    def write_file(self, value: Media, key: str, step: int) -> dict[str, Any] | None:
        """Write the file of a media value now and return it as a typed value.

        None stands for a file that could not be written, which is counted.
        """
        try:
            snapshot = value.draft()
            record = self.files.write_item(
                assemble(snapshot, self.options.compression),
                r=0,
                key=key,
                step=step,
                index=0,
            )
        except (MediaTypesError, OSError) as error:
            self.count("media", error, f"{key!r} in the summary: ")
            return None
        self.media += 1
        self.bytes += record.new_bytes
        self.syncer.note_media(record)
        found: dict[str, Any] = msgspec.to_builtins(record)
        del found["r"]
        return {"$t": "media"} | found

    def checkpoint(self) -> None:
        """Bring everything that was logged to the disk."""
        self.pipeline.wait()
        self.syncer.sync()
        self.raise_new_trouble()

    def close(
        self, state: str, error: str | None, timeout_seconds: float | None = None
    ) -> None:
        """Write the last record, bring all to the disk and let go of everything.

        What takes threads longer than `timeout_seconds` is left to `recover`, and the
        disk to itself.
        """
        self.waiting += self.pipeline.stop(timeout_seconds)
        is_flushed = self.options.durability != "process"
        if not self.syncer.stop(timeout_seconds):
            self.count("syncs", TimeoutError("the disk takes too long"))
            is_flushed = False
        self.log.check_place()
        if self.spool is not None:
            self.spool.close(keep=bool(self.waiting))
        with contextlib.suppress(OSError):
            self.folder.remove(self._reserve)
        if is_flushed:
            self.syncer.sync()
        self.log.append_record(
            Close(
                state=state,
                error=error,
                t=time.time(),
                rows=self.rows,
                media=self.media,
                bytes=self.bytes,
                lost=dict(self.lost),
                waiting=self.waiting,
            )
        )
        if is_flushed:
            try:
                self.log.sync()
            except OSError as failure:
                self.count("syncs", failure)
        self.log.close()

    def abandon(self) -> None:
        """Let go of a log that another process, which forked this one, goes on with."""
        self.log.abandon()
        self.syncer.abandon()
        if self.spool is not None:
            self.spool.abandon()
        self.folder.after_fork()

    def raise_new_trouble(self, *, always: bool = False) -> None:
        """Raise what was lost since the last call, if the run is strict."""
        total = sum(self.lost.values())
        new, self._reported = total - self._reported, total
        if new > 0 and (self.options.strict or always):
            reasons = "; ".join(reason for _, reason in self.troubles)
            where = self.folder.path
            msg = f"{new} of what was logged could not be kept in {where}: {reasons}."
            raise WriteFailedError(msg)

    def _append_row(
        self, step: int, row: Row, sources: Sequence[Slot | list[Buffer]] = ()
    ) -> int | None:
        """Put a row on record and return its number, or None if it is lost."""
        log = self.log
        number = log.next_number()
        try:
            record = LogLine(
                number,
                "log",
                step,
                time.time_ns() // 1_000 / 1e6,
                (time.monotonic_ns() - self._start) // 1_000 / 1e6,
                row.data,
                tuple(map(_intent, row.items, sources)) if row.items else (),
            )
            text = _encode(record)
            if len(text) > _ROOM:
                spilled = self._spilled(step, row.data)
                text = _encode(structs.replace(record, d=spilled))
        except BaseException:  # so that Ctrl-C leaves no gap, which would mean a loss
            log.append_line(number, "note", frame(number, "note", _INTERRUPTED))
            raise
        log.append_line(number, "log", seal(text))
        return None if log.is_lost(number) else number

    def _take_in(self, row: Row, number: int) -> None:
        self.rows += 1
        self._live.take(row, self.writer, number)
        self.syncer.note(number)

    def _spilled(self, step: int, data: dict[str, Any]) -> dict[str, Any]:
        """Return `data` with its largest values in files, so that a line holds it."""
        result = dict(data)
        texts = {key: _encode(value) for key, value in data.items()}
        total = sum(map(len, texts.values()))
        for key in sorted(texts, key=lambda name: len(texts[name]), reverse=True):
            if total <= _ROOM // 2 or len(texts[key]) <= _REFERENCE:
                break
            total -= len(texts[key]) - _REFERENCE
            file = Encoded("json", "json", "application/json", texts[key], {})
            try:
                published = self.files.write(file, key=key, step=step, index=0)
            except OSError as error:
                self.count("values", error)
                result[key] = None
                continue
            result[key] = {
                "$t": "json",
                "path": published.path,
                "sha256": published.sha256,
                "size": published.size,
            }
        return result

    def _settle(self) -> None:
        if self.options.durability == "strict":
            self.pipeline.wait()
            self.syncer.sync()
        if self.options.strict:
            self.raise_new_trouble()

    def _drop(self, jobs: list[Job], reason: str) -> None:
        """Name and count media that will not be written."""
        self.log.append_many([lost_note(job, reason) for job in jobs])
        with self._counting:
            self.lost["media"] += len(jobs)
            cause = "media", reason
            self.troubles[cause] = self.troubles.get(cause, 0) + len(jobs)

    def _on_published(self, record: MediaRecord) -> None:
        with self._counting:
            self.media += 1
            self.bytes += record.new_bytes
            if record.source is not None and not self.options.strict:
                self.late.extend((record.key, text) for text in record.source.reasons)
        self.syncer.note_media(record)
        self._live.publish(record)

    def _on_media_lost(self, job: Job, error: Exception) -> None:
        self.count("media", error, f"{job.key!r} at step {job.step}: ")

    def _on_line_lost(self, kind: str, error: OSError) -> None:
        self.count("rows" if kind == "log" else f"{kind} records", error)

    def _on_sync_failed(self, error: OSError) -> None:
        self.count("syncs", error)

    def count(self, what: str, error: Exception, where: str = "") -> None:
        """Count something lost, and remember why; of equal reasons the first place."""
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        with self._counting:
            self.lost[what] += 1
            known = next(
                (
                    cause
                    for cause in self.troubles
                    if cause[0] == what and cause[1].endswith(reason)
                ),
                (what, f"{where}{reason}"),
            )
            self.troubles[known] = self.troubles.get(known, 0) + 1


def _intent(item: Item, source: Slot | list[Buffer]) -> Intent:
    slot = None if isinstance(source, list) else source.number
    return Intent(item.key, item.index, item.value.kind, slot, item.length)
