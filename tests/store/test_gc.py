from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.gc import garbage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A finished run with a leftover and an orphan, both two days old."""
    with mt.init(dir=tmp_path, reinit="create_new") as found:
        found.log({"x": mt.Image(np.eye(3, dtype=np.uint8))})
    (found.dir / "tmp/r0-c0ffee-1-0123abcd-7.part").write_bytes(b"left")
    (found.dir / "media/image/x/orphan.png").write_bytes(b"lonely")
    for name in ("tmp/r0-c0ffee-1-0123abcd-7.part", "media/image/x/orphan.png"):
        long_ago = time.time() - 2 * 86_400
        os.utime(found.dir / name, (long_ago, long_ago))
    return found.dir


def paths(run: Path, *, min_age: float | None = None) -> set[str]:
    found = garbage(Collected(Folder(run)), min_age_seconds=min_age)
    return {item.path for item in found}


ORPHAN = "media/image/x/orphan.png"
LEFTOVER = "tmp/r0-c0ffee-1-0123abcd-7.part"


def test_old_leftovers_and_orphans_are_found(run: Path) -> None:
    assert paths(run) == {LEFTOVER, ORPHAN}


def test_young_files_stay_unless_told(run: Path) -> None:
    for path in run.rglob("*"):
        os.utime(path)
    assert paths(run) == set()
    assert paths(run, min_age=0) == {LEFTOVER, ORPHAN}


def test_files_of_a_living_writer_stay(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"a": 1})
        (log,) = (run.dir / "log").glob("*.jsonl")
        writer = log.name.partition(".")[0]
        mine = f"tmp/{writer}-3.part"
        for name in (mine, LEFTOVER, "tmp/run.part"):
            (run.dir / name).write_bytes(b"x")
        (run.dir / "media/image").mkdir()
        (run.dir / "media/image/new.png").write_bytes(b"not on record yet")
        assert paths(run.dir, min_age=0) == {LEFTOVER}


def test_no_orphan_goes_while_the_record_is_damaged(run: Path) -> None:
    (log,) = (run / "log").glob("*.jsonl")
    data = bytearray(log.read_bytes())
    data[data.index(b'"k":"media"') + 20] ^= 1
    log.write_bytes(data)
    assert paths(run) == {LEFTOVER}


def test_the_quarantine_is_not_touched(run: Path) -> None:
    (run / "quarantine").mkdir()
    (run / "quarantine/x").write_bytes(b"x")
    assert paths(run, min_age=0) == {LEFTOVER, ORPHAN}
