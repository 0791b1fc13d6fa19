"""Reading the record: every line of every writer, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.errors import ManifestError
from mediatypes.schema import Close, Media, Record, parse
from mediatypes.schema.lines import MAX_LINE_READ
from mediatypes.schema.records import to_record
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.store.beneath import Folder

__all__ = ["Damage", "Tail", "media_order", "writers"]

_LONGEST_TAIL: Final = b'"}'


class Damage(NamedTuple):
    """Something wrong in a log file."""

    code: str
    where: str
    text: str
    number: int = -1
    """Of the record it is about, if any."""


def writers(folder: Folder) -> dict[str, list[int]]:
    """Return the segments of each writer that has a log, in order."""
    found: dict[str, list[int]] = {}
    for name in folder.names(layout.LOG):
        parsed = layout.parse_log_name(name)
        if parsed is not None:
            found.setdefault(parsed[0], []).append(parsed[1])
    return {writer: sorted(segments) for writer, segments in found.items()}


def media_order(record: Media) -> tuple[str, int, int, int, str]:
    """Return what media records are sorted by: key, step, index, and when logged."""
    return record.key, record.step, record.i, record.r, record.sha256


class Tail:
    """Reads one writer's records, and later those that have come since.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Whose log.
    """

    def __init__(self, folder: Folder, writer: str) -> None:
        self.writer = writer
        self.closed = False
        """Whether the writer's last record has been read."""
        self._folder = folder
        self._segment = 0
        self._offset = 0
        self._line = 0
        self._next = 0
        self._gaps: list[tuple[int, int]] = []
        """First and last of missing numbers, in order; a span costs what one does."""

    def poll(self) -> Iterator[Record | Damage]:
        """Yield the records of all complete lines not yielded before, and damage."""
        while True:
            yield from self._poll_segment()
            following = layout.log_path(self.writer, self._segment + 1)
            try:
                self._folder.stat(following)
            except FileNotFoundError:
                return
            self._segment += 1
            self._offset = self._line = 0

    def finish(self) -> Iterator[Damage]:
        """Yield what is wrong if no more lines come: a torn end, missing numbers."""
        rest = b"".join(self._rest())
        if rest:
            yield self._torn(rest)
        for first, last in self._gaps:
            text = f"record {first} is missing"
            if last > first:
                text = f"records {first} to {last} are missing"
            yield Damage("seq-gap", f"{layout.LOG}/{self.writer}", text, first)

    def _rest(self) -> Iterator[bytes]:
        path = layout.log_path(self.writer, self._segment)
        try:
            yield from self._folder.blocks(path, self._offset)
        except FileNotFoundError:
            return

    def _poll_segment(self) -> Iterator[Record | Damage]:
        rest = b""
        for block in self._rest():
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            for line in lines:
                self._line += 1
                self._offset += len(line) + 1
                if line:
                    yield from self._read(line)
            if len(rest) > MAX_LINE_READ:
                # Passed over in pieces, so that no line can fill the memory.
                self._offset += len(rest)
                rest = b""
                text = f"a line is longer than {MAX_LINE_READ} bytes"
                yield Damage("bad-line", self._where(), text)

    def _read(self, line: bytes) -> Iterator[Record | Damage]:
        try:
            record = to_record(parse(line))
        except ManifestError as error:
            yield Damage("bad-line", self._where(), str(error))
            return
        number = record.n
        if number >= self._next:
            if number > self._next:
                self._gaps.append((self._next, number - 1))
            self._next = number + 1
        elif not self._fills_gap(number):
            yield Damage("dup-record", self._where(), f"record {number} came before")
            return
        self.closed = self.closed or isinstance(record, Close)
        yield record

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
