from __future__ import annotations

import hashlib
import itertools
import os
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.recorder import durability
from mediatypes.recorder.durability import Syncer
from mediatypes.schema import Media
from mediatypes.store.beneath import Folder
from mediatypes.store.log import LogWriter

if TYPE_CHECKING:
    from pathlib import Path

WRITER = "r0-c0ffee-1-0123abcd"


def record(path: str) -> Media:
    return Media(
        r=0,
        key="x",
        step=0,
        i=0,
        kind="image",
        path=path,
        sha256="0" * 64,
        size=1,
        mime="image/png",
    )


def test_a_file_that_is_published_while_others_are_flushed_is_flushed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    folder = Folder(tmp_path)
    troubles: list[OSError] = []
    log = LogWriter(folder, WRITER, lambda *_: None)
    syncer = Syncer(folder, log, "interval", troubles.append)
    flushed: list[str] = []
    monkeypatch.setattr(folder, "sync", flushed.append)
    monkeypatch.setattr(folder, "sync_names", lambda _: None)
    names = [[f"media/{who}-{at}.png" for at in range(3_000)] for who in range(3)]
    ready = threading.Barrier(4)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads change places within a statement

    def publish(mine: list[str]) -> None:
        ready.wait()
        for name in mine:
            syncer.note_media(record(name))

    threads = [threading.Thread(target=publish, args=(mine,)) for mine in names]
    for thread in threads:
        thread.start()
    ready.wait()
    while any(thread.is_alive() for thread in threads):
        syncer.sync()
    sys.setswitchinterval(interval)
    syncer.sync()
    assert sorted(flushed) == sorted(itertools.chain(*names))
    assert not troubles


@pytest.fixture
def flushing(tmp_path: Path) -> tuple[Folder, Syncer, list[OSError]]:
    """A folder with forty files to be flushed, and the troubles there are."""
    for name in ("log", "media", "tmp"):
        (tmp_path / name).mkdir()
    folder = Folder(tmp_path)
    troubles: list[OSError] = []
    log = LogWriter(folder, WRITER, lambda *_: None)
    syncer = Syncer(folder, log, "interval", troubles.append)
    for at in range(40):
        data = b"%d" % at
        path = f"media/{at}-{hashlib.sha256(data).hexdigest()[:12]}.png"
        (tmp_path / path).write_bytes(data)
        syncer.note_media(record(path))
    return folder, syncer, troubles


class Disk:
    """Refuses some flushes, and knows which files it has been given since."""

    def __init__(self, *refused: int) -> None:
        self.given: list[bytes] = []
        self._real, self._refused, self._count = os.fsync, refused, 0

    def fsync(self, descriptor: int) -> None:
        self._count += 1
        if self._count in self._refused:
            raise OSError(5, "Input/output error")
        with open(f"/proc/self/fd/{descriptor}", "rb") as file:
            self.given.append(file.read())
        self._real(descriptor)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_what_the_disk_refused_is_written_anew(
    flushing: tuple[Folder, Syncer, list[OSError]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, syncer, troubles = flushing
    before = {path: path.stat().st_ino for path in (folder.path / "media").iterdir()}
    disk = Disk(*range(1, 100))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", disk.fsync)
        syncer.sync()
    assert len(troubles) == 1
    again = Disk()
    monkeypatch.setattr(os, "fsync", again.fsync)
    monkeypatch.setattr(folder, "sync_names", lambda _: None)
    syncer.sync()
    assert len(troubles) == 1
    assert {b"%d" % at for at in range(40)} <= set(again.given)
    after = {path: path.stat().st_ino for path in (folder.path / "media").iterdir()}
    anew = [path for path, number in before.items() if after[path] != number]
    assert anew  # those that were refused
    assert all(path.read_bytes() for path in before)


def test_a_file_that_is_not_what_was_written_is_not_written_anew(
    flushing: tuple[Folder, Syncer, list[OSError]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, syncer, troubles = flushing
    for path in (folder.path / "media").iterdir():
        path.write_bytes(b"")  # what a disk may make of a page that it refused
    monkeypatch.setattr(os, "fsync", Disk(*range(1, 100)).fsync)
    syncer.sync()
    assert [error.errno for error in troubles] == [5]
    assert not list((folder.path / "tmp").iterdir())


def test_a_checkpoint_flushes_files_of_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in (100_000, 5):
        monkeypatch.setattr(durability, "_MOST_PATHS", limit)
        run = mt.init(dir=tmp_path, durability="process", reinit="create_new")
        run.log({"x": [mt.Image(np.full((2, 2), n, np.uint8)) for n in range(20)]})
        flushed: list[str] = []
        monkeypatch.setattr(run._folder, "sync", flushed.append)
        run.checkpoint()
        assert len({path for path in flushed if path.startswith("media/")}) == 20
        run.finish(quiet=True)


def test_nobody_who_logs_waits_for_a_flush(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")
    begun, free = threading.Event(), threading.Event()

    def fdatasync(_descriptor: int) -> None:
        begun.set()
        assert free.wait(60)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    run.log({"row": 0})
    flushing = threading.Thread(target=run.checkpoint)
    flushing.start()
    assert begun.wait(60)
    for row in range(1, 100):  # hangs here if a flush holds a lock
        run.log({"row": row, "x": mt.Image(np.zeros((2, 2), np.uint8))})
    free.set()
    flushing.join()
    monkeypatch.undo()
    run.finish(quiet=True)
    assert len(mt.open_run(run.dir).history()) == 100
