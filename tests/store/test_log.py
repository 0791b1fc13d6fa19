from __future__ import annotations

import json
import os
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from mediatypes.schema import Name
from mediatypes.store import log
from mediatypes.store.beneath import Folder
from mediatypes.store.log import LogWriter

if TYPE_CHECKING:
    from pathlib import Path

WRITER = "r0-c0ffee-1-0123abcd"


class Writer(LogWriter):
    """A log writer in a folder of its own, and the troubles it met."""

    def __init__(self, root: Path) -> None:
        (root / "log").mkdir()
        self.troubles: list[tuple[str, int | None]] = []
        self.root = root
        super().__init__(
            Folder(root),
            WRITER,
            lambda kind, error: self.troubles.append((kind, error.errno)),
        )

    def lines(self, segment: int = 0) -> list[dict[str, Any]]:
        """The lines of a segment, each held against its CRC by hand."""
        text = (self.root / f"log/{WRITER}.{segment}.jsonl").read_bytes()
        assert text == b"" or text.endswith(b"\n")
        found = []
        for line in text.splitlines():
            body, crc = line[: -len(b',"c":"01234567"}')], line[-10:-2]
            assert zlib.crc32(body + b"}") == int(crc, 16)
            found.append(json.loads(line))
        return found


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


def test_a_line_is_in_the_file_when_append_returns(writer: Writer) -> None:
    number = writer.append("log", b'{"step":3}')
    (line,) = writer.lines()
    assert number == 0
    assert line == {"n": 0, "k": "log", "step": 3, "c": line["c"]}


def test_numbers_count_up_over_all_kinds(writer: Writer) -> None:
    writer.append("log", b"{}")
    writer.append_record(Name(name="a"))
    writer.append_many([Name(name="b"), Name(name="c")])
    assert [line["n"] for line in writer.lines()] == [0, 1, 2, 3]


def test_a_long_log_goes_on_in_a_new_segment(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SEGMENT_BYTES", 100)
    for _ in range(6):
        writer.append("log", b'{"step":1,"text":"0123456789"}')
    segments = sorted(path.name for path in (writer.root / "log").iterdir())
    assert len(segments) >= 3
    numbers = [line["n"] for s in range(len(segments)) for line in writer.lines(s)]
    assert numbers == list(range(6))


def test_threads_lose_no_line_and_tear_none(writer: Writer) -> None:
    def work() -> None:
        for _ in range(300):
            writer.append("log", b'{"step":1}')

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line["n"] for line in writer.lines()) == list(range(2400))


def test_short_writes_are_continued(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:7]))
    writer.append("log", b'{"step":1,"text":"a long line of text"}')
    assert len(writer.lines()) == 1


def test_a_full_disk_costs_its_line_only_and_is_counted(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    writer.append("log", b'{"step":0}')

    def torn(fd: int, data: Any) -> int:
        if len(data) > 5:
            return real(fd, bytes(data)[:5])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", torn)
        writer.append("log", b'{"step":1}')
    writer.append("log", b'{"step":2}')
    assert [line["n"] for line in writer.lines()] == [0, 2]
    assert writer.lost == 1
    assert writer.troubles == [("log", 28)]


def test_an_interrupt_in_a_write_loses_and_doubles_nothing(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def interrupted(fd: int, data: Any) -> int:
        real(fd, bytes(data)[:9])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            writer.append("log", b'{"step":0}')
    writer.append("log", b'{"step":1}')
    assert [line["step"] for line in writer.lines()] == [0, 1]


def test_a_line_that_comes_while_one_is_written_does_not_wait_for_itself(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    nested: list[int] = []

    def reenter(fd: int, data: Any) -> int:
        if not nested:
            nested.append(1)
            writer.append("log", b'{"step":2}')
        return real(fd, data)

    monkeypatch.setattr(os, "write", reenter)
    writer.append("log", b'{"step":1}')
    assert [line["step"] for line in writer.lines()] == [1, 2]


def test_nobody_appends_to_the_log_of_another(tmp_path: Path) -> None:
    Writer(tmp_path)
    with pytest.raises(FileExistsError):
        LogWriter(Folder(tmp_path), WRITER, lambda *_: None)


class Disk:
    """Refuses some flushes, and counts them by segment."""

    def __init__(self, *refused: int) -> None:
        self.flushed: list[int] = []
        self.refused: set[int] = set(refused)
        self.count = 0

    def __call__(self, descriptor: int) -> None:
        self.count += 1
        if self.count in self.refused:
            raise OSError(5, "Input/output error")
        name = os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))
        self.flushed.append(int(name.split(".")[1]))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    found = Disk()
    monkeypatch.setattr(os, "fdatasync", found)
    monkeypatch.setattr(os, "fsync", found)
    return found


on_linux = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="asks /proc")


@on_linux
def test_segments_that_were_left_are_flushed_too(
    writer: Writer, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SEGMENT_BYTES", 100)
    for _ in range(10):
        writer.append_record(Name(name="x" * 30))
    writer.sync()
    segments = len(list((writer.root / "log").iterdir()))
    assert segments > 3
    assert sorted(disk.flushed) == list(range(segments))
    writer.sync()
    assert disk.flushed[segments:] == [segments - 1]


@on_linux
def test_what_a_flush_refused_is_written_anew_and_flushed_there(
    writer: Writer, disk: Disk
) -> None:
    writer.append_record(Name(name="before"))
    writer.sync()
    for at in range(5):
        writer.append_record(Name(name=f"after-{at}"))
    disk.refused.add(2)
    writer.sync()
    assert disk.flushed == [0, 1]
    assert [line["name"] for line in writer.lines(1)] == [
        f"after-{n}" for n in range(5)
    ]
    writer.append_record(Name(name="later"))
    assert [line["n"] for line in writer.lines(1)] == [1, 2, 3, 4, 5, 6]
    assert len(writer.lines(0)) == 6
    assert not writer.troubles


@on_linux
def test_a_disk_that_refuses_for_ever_does_not_fill_up(
    writer: Writer, disk: Disk
) -> None:
    disk.refused.update(range(1, 1_000))
    for _ in range(100):
        writer.append_record(Name(name="x"))
        with pytest.raises(OSError, match="Input/output"):
            writer.sync()
    assert len(list((writer.root / "log").iterdir())) < 10
    disk.refused.clear()
    for _ in range(200):
        try:
            writer.sync()
        except OSError:
            continue
        break
    last = max(int(path.name.split(".")[1]) for path in (writer.root / "log").iterdir())
    assert [line["n"] for line in writer.lines(last)] == list(range(100))
