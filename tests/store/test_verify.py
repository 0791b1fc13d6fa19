from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import Finding, verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished run with every kind of record."""
    with mt.init(
        dir=tmp_path_factory.mktemp("runs"), name="whole", config={"a": 1}
    ) as run:
        run.define_metric("loss", summary="min")
        run.log({"loss": 0.5, "x": [mt.Image(np.eye(3, dtype=np.uint8))] * 2})
        run.log({"y": mt.Audio(np.zeros(9, np.int16), 32), "h": mt.Histogram([1, 2])})
        run.summary["z"] = mt.Image(np.zeros((2, 2), np.uint8))
        run.name = "renamed"
    return run.dir


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(whole, tmp_path / "run")


def findings(path: Path) -> list[Finding]:
    return verify(Folder(path)).findings


def test_a_whole_run_has_no_findings(run: Path) -> None:
    report = verify(Folder(run))
    assert report.findings == []
    assert not report.is_damaged
    files = [path for path in (run / "media").rglob("*") if path.is_file()]
    assert report.files == len(files) == 3
    assert report.bytes == sum(path.stat().st_size for path in files)


def test_every_flipped_byte_of_records_and_media_is_found(run: Path) -> None:
    paths = [*(run / "log").iterdir(), run / "run.json", run / "manifest.jsonl"]
    paths += [path for path in (run / "media").rglob("*") if path.is_file()]
    missed = []
    for path in paths:
        whole = path.read_bytes()
        for position in range(len(whole)):
            damaged = bytearray(whole)
            damaged[position] ^= 1 << (position % 8)
            path.write_bytes(damaged)
            report = verify(Folder(run))
            if not report.is_damaged:
                missed.append((path.name, position, whole[position : position + 20]))
        path.write_bytes(whole)
    assert missed == []


def test_a_damaged_file_is_named(run: Path) -> None:
    path = next((run / "media/image/x").iterdir())
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    (found, *_) = findings(run)
    assert (found.id, found.severity) == ("media-digest", "error")
    assert found.where == path.relative_to(run).as_posix()


def test_a_missing_or_longer_file_is_named(run: Path) -> None:
    image = next((run / "media/image/x").iterdir())
    audio = next((run / "media/audio/y").iterdir())
    image.unlink()
    audio.write_bytes(audio.read_bytes() + b"x")
    assert {found.id for found in findings(run)} == {"media-missing", "media-size"}


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_link_in_place_of_a_file_is_an_error(run: Path, tmp_path: Path) -> None:
    path = next((run / "media/image/x").iterdir())
    shutil.move(path, tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert {found.id for found in findings(run)} == {"symlink"}


def test_a_removed_line_is_a_missing_record(run: Path) -> None:
    (log,) = (run / "log").iterdir()
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:3] + lines[4:]))
    assert "seq-gap" in {found.id for found in findings(run)}


def test_strangers_are_notes_and_not_damage(run: Path) -> None:
    (run / "media/image/x/notes.txt").write_text("hello")
    (run / "tmp/old.part").write_text("left")
    (run / "log/readme").write_text("hello")
    report = verify(Folder(run))
    assert {found.id for found in report.findings} == {
        "orphan-media",
        "stray-tmp",
        "foreign-name",
    }
    assert not report.is_damaged


def test_a_torn_last_line_of_a_killed_writer_is_a_note(run: Path) -> None:
    (log,) = (run / "log").iterdir()
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    report = verify(Folder(run))
    assert "torn-tail" in {found.id for found in report.findings}
    assert not report.is_damaged


def test_media_that_a_killed_writer_did_not_write_is_a_warning(run: Path) -> None:
    (log,) = (run / "log").iterdir()
    lines = log.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"k":"log"' in line or line is lines[0]]
    log.write_bytes(b"".join(kept[:2]))
    found = [item for item in findings(run) if item.id == "intent-open"]
    assert [(item.severity, item.where) for item in found] == [
        ("warning", "step 0, key 'x', item 0"),
        ("warning", "step 0, key 'x', item 1"),
    ]


def test_a_hostile_path_in_a_record_is_refused(run: Path, tmp_path: Path) -> None:
    from mediatypes.schema.lines import frame

    (tmp_path / "secret").write_bytes(b"s")
    (log,) = (run / "log").iterdir()
    body = (
        b'{"r":2,"key":"x","step":0,"i":9,"kind":"image","path":"media/../../secret",'
        b'"sha256":"00","size":1,"mime":"x/y"}'
    )
    log.write_bytes(log.read_bytes() + frame(99, "media", body))
    assert "foreign-name" in {found.id for found in findings(run)}


def test_a_stale_manifest_is_a_note(run: Path) -> None:
    from mediatypes.store.derived import manifest

    (run / "manifest.jsonl").write_bytes(manifest([]))
    (found,) = findings(run)
    assert (found.id, found.severity) == ("manifest-stale", "note")
