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

import msgspec

from mediatypes.schema import frame
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.store.beneath import Folder

__all__ = ["LogWriter"]

_encode: Final = msgspec.json.Encoder().encode

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
        return self.append(record.kind_name, _encode(record))

    def append_many(self, records: list[Any]) -> None:
        """Put several records on record with one ``write``."""
        for record in records:
            kind = record.kind_name
            line = frame(next(self._numbers), kind, _encode(record))
            self._lines.append((kind, line))
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
        lines, together = self._lines, True
        while lines:
            # By position: a signal handler may add a line while these are joined.
            count = len(lines) if together else 1
            data = lines[0][1]
            if count > 1:
                data = b"".join([lines[at][1] for at in range(count)])
            try:
                self._write(data)
            except OSError as error:
                if count > 1:
                    together = False
                    continue
                self._lose(lines.popleft()[0], error)
                continue
            for _ in range(count):
                self._kept[lines.popleft()[0]] += 1

    def _lose(self, kind: str, error: OSError) -> None:
        self.lost += 1
        self._on_trouble(kind, error)

    def _write(self, data: bytes) -> None:
        if self._torn:
            self._mend()
        if self._torn:
            data = b"\n" + data
        self._torn = True
        try:
            done = os.write(self._descriptor, data)
            while done < len(data):
                done += os.write(self._descriptor, data[done:])
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
