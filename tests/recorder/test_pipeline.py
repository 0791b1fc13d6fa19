from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mediatypes import Image
from mediatypes.recorder import pipeline
from mediatypes.recorder.pipeline import Job, Pipeline
from mediatypes.store.beneath import Folder
from mediatypes.store.files import MediaFiles
from mediatypes.store.log import LogWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mediatypes.schema import Media, Note

WRITER = "r0-c0ffee-1-0123abcd"
SIZE = 64


class Held(Pipeline):
    """A pipeline whose threads encode nothing before `go` is set."""

    def __init__(self, root: Path, limit_bytes: int) -> None:
        (root / "log").mkdir()
        (root / "tmp").mkdir()
        folder = Folder(root)
        self.go = threading.Event()
        self.published: list[Media] = []
        self.lost: list[Job] = []
        self.writers: set[int] = set()
        super().__init__(
            LogWriter(folder, WRITER, lambda *_: None),
            MediaFiles(folder, WRITER),
            None,
            limit_bytes=limit_bytes,
            on_published=self.published.append,
            on_lost=lambda job, _: self.lost.append(job),
        )

    def _write(self, job: Job) -> Media | Note:
        self.go.wait()
        self.writers.add(threading.get_ident())
        return super()._write(job)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    found = Held(tmp_path, limit_bytes=4 * SIZE)
    yield found
    found.go.set()
    found.stop()


def jobs(count: int, start: int = 0) -> list[Job]:
    pixels = np.arange(SIZE, dtype=np.uint8).reshape(8, 8)
    drafts = [Image(pixels + at).draft() for at in range(count)]
    return [
        Job("x", at, 0, start, SIZE, draft, buffers)
        for at, (draft, buffers, _) in enumerate(drafts)
    ]


def put(held: Held, count: int) -> None:
    held.put(jobs(count), count * SIZE)


def test_there_is_room_up_to_the_limit_and_for_one_that_is_larger(held: Held) -> None:
    assert held.has_room(400 * SIZE, block=False)
    put(held, 3)
    assert held.has_room(SIZE, block=False)
    assert not held.has_room(2 * SIZE, block=False)


def test_who_waits_for_room_goes_on_when_there_is_some(held: Held) -> None:
    put(held, 4)
    found: list[bool] = []

    def wait() -> None:
        found.append(held.has_room(SIZE, block=True))

    thread = threading.Thread(target=wait)
    thread.start()
    held.go.set()
    thread.join(10)
    assert found == [True]


def test_who_waits_for_room_does_not_wait_for_a_disk_that_takes_nothing(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_STUCK_SECONDS", 0.2)
    free = threading.Event()
    whole = MediaFiles.write_item

    def write_item(*args: Any, **more: Any) -> Media:
        free.wait()
        return whole(*args, **more)

    monkeypatch.setattr(MediaFiles, "write_item", write_item)
    put(held, 4)
    held.go.set()
    assert not held.has_room(SIZE, block=True)
    assert not held.has_room(SIZE, block=True)
    free.set()
    assert held.wait(timeout_seconds=10)
    assert held.has_room(SIZE, block=True)


def test_an_interrupt_while_a_thread_starts_does_not_keep_the_end_from_coming(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        real(thread)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(KeyboardInterrupt):
            put(held, 1)
    monkeypatch.setattr(pipeline, "_THREADS", 3)
    for _ in range(3):
        put(held, 1)
    held.go.set()
    stopping = threading.Thread(target=held.stop, daemon=True)
    stopping.start()
    stopping.join(60)
    assert not stopping.is_alive()
    assert len(held.published) == 4


def test_what_is_left_is_written_where_there_is_no_spool(held: Held) -> None:
    put(held, 3)
    put(held, 2)
    held.go.set()
    assert held.leave() == 0
    assert held.wait(timeout_seconds=10)
    assert len(held.published) == 5


def test_a_thread_that_does_not_end_is_left_to_itself(held: Held) -> None:
    put(held, 1)
    while held._rows.qsize():
        time.sleep(0.001)
    assert held.stop(timeout_seconds=0.05) == 1
    held.go.set()


def test_a_long_row_is_shared_among_the_threads_that_wait_brings(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_MOST_THREADS", 3)
    put(held, 200)
    assert not held.wait(timeout_seconds=0.01)
    held.go.set()
    assert held.wait(timeout_seconds=10)
    assert [record.i for record in sorted(held.published, key=lambda r: r.i)] == list(
        range(200)
    )
    assert len(held.writers) > 1


def test_what_is_cancelled_is_named(held: Held) -> None:
    put(held, 3)
    put(held, 2)
    held.cancel("no more")
    held.go.set()
    assert held.wait(timeout_seconds=10)
    assert len(held.lost) + len(held.published) == 5
    assert held.lost


def test_without_threads_the_caller_does_the_work(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: Any) -> None:
        raise RuntimeError("can't start new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    held.go.set()
    put(held, 5)
    assert held.pending == 0
    assert held.writers == {threading.get_ident()}


def test_threads_hold_back_while_the_loop_logs_without_a_pause(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.go.set()
    naps = 0

    def sleep(_: float) -> None:
        nonlocal naps
        naps += 1
        if naps < 5:
            held._newest = []

    monkeypatch.setattr(time, "sleep", sleep)
    held._hold_back()
    assert naps == 5


def test_threads_do_not_hold_back_once_half_the_room_is_taken(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", None)
    held._bytes = held._limit // 2 + 1
    held._hold_back()
    held._bytes = 0
    held._is_awaited = True
    held._hold_back()


def test_threads_hold_back_for_a_quarter_of_a_second_at_most(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = 0.0

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds
        held._newest = []

    monkeypatch.setattr(time, "sleep", sleep)
    held._hold_back()
    assert slept == pytest.approx(0.25)
