"""The record: one append-only file for each writer.

A line is on record when `append` returns: it was handed to the system by ``write``, so
it survives the death of this process. Lines of several threads and of signal handlers
go through one queue, which whoever comes first drains; nobody waits for a lock that is
its own.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final

from mediatypes.schema import frame
from mediatypes.schema.lines import frame_members
from mediatypes.schema.records import members
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.store.beneath import Folder

__all__ = ["LogWriter"]

SEGMENT_BYTES: Final = 64 << 20
"""A segment this long is followed by a new one."""


class LogWriter:
    """Appends records to the log of one writer.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Its name; nobody else has it.
    on_trouble
        Called with kind and error for each line that could not be written.
    """

    def __init__(
        self, folder: Folder, writer: str, on_trouble: Callable[[str, OSError], None]
    ) -> None:
        self.writer = writer
        self.lost = 0
        """Lines that could not be written."""
        self._folder = folder
        self._on_trouble = on_trouble
        self._numbers = itertools.count()
        self._lines: deque[tuple[str, bytes]] = deque()
        self._kept: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._busy = False
        self._segment = 0
        self._size = 0
        self._torn = False
        self._descriptor = folder.create(layout.log_path(writer, 0), append=True)

    def append(self, kind: str, body: bytes) -> int:
        """Put a record on record; `body` is its members as a JSON object.

        Returns
        -------
        Its sequence number.
        """
        number = next(self._numbers)
        self._lines.append((kind, frame(number, kind, body)))
        self._drain()
        return number

    def append_record(self, record: Any) -> int:
        """Put a record on record."""
        number = next(self._numbers)
        self._lines.append((record.kind_name, _line(number, record)))
        self._drain()
        return number

    def append_many(self, records: list[Any]) -> None:
        """Put several records on record with one ``write``."""
        self._lines.extend(
            (record.kind_name, _line(next(self._numbers), record)) for record in records
        )
        self._drain()

    def sync(self) -> None:
        """Bring all records to the disk."""
        with self._lock:
            fsync = getattr(os, "fdatasync", os.fsync)
            fsync(self._descriptor)

    def check_place(self) -> None:
        """Count all lines as lost if the file has been deleted under our hands."""
        try:
            self._folder.stat(layout.log_path(self.writer, self._segment))
        except OSError as error:
            kept, self._kept = self._kept, Counter()
            for kind in kept.elements():
                self._lose(kind, error)

    def close(self) -> None:
        """Close the file; further lines are lost."""
        self._drain()
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def abandon(self) -> None:
        """Close the file in a forked child, whose lock and lines are stale."""
        os.close(self._descriptor)
        self._descriptor = -1

    def _drain(self) -> None:
        while self._lines:
            with self._lock:
                if self._busy:
                    return  # a signal handler or finaliser: the outer call goes on
                self._busy = True
                try:
                    self._write_lines()
                finally:
                    self._busy = False

    def _write_lines(self) -> None:
        together = True
        while self._lines:
            count = len(self._lines) if together else 1
            # By position: a signal handler may add a line while these are joined.
            lines = [self._lines[at] for at in range(count)]
            try:
                self._write(b"".join([line for _, line in lines]))
            except OSError as error:
                if count > 1:
                    together = False
                    continue
                self._lose(lines[0][0], error)
            else:
                self._kept.update(kind for kind, _ in lines)
            for _ in range(count):
                self._lines.popleft()

    def _lose(self, kind: str, error: OSError) -> None:
        self.lost += 1
        self._on_trouble(kind, error)

    def _write(self, data: bytes) -> None:
        if self._torn:
            self._mend()
        if self._torn:
            data = b"\n" + data
        self._torn = True
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            self._mend()
            raise
        self._torn = False
        self._size += len(data)
        if self._size >= SEGMENT_BYTES:
            with contextlib.suppress(OSError):  # tried again at the next line
                self._roll()

    def _mend(self) -> None:
        """Cut what a failed or interrupted write left; nobody else writes here."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self._size)
            self._torn = False

    def _roll(self) -> None:
        path = layout.log_path(self.writer, self._segment + 1)
        descriptor = self._folder.create(path, append=True)
        os.close(self._descriptor)
        self._descriptor, self._size = descriptor, 0
        self._segment += 1


def _line(number: int, record: Any) -> bytes:
    return frame_members(number, record.kind_name, members(record))
