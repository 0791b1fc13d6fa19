from __future__ import annotations

import itertools
import sys
import threading
from typing import TYPE_CHECKING

from mediatypes.recorder.durability import Syncer
from mediatypes.schema import Media
from mediatypes.store.beneath import Folder
from mediatypes.store.log import LogWriter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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


def test_what_could_not_be_flushed_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    folder = Folder(tmp_path)
    troubles: list[OSError] = []
    log = LogWriter(folder, WRITER, lambda *_: None)
    syncer = Syncer(folder, log, "interval", troubles.append)
    flushed: list[str] = []

    def refuse(_path: str) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "sync", refuse)
        for at in range(40):
            syncer.note_media(record(f"media/{at}.png"))
        syncer.sync()
    assert len(troubles) == 1
    monkeypatch.setattr(folder, "sync", flushed.append)
    monkeypatch.setattr(folder, "sync_names", lambda _: None)
    syncer.sync()
    assert sorted(flushed) == sorted(f"media/{at}.png" for at in range(40))
