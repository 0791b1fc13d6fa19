"""From snapshots to files: a queue bounded in bytes, and the threads that empty it."""

from __future__ import annotations

import math
import os
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.adapters.codecs import assemble
from mediatypes.recorder.options import DEFAULT_QUEUE_BYTES
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema import Note, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.schema import Draft, Encoded
    from mediatypes.schema.draft import Buffer
    from mediatypes.store.files import MediaFiles
    from mediatypes.store.log import LogWriter
    from mediatypes.store.spool import Slot, Spool

__all__ = ["Job", "Pipeline"]

_BATCH_BYTES: Final = 256 << 10
_BATCH_ITEMS: Final = 32
_PAUSE_SECONDS: Final = 0.001
_MOST_PAUSES: Final = 250
_STUCK_SECONDS: Final = 5.0
_THREADS: Final = max(1, min(4, (os.cpu_count() or 2) - 1))
"""While the training loop runs: one core stays its own."""
_MOST_THREADS: Final = min(8, os.cpu_count() or 1)
"""While it waits for us."""


class Job(NamedTuple):
    """A media value on its way to its file."""

    key: str
    item: int
    """Its place in the list it came in, or 0."""
    step: int
    number: int
    """Sequence number of its log record."""
    size: int
    draft: Draft
    source: Slot | list[Buffer]
    """Where its data are: in the spool, or in memory."""
    late: Callable[[], Encoded] | None = None
    """What makes its files, if no one else can."""


