"""From snapshots to files: a queue bounded in bytes, and the threads that empty it."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from attrs import frozen

from mediatypes.schema import Media as MediaRecord
from mediatypes.schema import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.media import Media
    from mediatypes.store.files import MediaFiles
    from mediatypes.store.log import LogWriter

__all__ = ["Job", "Pipeline"]

DEFAULT_QUEUE_BYTES: Final = 256 << 20
_BATCH_BYTES: Final = 256 << 10
_BATCH_ITEMS: Final = 32
_THREADS: Final = max(1, min(4, (os.cpu_count() or 2) - 1))
"""One core stays the training loop's."""


@frozen
class Job:
    """A media value on its way to its file."""

    value: Media
    key: str
    step: int
    index: int
    number: int
    """Sequence number of its log record."""


class Pipeline:
    """Encodes media values and writes their files and records on worker threads.

    Parameters
    ----------
    log
        Takes the records.
    files
        Takes the files.
    limit_bytes
        Snapshots that may wait; one alone may be larger.
    on_published
        Called with each record once it is on record.
    on_lost
        Called with each job that could not be kept, and why.
    """

    def __init__(
        self,
        log: LogWriter,
        files: MediaFiles,
        *,
        limit_bytes: int = DEFAULT_QUEUE_BYTES,
        sync: bool = False,
        on_published: Callable[[MediaRecord], None],
        on_lost: Callable[[Job, Exception], None],
    ) -> None:
        self._log = log
        self._files = files
        self._limit = limit_bytes
        self._sync = sync
        self._on_published = on_published
        self._on_lost = on_lost
        self._jobs: deque[Job] = deque()
        # Re-entrant, so that a signal handler that logs cannot wait for itself.
        self._changed = threading.Condition(threading.RLock())
        self._bytes = 0
        self._pending = 0
        self._threads: list[threading.Thread] = []
        self._stopping = False

    @property
    def pending(self) -> int:
        """Items that are not on record yet."""
        return self._pending

    def reserve(self, size: int, *, block: bool) -> bool:
        """Take room for `size` bytes; wait for it, or return False if not to block."""
        with self._changed:
            while self._bytes and self._bytes + size > self._limit:
                if not block:
                    return False
                self._changed.wait()
            self._bytes += size
        return True

    def release(self, size: int) -> None:
        """Give back room that was reserved and not used."""
        with self._changed:
            self._bytes -= size
            self._changed.notify_all()

    def put(self, jobs: list[Job]) -> None:
        """Queue jobs, whose room has been reserved."""
        with self._changed:
            self._jobs.extend(jobs)
            self._pending += len(jobs)
            missing = len(self._threads) < min(_THREADS, self._pending)
            self._changed.notify_all()
        if missing and not self._start():
            self._work_off()

    def wait(
        self,
        timeout_seconds: float | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> bool:
        """Wait until nothing is pending; return whether that came true."""
        deadline = (
            None if timeout_seconds is None else time.monotonic() + timeout_seconds
        )
        with self._changed:
            while self._pending:
                if deadline is not None and time.monotonic() >= deadline:
                    return False
                self._changed.wait(0.1)
                if progress is not None:
                    progress(self._pending)
        return True

    def cancel(self, reason: str) -> None:
        """Give up what is queued; each item is counted and named as lost."""
        while batch := self._take():
            for job in batch:
                self._on_lost(job, InterruptedError(reason))
            self._settle(batch, [lost_note(job, reason) for job in batch])

    def stop(self) -> None:
        """End the threads, once the queue is empty."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _start(self) -> bool:
        thread = threading.Thread(
            target=self._run, name="mediatypes-encoder", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the interpreter is shutting down
            return bool(self._threads)
        self._threads.append(thread)
        return True

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs:
                    if self._stopping:
                        return
                    self._changed.wait()
            self._work_off()

    def _work_off(self) -> None:
        while batch := self._take():
            self._settle(batch, [self._write(job) for job in batch])

    def _settle(self, batch: list[Job], records: list[MediaRecord | Note]) -> None:
        lost = self._log.lost
        self._log.append_many(records)
        if self._log.lost == lost:
            for record in records:
                if isinstance(record, MediaRecord):
                    self._on_published(record)
        with self._changed:
            self._bytes -= sum(job.value.nbytes for job in batch)
            self._pending -= len(batch)
            self._changed.notify_all()

    def _take(self) -> list[Job]:
        batch: list[Job] = []
        size = 0
        while len(batch) < _BATCH_ITEMS and size < _BATCH_BYTES:
            try:
                job = self._jobs.popleft()
            except IndexError:
                break
            batch.append(job)
            size += job.value.nbytes
        return batch

    def _write(self, job: Job) -> MediaRecord | Note:
        try:
            encoded = job.value.encode()
            published = self._files.write(
                encoded, key=job.key, step=job.step, index=job.index, sync=self._sync
            )
        except Exception as error:  # noqa: BLE001 - counted and named; a worker must live
            self._on_lost(job, error)
            return lost_note(job, error)
        return MediaRecord(
            r=job.number,
            key=job.key,
            step=job.step,
            i=job.index,
            kind=encoded.kind,
            path=published.path,
            sha256=published.sha256,
            size=published.size,
            mime=encoded.mime,
            caption=job.value.caption,
            id=job.value.id,
            meta=encoded.meta,
            source=encoded.source,
            same=published.same,
        )


def lost_note(job: Job, error: Exception | str) -> Note:
    """Return the record that names an item that could not be kept."""
    reason = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    text = f"this {job.value.kind} is lost: {reason}"[:1000]
    return Note(text=text, r=job.number, key=job.key, i=job.index)
