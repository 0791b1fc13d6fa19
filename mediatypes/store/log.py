"""The record: one append-only file for each writer.

A line is on record when `append` returns: it was handed to the system by ``write``, so
it survives the death of this process. A signal handler that comes in
the middle of a line puts its own into a queue, which whoever was interrupted drains;
nobody waits for a lock that is its own.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

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
_REMEMBERED: Final = 4_096


class _Line(NamedTuple):
    number: int
    kind: str
    text: bytes


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
        self.lost_numbers: deque[int] = deque(maxlen=_REMEMBERED)
        """The numbers of the latest of them."""
        self._folder = folder
        self._on_trouble = on_trouble
        self.next_number = itertools.count().__next__
        """Gives the next record its number; a number that is not used is a gap."""
        self._lines: list[_Line] = []
        self._kept: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._busy = False
        self._segment = 0
        self._size = 0
        self._writes = 0
        self._torn = False
        self._flushed = 0
        """Bytes of the segment that are on the disk."""
        self._rolled: list[tuple[int, int]] = []
        """Earlier segments, and how much of each is on the disk, if it is not all."""
        self._refusals = 0
        self._descriptor = folder.create(layout.log_path(writer, 0), append=True)

    def append(self, kind: str, body: bytes) -> int:
        """Put a record on record; `body` is its members as a JSON object.

        Returns
        -------
        Its sequence number.
        """
        number = self.next_number()
        self.append_line(number, kind, frame(number, kind, body))
        return number

    def append_line(self, number: int, kind: str, line: bytes) -> None:
        """Put the line of a record on record, whose number came of `next_number`."""
        with self._lock:
            if self._busy or self._lines:
                self._lines.append(_Line(number, kind, line))
            else:
                self._write_line(number, kind, line)
        if self._lines:
            self._drain()

    def is_lost(self, number: int) -> bool:
        """Whether the record of this number, one of the latest, was not written."""
        return bool(self.lost_numbers) and number in self.lost_numbers

    def append_record(self, record: Any) -> int:
        """Put a record on record."""
        return self.append(record.kind_name, _encode(record))

    def append_many(self, records: list[Any]) -> list[int]:
        """Put several records on record with one ``write``; return their numbers."""
        numbers: list[int] = []
        for record in records:
            kind, number = record.kind_name, self.next_number()
            line = frame(number, kind, _encode(record))
            self._lines.append(_Line(number, kind, line))
            numbers.append(number)
        self._drain()
        return numbers

    def sync(self) -> None:
        """Bring all records to the disk.

        What the disk has refused is written once more, into a new segment: the system
        forgets that it was refused, so that another flush of it would prove nothing.

        Raises
        ------
        OSError
            If the disk refuses, also then.
        """
        with self._lock:
            rolled, segment, end = [*self._rolled], self._segment, self._size
            descriptor = os.dup(self._descriptor)
        try:  # outside of the lock, since nobody's row should wait for the disk
            if self._refusals:
                self._write_again()
                return
            for older, _ in rolled:
                self._folder.sync(layout.log_path(self.writer, older))
            _flush(descriptor)
        except OSError:
            self._write_again()
            return
        finally:
            os.close(descriptor)
        self._note_flushed(segment, end, rolled)

    def check_place(self) -> None:
        """Count all lines as lost if the file has been deleted under our hands."""
        try:
            self._folder.stat(layout.log_path(self.writer, self._segment))
        except OSError as error:
            kept, self._kept = self._kept, Counter()
            for kind in kept.elements():
                self._lose(kind, error, -1)

    def close(self) -> None:
        """Close the file; further lines are lost."""
        self._drain()
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def discard(self) -> None:
        """Close and remove the file, which has nothing in it."""
        self.close()
        with contextlib.suppress(OSError):
            self._folder.remove(layout.log_path(self.writer, 0))

    def abandon(self) -> None:
        """Close the file in a forked child, whose lock and lines are stale."""
        os.close(self._descriptor)
        self._descriptor = -1

    def _write_line(self, number: int, kind: str, line: bytes) -> None:
        writes, self._busy = self._writes, True
        try:
            self._write(line)
            self._kept[kind] += 1
        except OSError as error:
            self._lose(kind, error, number)
        except BaseException:
            if self._writes == writes:  # Ctrl-C came first: the next call writes it
                self._lines.insert(0, _Line(number, kind, line))
            raise
        finally:
            self._busy = False

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
            lines = self._lines[:] if together else self._lines[:1]
            count, writes = len(lines), self._writes
            try:
                self._write(b"".join([line.text for line in lines]))
                self._kept.update([line.kind for line in lines])
            except OSError as error:
                if count == 1:
                    self._lose(lines[0].kind, error, lines[0].number)
                    del self._lines[:1]
                together = False
            finally:
                # Without a call in between, so that Ctrl-C doubles no line.
                if self._writes != writes:
                    del self._lines[:count]

    def _lose(self, kind: str, error: OSError, number: int) -> None:
        self.lost += 1
        self.lost_numbers.append(number)
        self._on_trouble(kind, error)

    def _write(self, data: bytes) -> None:
        if self._torn:
            self._mend()
        if self._torn:
            data = b"\n" + data
        self._torn = True
        try:
            _write_all(self._descriptor, data)
        except OSError:
            self._mend()
            raise
        size = self._size + len(data)
        # Without a call in between, so that Ctrl-C finds all of it or none.
        self._size = size
        self._writes += 1
        self._torn = False
        if size >= SEGMENT_BYTES:
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
        if self._size > self._flushed:
            self._rolled.append((self._segment, self._flushed))
        self._descriptor, self._size, self._flushed = descriptor, 0, 0
        self._segment += 1

    def _note_flushed(
        self, segment: int, end: int, rolled: list[tuple[int, int]]
    ) -> None:
        with self._lock:
            for part in rolled:
                self._rolled.remove(part)
            if segment == self._segment:
                self._flushed = end
            else:
                at = next(
                    n for n, part in enumerate(self._rolled) if part[0] == segment
                )
                self._rolled[at] = (segment, end)

    def _write_again(self) -> None:
        """Write what is not on the disk into a new segment, and bring that there.

        Each time that this fails too, it is left alone for twice as many calls, so
        that a broken disk does not fill up.
        """
        self._refusals += 1
        if self._refusals & (self._refusals - 1):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        with self._lock:
            self._busy = True
            try:
                self._copy_to_new_segment()
            finally:
                self._busy = False
            segment, end = self._segment, self._size
            descriptor = os.dup(self._descriptor)
        try:
            self._drain()
            _flush(descriptor)
        finally:
            os.close(descriptor)
        self._note_flushed(segment, end, [])
        self._refusals = 0

    def _copy_to_new_segment(self) -> None:
        if self._torn:
            self._mend()
        path = layout.log_path(self.writer, self._segment + 1)
        descriptor = self._folder.create(path, append=True)
        size = 0
        try:
            for segment, start in [*self._rolled, (self._segment, self._flushed)]:
                old = layout.log_path(self.writer, segment)
                for block in self._folder.blocks(old, start):
                    _write_all(descriptor, block)
                    size += len(block)
        except OSError:
            os.close(descriptor)
            self._folder.remove(path)
            raise
        os.close(self._descriptor)
        self._descriptor, self._size, self._flushed = descriptor, size, 0
        self._rolled.clear()
        self._segment += 1
        self._torn = False


def _write_all(descriptor: int, data: bytes) -> None:
    done = os.write(descriptor, data)
    while done < len(data):
        done += os.write(descriptor, data[done:])


def _flush(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)
