from __future__ import annotations

import struct
from typing import Final

import pytest

from mediatypes.errors import DecodeError
from mediatypes.formats import mp4
from tests import fixtures_read

FOLDER: Final = fixtures_read.FOLDER / "video"
WHOLE: Final = (FOLDER / "mp4_h264.mp4").read_bytes()


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def made(
    times: bytes, *, long: bool = False, sizes: bytes = struct.pack(">4I", 0, 1, 3, 0)
) -> bytes:
    """Return the boxes that a header needs, of three pictures of one byte."""
    entry = box(b"vp09", bytes(24), struct.pack(">HH", 40, 30))
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), entry),
        box(b"stts", times),
        box(b"stsz", sizes[:12]),
        box(
            b"co64" if long else b"stco",
            struct.pack(">IIQ" if long else ">III", 0, 1, 0),
        ),
    )
    clock = (
        struct.pack(">B3xQQIQ", 1, 0, 0, 50, 0)
        if long
        else struct.pack(">5I", 0, 0, 0, 50, 0)
    )
    handler = box(b"hdlr", bytes(8), b"vide")
    media = box(b"mdia", box(b"mdhd", clock), handler, box(b"minf", table))
    movie = box(b"moov", box(b"trak", box(b"tkhd", bytes(32)), media))
    if long:  # a box may say its length in 64 bits
        return struct.pack(">I4sQ", 1, b"free", 16) + movie
    return movie


@pytest.mark.parametrize("long", [False, True])
def test_a_header_says_what_its_boxes_say(*, long: bool) -> None:
    times = struct.pack(">6I", 0, 2, 2, 10, 1, 30)

    head = mp4.header(made(times, long=long))

    assert head == ("vp09", 40, 30, 3, 1.0)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("mp4_h264", "avc1"), ("mp4_mpeg4", "mp4v"), ("mp4_sound", "avc1")],
)
def test_a_file_of_ffmpeg_is_read_by_its_header(name: str, codec: str) -> None:
    head = mp4.header((FOLDER / f"{name}.mp4").read_bytes())

    assert head == (codec, 32, 24, 5, 0.5)


def test_pictures_in_fragments_are_counted_as_well() -> None:
    data = (FOLDER / "mp4_fragments.mp4").read_bytes()

    assert mp4.header(data) == ("avc1", 32, 24, 5, 0.5)


@pytest.mark.parametrize("count", [7, 2**24, 2**32 - 1])
def test_a_fragment_of_more_pictures_than_bytes_is_refused(count: int) -> None:
    data = bytearray((FOLDER / "mp4_fragments.mp4").read_bytes())
    at = data.index(b"trun") + 8
    data[at : at + 4] = struct.pack(">I", count)

    with pytest.raises(DecodeError, match="trun is longer than its box"):
        mp4.header(bytes(data))
    data[at - 4 : at] = struct.pack(">I", 0x1)  # sizes as the fragment says for all
    if count > len(data):
        with pytest.raises(DecodeError, match="cannot hold"):
            mp4.header(bytes(data))


def test_what_the_header_needs_is_missed_by_name() -> None:
    for kind in (b"mdhd", b"stts", b"stsd", b"stsz", b"hdlr"):
        with pytest.raises(DecodeError, match=f"has no {kind.decode()}|damaged"):
            mp4.header(WHOLE.replace(kind, b"none"))
    with pytest.raises(DecodeError, match="holds no pictures"):
        mp4.header(WHOLE.replace(b"vide", b"none"))


@pytest.mark.parametrize("count", [2, 4, 2**32 - 1])
def test_tables_that_disagree_are_refused(count: int) -> None:
    times = struct.pack(">4I", 0, 1, count, 10)

    with pytest.raises(DecodeError, match="cannot hold"):
        mp4.header(made(times))


def test_every_cut_of_a_file_is_refused() -> None:
    end = WHOLE.index(b"mdat")
    for size in (*range(0, end, 3), *range(end, len(WHOLE), 101), len(WHOLE) - 1):
        with pytest.raises(DecodeError):
            mp4.header(WHOLE[:size])
