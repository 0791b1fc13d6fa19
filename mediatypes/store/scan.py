"""Reading the record: every line of every writer, and what is wrong with it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.errors import ManifestError, StoreError
from mediatypes.schema import Close, Media, Record
from mediatypes.schema.lines import MAX_LINE_READ
from mediatypes.schema.reading import read_line
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediatypes.store.beneath import Folder

__all__ = [
    "MAX_SEGMENT_READ",
    "Damage",
    "Place",
    "Tail",
    "lines",
    "media_order",
    "writers",
]

MAX_SEGMENT_READ: Final = 1 << 30
"""Longest log file that is read, in bytes; a writer begins a new one at 64 MiB."""
_LONGEST_TAIL: Final = b'"}'


class Damage(NamedTuple):
    """Something wrong in a log file."""

    code: str
    where: str
    text: str
    number: int = -1
    """Of the record it is about, if any."""
    writer: str = ""


def writers(folder: Folder) -> dict[str, list[int]]:
    """Return the segments of each writer that has a log, in order."""
    found: dict[str, list[int]] = {}
    for name in folder.names(layout.LOG):
        parsed = layout.parse_log_name(name)
        if parsed is not None:
            found.setdefault(parsed[0], []).append(parsed[1])
    return {writer: sorted(segments) for writer, segments in found.items()}


def lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line and its line feed, and pieces of lines that are too long.

    What comes after the last line feed is not yielded, unless it is too long.
    """
    pieces: list[bytes] = []
    size = 0
    for block in blocks:
        pieces.append(block)
        size += len(block)
        if b"\n" in block:
            *whole, rest = b"".join(pieces).split(b"\n")
            for line in whole:
                yield line, b"\n"
            pieces, size = [rest], len(rest)
        if size > MAX_LINE_READ:
            yield b"".join(pieces), b""
            pieces, size = [], 0


def media_order(record: Media) -> tuple[str, int, int, int, str]:
    """Return what media records are sorted by: key, step, index, and when logged."""
    return record.key, record.step, record.i, record.r, record.sha256


def read_record(
    folder: Folder, writer: str, segment: int, offset: int, length: int
) -> Record:
    """Return the record of one line, whose place a `Tail` has told.

    Raises
    ------
    mediatypes.errors.ManifestError
        If there is none, or it is damaged.
    """
    line = folder.read_part(layout.log_path(writer, segment), offset, length)
    return read_line(line)


class Place(NamedTuple):
    """How far a writer's log has been read, so that another can go on from there."""

    segment: int = 0
    offset: int = 0
    line: int = 0
    next_number: int = 0
    closed: bool = False
    gaps: tuple[tuple[int, int], ...] = ()


_START: Final = Place()


class Tail:
    """Reads one writer's records, and later those that have come since.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Whose log.
    place
        Where to go on, as an earlier reader left it.
    """

    def __init__(self, folder: Folder, writer: str, place: Place = _START) -> None:
        self.writer = writer
        self.closed = place.closed
        """Whether the writer's last record has been read."""
        self.at = (place.segment, place.offset, 0)
        """Segment, offset and length in bytes of the line that was yielded last."""
        self._folder = folder
        self._segment = place.segment
        self._offset = place.offset
        self._line = place.line
        self._next = place.next_number
        self._unreadable: set[str] = set()
        self._gaps: list[tuple[int, int]] = list(place.gaps)
        """First and last of missing numbers, in order; a span costs what one does."""

    @property
    def place(self) -> Place:
        """How far this has read."""
        return Place(
            self._segment,
            self._offset,
            self._line,
            self._next,
            self.closed,
            tuple(self._gaps),
        )

    def poll(self, segments: Sequence[int] = ()) -> Iterator[Record | Damage]:
        """Yield the records of all complete lines not yielded before, and damage.

        Parameters
        ----------
        segments
            Those that are known to be there, in order; one may be missing between.
        """
        while True:
            yield from self._poll_segment()
            following = next((s for s in segments if s > self._segment), None)
            if following is None:
                following = self._segment + 1
                try:
                    self._folder.stat(layout.log_path(self.writer, following))
                except FileNotFoundError:
                    return
            self._segment = following
            self._offset = self._line = 0

    def finish(self) -> Iterator[Damage]:
        """Yield what is wrong if no more lines come: a torn end, missing numbers."""
        with contextlib.suppress(OSError):  # which `poll` has said
            # Whole lines that a living writer has added since are no damage.
            rest = b"".join(self._rest()).rpartition(b"\n")[2]
            if rest:
                yield self._torn(rest)
        for first, last in self._gaps:
            place, text = f"record {first}", "is missing"
            if last > first:
                place, text = f"records {first} to {last}", "are missing"
            where = f"{layout.LOG}/{self.writer}, {place}"
            yield Damage("seq-gap", where, text, first, self.writer)

    def _rest(self) -> Iterator[bytes]:
        path = layout.log_path(self.writer, self._segment)
        with contextlib.suppress(FileNotFoundError):
            size = self._folder.stat(path).st_size
            if size > MAX_SEGMENT_READ:
                msg = f"it has {size} bytes, more than {MAX_SEGMENT_READ}"
                raise StoreError(msg)
            yield from self._folder.blocks(path, self._offset)

    def _poll_segment(self) -> Iterator[Record | Damage]:
        try:
            yield from self._poll_lines()
        except OSError as error:
            path = layout.log_path(self.writer, self._segment)
            text = f"cannot be read: {error.strerror or error}"
            if path not in self._unreadable:
                yield Damage("log-unreadable", path, text)
            self._unreadable.add(path)

    def _poll_lines(self) -> Iterator[Record | Damage]:
        for line, ending in lines(self._rest()):
            self._line += 1
            self.at = self._segment, self._offset, len(line)
            self._offset += len(line) + len(ending)
            if not ending:  # passed over in pieces, so that no line fills the memory
                text = f"a line is longer than {MAX_LINE_READ} bytes"
                yield Damage("bad-line", self._where(), text)
            elif line:
                yield self._read(line)

    def _read(self, line: bytes) -> Record | Damage:
        try:
            record = read_line(line)
        except ManifestError as error:
            return Damage("bad-line", self._where(), str(error))
        number = record.n
        if number >= self._next:
            if number > self._next:
                self._gaps.append((self._next, number - 1))
            self._next = number + 1
        elif not self._fills_gap(number):
            text = f"record {number} came before"
            return Damage("dup-record", self._where(), text)
        self.closed = self.closed or isinstance(record, Close)
        return record

    def _fills_gap(self, number: int) -> bool:
        """Whether `number` was missing; threads write a little out of order."""
        for at in range(len(self._gaps) - 1, -1, -1):
            first, last = self._gaps[at]
            if first <= number <= last:
                parts = (first, number - 1), (number + 1, last)
                self._gaps[at : at + 1] = [part for part in parts if part[0] <= part[1]]
                return True
        return False

    def _torn(self, rest: bytes) -> Damage:
        path = layout.log_path(self.writer, self._segment)
        where = f"{path}, last line"
        # A write that was cut short leaves a beginning; anything else is a change.
        if self.closed or _LONGEST_TAIL in rest[-3:] or b',"c":"' in rest[:-1][-16:]:
            return Damage("bad-line", where, "the last line has no end")
        return Damage("torn-tail", where, f"{len(rest)} bytes of an unfinished line")

    def _where(self) -> str:
        path = layout.log_path(self.writer, self._segment)
        return f"{path}, line {self._line}"
