"""What the header of an MP4 or QuickTime file says, by ISO/IEC 14496-12.

Nothing is decoded, and no more is looked at than the boxes named here.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Header", "header"]

_TRACKS: Final = 64
"""More are not looked at."""
_SAMPLE_ENTRY: Final = struct.Struct(">4s24xHH")
_COLUMNS: Final = (0x100, 0x200, 0x400, 0x800)
"""Flags of what a fragment says of each picture."""
_SPAN, _SIZE = 0x100, 0x200
_OFFSETS: Final = {b"stco": ">u4", b"co64": ">u8"}


class Header(NamedTuple):
    """What an MP4 file says of its first track of pictures."""

    codec: str
    """Four characters that name it, such as ``"avc1"``."""
    width: int
    height: int
    frames: int
    duration_seconds: float


class _Box(NamedTuple):
    kind: bytes
    start: int
    """Of its content."""
    end: int


class _Run(NamedTuple):
    frames: int
    ticks: float


def header(data: bytes) -> Header:
    """Return what the header of an MP4 or QuickTime file says.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it holds no pictures, breaks off or contradicts itself.
    """
    try:
        return _header(data)
    except (struct.error, ValueError, ZeroDivisionError, IndexError) as error:
        if isinstance(error, DecodeError):
            raise
        msg = "mp4: its header is damaged"
        raise DecodeError(msg) from error


def _header(data: bytes) -> Header:
    for number, track in enumerate(_found(data, _whole(data), b"moov", b"trak")):
        if number == _TRACKS:
            break
        handler = _first(data, track, b"mdia", b"hdlr")
        if data[handler.start + 8 : handler.start + 12] == b"vide":
            return _of_track(data, track)
    msg = "mp4: it breaks off, or holds no pictures"
    raise DecodeError(msg)


def _whole(data: bytes) -> _Box:
    return _Box(b"", 0, len(data))


def _boxes(data: bytes, parent: _Box) -> Iterator[_Box]:
    at = parent.start
    while at + 8 <= parent.end:
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        end = at + size if size else parent.end
        if end < start:
            return
        yield _Box(kind, start, min(end, parent.end))
        at = end


def _found(data: bytes, parent: _Box, *path: bytes) -> Iterator[_Box]:
    for box in _boxes(data, parent):
        if box.kind == path[0] and path[1:]:
            yield from _found(data, box, *path[1:])
        elif box.kind == path[0]:
            yield box


def _first(data: bytes, parent: _Box, *path: bytes) -> _Box:
    for box in _found(data, parent, *path):
        return box
    msg = f"mp4: it has no {path[-1].decode()}"
    raise DecodeError(msg)


def _of_track(data: bytes, track: _Box) -> Header:
    times = _first(data, track, b"mdia", b"mdhd")
    table = _first(data, track, b"mdia", b"minf", b"stbl")
    entry = _first(data, table, b"stsd")
    spans = _first(data, table, b"stts")
    scale_at = times.start + (20 if data[times.start] == 1 else 12)
    (scale,) = struct.unpack_from(">I", data, scale_at)
    codec, width, height = _SAMPLE_ENTRY.unpack_from(data, entry.start + 12)
    runs = _entries(data, spans, ">u4", 2).reshape(-1, 2).astype(np.float64)
    frames = int(runs[:, 0].sum())
    _check_there(data, table, frames)
    ticks = float(runs[:, 0] @ runs[:, 1])
    for run in _fragments(data, _number_of(data, track)):
        frames, ticks = frames + run.frames, ticks + run.ticks
    duration = ticks / scale
    return Header(codec.decode("latin-1"), width, height, frames, duration)


def _number_of(data: bytes, track: _Box) -> int:
    box = _first(data, track, b"tkhd")
    at = box.start + (20 if data[box.start] == 1 else 12)
    return int(struct.unpack_from(">I", data, at)[0])


def _fragments(data: bytes, track: int) -> Iterator[_Run]:
    """Yield the pictures of a track that lie in fragments behind the header."""
    whole, known = _whole(data), (0, 0)
    for box in _found(data, whole, b"moov", b"mvex", b"trex"):
        number, _, ticks, size = struct.unpack_from(">4I", data, box.start + 4)
        known = (ticks, size) if number == track else known
    for part in _found(data, whole, b"moof", b"traf"):
        head = _first(data, part, b"tfhd")
        flags, number = struct.unpack_from(">2I", data, head.start)
        if number != track:
            continue
        at = head.start + 8 + _before(flags, ((0x1, 8), (0x2, 4)))
        ticks, size = known
        if flags & 0x8:
            (ticks,) = struct.unpack_from(">I", data, at)
            at += 4
        if flags & 0x10:
            (size,) = struct.unpack_from(">I", data, at)
        for run in _found(data, part, b"trun"):
            yield _of_run(data, run, ticks, size)


def _before(flags: int, fields: tuple[tuple[int, int], ...]) -> int:
    """Return the bytes of those `fields` that `flags` say are there."""
    return sum(size for bit, size in fields if flags & bit)


def _of_run(data: bytes, run: _Box, ticks: int, size: int) -> _Run:
    flags, count = struct.unpack_from(">2I", data, run.start)
    at = run.start + 8 + _before(flags, ((0x1, 4), (0x4, 4)))
    columns = [bit for bit in _COLUMNS if flags & bit]
    if at + 4 * count * len(columns) > run.end:
        msg = "mp4: trun is longer than its box"
        raise DecodeError(msg)
    table = np.frombuffer(data, ">u4", count * len(columns), at)
    table = table.reshape(-1, max(1, len(columns))).astype(np.float64)
    spans, sizes = float(count * ticks), float(count * size)
    if _SPAN in columns:
        spans = float(table[:, columns.index(_SPAN)].sum())
    if _SIZE in columns:
        sizes = float(table[:, columns.index(_SIZE)].sum())
    if not count <= sizes <= len(data):
        msg = f"mp4: it cannot hold {count:,} pictures"
        raise DecodeError(msg)
    return _Run(count, spans)


def _entries(data: bytes, box: _Box, dtype: str, columns: int) -> NDArray[Any]:
    """Return the numbers of a table, of which there must be as many as it says."""
    (count,) = struct.unpack_from(">I", data, box.start + 4)
    size = np.dtype(dtype).itemsize * columns
    if box.start + 8 + count * size > box.end:
        msg = f"mp4: {box.kind.decode('latin-1')} is longer than its box"
        raise DecodeError(msg)
    return np.frombuffer(data, dtype, count * columns, box.start + 8)


def _check_there(data: bytes, table: _Box, frames: int) -> None:
    """Refuse a file that has not the pictures of which its header speaks."""
    sizes = _first(data, table, b"stsz")
    each, count = struct.unpack_from(">2I", data, sizes.start + 4)
    room = len(data) // each if each else (sizes.end - sizes.start - 12) // 4
    if frames != count or count > room:
        msg = f"mp4: it cannot hold {max(frames, count):,} pictures"
        raise DecodeError(msg)
    own = np.frombuffer(data, ">u4", 0 if each else count, sizes.start + 12)
    total = each * count + int(own.sum(dtype=np.uint64))
    found = [box for box in _boxes(data, table) if box.kind in _OFFSETS][:1]
    places = [_entries(data, box, _OFFSETS[box.kind], 1) for box in found]
    first, last = (int(places[0].min()), int(places[0].max())) if count else (0, -1)
    if first + total > len(data) or last >= len(data):
        msg = "mp4: it breaks off before its last picture"
        raise DecodeError(msg)
