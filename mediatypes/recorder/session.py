"""One writer of a run: its log, its files, its threads, and what it lost."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from mediatypes._core.names import writer_name
from mediatypes.errors import MediaTypesError, WriteFailedError
from mediatypes.recorder.durability import Syncer
from mediatypes.recorder.pipeline import DEFAULT_QUEUE_BYTES, Job, Pipeline, lost_note
from mediatypes.schema import Close, Encoded
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema.lines import MAX_LINE_WRITTEN
from mediatypes.store.files import MediaFiles
from mediatypes.store.log import LogWriter
from mediatypes.store.process import opening as opening_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.media import Media
    from mediatypes.recorder.row import Item, Row
    from mediatypes.store.beneath import Folder

__all__ = ["Options", "Session"]

_encode: Final = msgspec.json.Encoder().encode
_ROOM_FOR_FRAME: Final = 512


class Options(NamedTuple):
    """How a run is written."""

    durability: str = "interval"
    strict: bool = False
    queue_bytes: int = DEFAULT_QUEUE_BYTES
    queue_full: str = "block"


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
    on_published
        Called with each media record.
    is_first
        Whether the run began with this writer, which then writes the derived files.
    """

    def __init__(
        self,
        folder: Folder,
        options: Options,
        opening: dict[str, Any],
        on_published: Callable[[MediaRecord], None],
        *,
        is_first: bool = True,
    ) -> None:
        self.is_first = is_first
        self.folder = folder
        self.options = options
        self.pid = os.getpid()
        self.rows = self.media = self.bytes = 0
        self.lost: Counter[str] = Counter()
        self.troubles: dict[str, int] = {}
        """Distinct reasons for which something was lost, and how often."""
        self._reported = 0
        self._counting = threading.Lock()
        self._forward = on_published
        self._start = time.monotonic()
        self.writer = writer_name()
        self.log = LogWriter(folder, self.writer, self._on_line_lost)
        self.files = MediaFiles(folder, self.writer)
        self.syncer = Syncer(folder, self.log, options.durability, self._on_sync_failed)
        self.pipeline = Pipeline(
            self.log,
            self.files,
            limit_bytes=options.queue_bytes,
            sync=options.durability == "strict",
            on_published=self._on_published,
            on_lost=self._on_media_lost,
        )
        self.log.append_record(opening_record(self.writer, opening))
        self.raise_new_trouble(always=True)

    def write_row(self, step: int, row: Row, on_number: Callable[[int], None]) -> None:
        """Put a row on record and its media on their way.

        Parameters
        ----------
        step
            Of the row.
        row
            Checked data.
        on_number
            Called with the row's sequence number, before any of its media is written.
        """
        size = sum(item.value.nbytes for item in row.items)
        block = self.options.queue_full == "block"
        has_room = not row.items or self.pipeline.reserve(size, block=block)
        lost = self.log.lost
        number = self._append_row(step, row)
        if self.log.lost > lost:
            if row.items and has_room:
                self.pipeline.release(size)
            self.raise_new_trouble()
            return
        self.rows += 1
        on_number(number)
        if row.items:
            jobs = _jobs(row, step, number)
            if has_room:
                self.pipeline.put(jobs)
            else:
                self._drop(jobs)
        self._settle(number)

    def write_record(self, record: Any) -> int:
        """Put a record on record."""
        number = self.log.append_record(record)
        self._settle(number)
        return number

    def write_file(self, value: Media, key: str, step: int) -> dict[str, Any] | None:
        """Write the file of a media value now and return it as a typed value.

        None stands for a file that could not be written, which is counted.
        """
        try:
            encoded = value.encode()
            published = self.files.write(encoded, key=key, step=step, index=0)
        except (MediaTypesError, OSError) as error:
            self.count("media", error, f"{key!r} in the summary: ")
            return None
        self.media += 1
        self.bytes += published.size
        record = MediaRecord(
            r=0,
            key=key,
            step=step,
            i=0,
            kind=encoded.kind,
            path=published.path,
            sha256=published.sha256,
            size=published.size,
            mime=encoded.mime,
            caption=value.caption,
            id=value.id,
            meta=encoded.meta,
            source=encoded.source,
        )
        found: dict[str, Any] = msgspec.to_builtins(record)
        del found["r"]
        return {"$t": "media"} | found

    def checkpoint(self) -> None:
        """Bring everything that was logged to the disk."""
        self.pipeline.wait()
        self.syncer.sync()
        self.raise_new_trouble()

    def close(self, state: str, error: str | None) -> None:
        """Write the last record, bring all to the disk and let go of everything."""
        self.pipeline.stop()
        self.syncer.stop()
        if self.options.durability != "process":
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
            )
        )
        if self.options.durability != "process":
            try:
                self.log.sync()
            except OSError as failure:
                self.count("syncs", failure)
        self.log.close()

    def abandon(self) -> None:
        """Let go of a log that another process, which forked this one, goes on with."""
        self.log.abandon()
        self.folder.after_fork()

    def raise_new_trouble(self, *, always: bool = False) -> None:
        """Raise what was lost since the last call, if the run is strict."""
        total = sum(self.lost.values())
        new, self._reported = total - self._reported, total
        if new > 0 and (self.options.strict or always):
            reasons = "; ".join(self.troubles)
            where = self.folder.path
            msg = f"{new} of what was logged could not be kept in {where}: {reasons}."
            raise WriteFailedError(msg)

    def _append_row(self, step: int, row: Row) -> int:
        data = _encode(row.data)
        if len(data) > MAX_LINE_WRITTEN - _ROOM_FOR_FRAME:
            data = _encode(self._spilled(step, row.data))
        head = b'{"step":%d,"t":%.6f,"m":%.6f' % (
            step,
            time.time(),
            time.monotonic() - self._start,
        )
        if not row.items:
            return self.log.append("log", b'%b,"d":%b}' % (head, data))
        intents = _encode([_intent(item) for item in row.items])
        return self.log.append("log", b'%b,"d":%b,"media":%b}' % (head, data, intents))

    def _spilled(self, step: int, data: dict[str, Any]) -> dict[str, Any]:
        """Return `data` with its largest values in files, so that a line holds it."""
        result = dict(data)
        texts = {key: _encode(value) for key, value in data.items()}
        total = sum(map(len, texts.values()))
        for key in sorted(texts, key=lambda name: len(texts[name]), reverse=True):
            if total <= MAX_LINE_WRITTEN // 2:
                break
            total -= len(texts[key])
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

    def _settle(self, number: int) -> None:
        self.syncer.note(number)
        if self.options.durability == "strict":
            self.pipeline.wait()
            self.syncer.sync()
        if self.options.strict:
            self.raise_new_trouble()

    def _drop(self, jobs: list[Job]) -> None:
        """Name and count media that found the queue full."""
        reason = "the queue was full"
        self.log.append_many([lost_note(job, reason) for job in jobs])
        with self._counting:
            self.lost["media"] += len(jobs)
            self.troubles[reason] = self.troubles.get(reason, 0) + len(jobs)

    def _on_published(self, record: MediaRecord) -> None:
        with self._counting:
            self.media += 1
            self.bytes += record.size if not record.same else 0
        self.syncer.note_media(record)
        self._forward(record)

    def _on_media_lost(self, job: Job, error: Exception) -> None:
        self.count("media", error, f"{job.key!r} at step {job.step}: ")

    def _on_line_lost(self, error: OSError) -> None:
        self.count("rows", error)

    def _on_sync_failed(self, error: OSError) -> None:
        self.count("syncs", error)

    def count(self, what: str, error: Exception, where: str = "") -> None:
        """Count something lost, and remember why."""
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        with self._counting:
            self.lost[what] += 1
            known = next(
                (text for text in self.troubles if text.endswith(reason)), None
            )
            text = known or f"{where}{reason}"
            self.troubles[text] = self.troubles.get(text, 0) + 1


def _jobs(row: Row, step: int, number: int) -> list[Job]:
    return [Job(item.value, item.key, step, item.index, number) for item in row.items]


def _intent(item: Item) -> tuple[Any, ...]:
    known = (item.key, item.index, item.value.kind, None)
    return known if item.length is None else (*known, item.length)
