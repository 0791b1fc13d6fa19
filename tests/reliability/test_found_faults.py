"""Faults that reliability tests found, each held by a test of its own."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.schema import Name
from mediatypes.store import log
from mediatypes.store.beneath import Folder
from mediatypes.store.log import LogWriter
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


def test_a_spool_that_cannot_be_removed_does_not_keep_a_run_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.unlink

    def unlink(path: Any, **more: Any) -> None:
        if str(path).endswith(".spool"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(path, **more)

    run = mt.init(dir=tmp_path, reinit="create_new")
    run.log({"x": mt.Image(np.eye(3, dtype=np.uint8))})
    monkeypatch.setattr(os, "unlink", unlink)
    run.finish(quiet=True)
    assert mt.open_run(run.dir).state == "finished"


@pytest.mark.filterwarnings("ignore::mediatypes.DroppedMediaWarning")
def test_a_line_that_another_thread_loses_does_not_cost_a_row_its_media(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")
    writer: Any = run._session.log
    real = writer.append_line

    def append_line(number: int, kind: str, line: bytes) -> None:
        real(number, kind, line)
        if kind == "log":  # meanwhile, on another thread
            writer._lose("note", OSError(errno.EIO, "x"), writer.next_number())

    monkeypatch.setattr(writer, "append_line", append_line)
    run.log({"x": mt.Image(np.eye(3, dtype=np.uint8))})
    monkeypatch.undo()
    run.finish(quiet=True)
    found = {item.id for item in verify(Folder(run.dir)).findings}
    assert "media-lost" not in found
    assert len(mt.open_run(run.dir).media("x")[0]) == 1


def test_lines_that_fill_a_new_segment_at_once_are_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    monkeypatch.setattr(log, "SEGMENT_BYTES", 50)
    writer = LogWriter(Folder(tmp_path), "r0-c0ffee-1-0123abcd", lambda *_: None)
    real, calls = os.write, 0

    def write(descriptor: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        assert calls < 9, "the same lines again and again"
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    writer.append_many([Name(name="a"), Name(name="b")])
    assert calls == 1