class Pipeline:
    """Encodes media values and writes their files and records on worker threads.

    Parameters
    ----------
    log
        Takes the records.
    files
        Takes the files.
    spool
        Has what the jobs do not hold in memory.
    limit_bytes
        Snapshots that may wait; one alone may be larger.
    compression
        ``"fast"`` or ``"small"``.
    on_published
        Called with each record once it is on record.
    on_lost
        Called with each job that could not be kept, and why.
    """

    def __init__(  # noqa: PLR0913 - a run's choices
        self,
        log: LogWriter,
        files: MediaFiles,
        spool: Spool | None,
        *,
        limit_bytes: int = DEFAULT_QUEUE_BYTES,
        compression: str = "fast",
        on_published: Callable[[MediaRecord], None],
        on_lost: Callable[[Job, Exception], None],
    ) -> None:
        self._log = log
        self._files = files
        self._spool = spool
        self._limit = limit_bytes
        self._compression = compression
        self._on_published = on_published
        self._on_lost = on_lost
        # What one call of ``log`` gave; None ends the threads.
        self._rows: SimpleQueue[list[Job] | None] = SimpleQueue()
        # Re-entrant, so that a signal handler that logs cannot wait for itself.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._bytes = 0
        self._pending = 0
        self._newest: list[Job] | None = None
        self._is_awaited = False
        self._threads: list[threading.Thread] = []
        self._at_disk: dict[int, float] = {}
        """Threads that write a file, and since when."""

    @property
    def pending(self) -> int:
        """Items that are not on record yet."""
        return self._pending

    def has_room(self, size: int, *, block: bool) -> bool:
        """Whether there is room for `size` bytes; waits for it if `block`.

        It does not wait for a disk that takes nothing. Only one thread at a time may go
        from here to `put`.
        """

        def has_room() -> bool:
            return not self._bytes or self._bytes + size <= self._limit

        if has_room():
            return True
        if block:
            self._wait_until(lambda: has_room() or self.is_stuck, None, None)
        return has_room()

    @property
    def is_stuck(self) -> bool:
        """Whether a thread has waited for the disk for five seconds."""
        latest = time.monotonic() - _STUCK_SECONDS
        return any(since < latest for since in [*self._at_disk.values()])

    def put(self, jobs: list[Job], size: int) -> None:
        """Queue jobs of `size` bytes, for which there is room."""
        count = len(jobs)
        with self._lock:
            # Without a call in between, so that Ctrl-C finds all of this done or none.
            self._bytes += size
            self._pending += count
            self._newest = jobs
            self._rows.put(jobs)
        if len(self._threads) < min(_THREADS, self._pending):
            self._start()
            if not self._threads:
                self._work_off([])

    def has_taken(self, jobs: list[Job]) -> bool:
        """Whether `jobs` are what was put last."""
        return self._newest is jobs

    def wait(
        self,
        timeout_seconds: float | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> bool:
        """Wait until nothing is pending; return whether that came true."""
        while len(self._threads) < min(_MOST_THREADS, self._pending) and self._start():
            pass
        return self._wait_until(lambda: not self._pending, timeout_seconds, progress)

    def _wait_until(
        self,
        is_so: Callable[[], bool],
        timeout_seconds: float | None,
        progress: Callable[[int], object] | None,
    ) -> bool:
        deadline = time.monotonic() + (
            math.inf if timeout_seconds is None else timeout_seconds
        )
        self._is_awaited = True
        try:
            with self._changed:
                while not is_so():
                    if time.monotonic() >= deadline:
                        return False
                    self._changed.wait(min(0.1, deadline - time.monotonic()))
                    if progress is not None:
                        progress(self._pending)
        finally:
            self._is_awaited = False
        return True

    def cancel(self, reason: str) -> int:
        """Give up what is queued; return how many items stay in the spool.

        Each item that is not in the spool is counted and named as lost.
        """

        def lose(job: Job) -> Note:
            self._on_lost(job, InterruptedError(reason))
            return lost_note(job, reason)

        return self._empty(lose)

    def leave(self) -> int:
        """Leave what is queued in the spool; return how many items that are.

        Each item that is not in the spool is written.
        """
        return self._empty(self._write)

    def _empty(self, otherwise: Callable[[Job], MediaRecord | Note]) -> int:
        kept = 0
        while batch := self._take([]):
            here = [job for job in batch if isinstance(job.source, list)]
            self._settle(batch, [otherwise(job) for job in here])
            kept += len(batch) - len(here)
        return kept

    def stop(self, timeout_seconds: float | None = None) -> int:
        """End the threads, once the queue is empty; return as `cancel` does.

        A thread that takes longer is left to itself, and to the spool what it has.
        """
        self._is_awaited = True
        self._rows.put(None)
        deadline = time.monotonic() + (timeout_seconds or 0)
        for thread in self._threads:
            left = None if timeout_seconds is None else deadline - time.monotonic()
            if thread.ident is not None:  # else Ctrl-C kept it from being started
                thread.join(left if left is None else max(0, left))
        return self.cancel("the run has ended") + self._pending

    def _start(self) -> bool:
        thread = threading.Thread(
            target=self._run, name="mediatypes-encoder", daemon=True
        )
        self._threads.append(thread)  # before Ctrl-C can come: a start can be its place
        try:
            thread.start()
        except RuntimeError:  # the interpreter is shutting down
            self._threads.remove(thread)
            return False
        return True

    def _run(self) -> None:
        while (jobs := self._rows.get()) is not None:
            self._hold_back()
            self._work_off(jobs)
        self._rows.put(None)  # for the others

    def _hold_back(self) -> None:
        """Leave the interpreter to a loop that logs without a pause, for a while."""
        for _ in range(_MOST_PAUSES):
            newest = self._newest
            if self._is_awaited or self._bytes > self._limit // 2:
                return
            time.sleep(_PAUSE_SECONDS)
            if self._newest is newest:
                return

    def _work_off(self, jobs: list[Job]) -> None:
        while batch := self._take(jobs):
            self._settle(batch, [self._write(job) for job in batch])
            self.free([job.source for job in batch])
            jobs = []

    def _settle(self, batch: list[Job], records: list[MediaRecord | Note]) -> None:
        numbers = self._log.append_many(records)
        for number, record in zip(numbers, records, strict=True):
            if isinstance(record, MediaRecord) and not self._log.is_lost(number):
                self._on_published(record)
        with self._changed:
            self._bytes -= sum([job.size for job in batch])
            self._pending -= len(batch)
            self._changed.notify_all()

    def _take(self, batch: list[Job]) -> list[Job]:
        """Return `batch` with what is queued behind it, within limits."""
        size = sum([job.size for job in batch])
        while len(batch) < _BATCH_ITEMS and size < _BATCH_BYTES:
            try:
                jobs = self._rows.get_nowait()
            except Empty:
                break
            if jobs is None:
                self._rows.put(None)
                break
            batch = batch + jobs
            size += sum([job.size for job in jobs])
        if len(batch) > _BATCH_ITEMS:
            self._rows.put(batch[_BATCH_ITEMS:])  # for whoever has nothing to do
            batch = batch[:_BATCH_ITEMS]
        return batch

    def _write(self, job: Job) -> MediaRecord | Note:
        thread = threading.get_ident()
        try:
            encoded = assemble(self._snapshot(job), self._compression)
            self._at_disk[thread] = time.monotonic()
            return self._files.write_item(
                encoded, r=job.number, key=job.key, step=job.step, index=job.item
            )
        except Exception as error:  # noqa: BLE001 - counted and named; a worker must live
            self._on_lost(job, error)
            return lost_note(job, error)
        finally:
            self._at_disk.pop(thread, None)

    def _snapshot(self, job: Job) -> Snapshot:
        if isinstance(job.source, list):
            return Snapshot(job.draft, job.source, job.late)
        assert self._spool is not None  # noqa: S101 - the slot is of it
        return self._spool.read(job.source, job.draft)

    def free(self, sources: list[Slot | list[Buffer]]) -> None:
        """Give back the room of data in the spool."""
        for source in sources:
            if self._spool is not None and not isinstance(source, list):
                self._spool.free(source)


def lost_note(job: Job, error: Exception | str) -> Note:
    """Return the record that names an item that could not be kept."""
    reason = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    text = f"this {job.draft.kind} is lost: {reason}"[:1000]
    return Note(text=text, r=job.number, key=job.key, i=job.item)
