from __future__ import annotations

import json
import os
import shutil
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.schema import frame
from mediatypes.store import log
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
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
    paths = [*(run / "log").glob("*.jsonl"), run / "run.json", run / "manifest.jsonl"]
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
    (path,) = (run / "log").glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
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
    (path,) = (run / "log").glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    report = verify(Folder(run))
    assert "torn-tail" in {found.id for found in report.findings}
    assert not report.is_damaged


def test_media_that_a_killed_writer_did_not_write_is_a_warning(run: Path) -> None:
    (path,) = (run / "log").glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"k":"log"' in line or line is lines[0]]
    path.write_bytes(b"".join(kept[:2]))
    found = [item for item in findings(run) if item.id == "intent-open"]
    assert [(item.severity, item.where) for item in found] == [
        ("warning", "step 0, key 'x', item 0"),
        ("warning", "step 0, key 'x', item 1"),
    ]


def test_a_hostile_path_in_a_record_is_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    (path,) = (run / "log").glob("*.jsonl")
    body = (
        b'{"r":2,"key":"x","step":0,"i":9,"kind":"image","path":"media/../../secret",'
        b'"sha256":"00","size":1,"mime":"x/y"}'
    )
    path.write_bytes(path.read_bytes() + frame(99, "media", body))
    assert "foreign-name" in {found.id for found in findings(run)}


def test_a_stale_manifest_is_a_note(run: Path) -> None:
    from mediatypes.store.derived import manifest

    (run / "manifest.jsonl").write_bytes(manifest([]))
    (found,) = findings(run)
    assert (found.id, found.severity) == ("manifest-stale", "note")


def test_a_quick_check_reads_no_file_but_finds_lengths(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = next((run / "media/image/x").iterdir())
    audio = next((run / "media/audio/y").iterdir())
    audio.write_bytes(audio.read_bytes() + b"x")
    data = bytearray(image.read_bytes())
    data[-1] ^= 1
    image.write_bytes(data)
    report = verify(Folder(run), is_quick=True)
    assert [(item.id, item.severity) for item in report.findings] == [
        ("media-size", "error")
    ]
    assert (report.files, report.bytes) == (3, 0)


def test_a_file_that_cannot_fit_is_not_read(run: Path) -> None:
    image = next((run / "media/image/x").iterdir())
    with image.open("r+b") as file:
        file.truncate(1 << 40)
    report = verify(Folder(run))
    assert {item.id for item in report.findings} == {"media-size"}


def test_a_segment_that_is_missing_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SEGMENT_BYTES", 400)
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        for step in range(40):
            run.log({"loss": step})
    segments = sorted(
        (run.dir / "log").glob("*.jsonl"), key=lambda p: int(p.name[-7:-6])
    )
    assert len(segments) > 5
    segments[3].unlink()
    report = verify(Folder(run.dir))
    assert "seq-gap" in report.counts
    assert 30 < len(mt.open_run(run.dir).history()) < 40


@pytest.mark.parametrize("version", [[2, 0], [1, 9]])
def test_a_run_of_a_newer_format_is_named(run: Path, version: list[int]) -> None:
    text = (run / "run.json").read_text()
    newer = json.loads(text) | {"min_reader": version}
    (run / "run.json").write_text(json.dumps(newer))
    assert "version-newer" in {item.id for item in findings(run)}


def test_records_of_later_releases_and_losses_of_the_writer_are_named(
    run: Path,
) -> None:
    (path,) = (run / "log").glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    count = len(lines)
    closed = frame(count, "close", b'{"state":"finished","lost":{"syncs":2}}')
    more = [frame(count - 1, "artifact", b'{"name":"a"}'), closed]
    path.write_bytes(b"".join(lines[:-1] + more))
    found = {item.id: (item.severity, item.text) for item in findings(run)}
    assert found["unknown-kind"][0] == "note"
    assert found["drop-count"][0] == "warning"
    assert "2 syncs" in found["drop-count"][1]


def test_a_clock_that_went_back_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time_ns
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"a": 1})
        monkeypatch.setattr(time, "time_ns", lambda: real() - 7200 * 10**9)
        run.log({"a": 2})
    report = verify(Folder(run.dir))
    assert [(item.id, item.severity) for item in report.findings] == [
        ("clock-back", "note")
    ]
    assert [row["a"] for row in mt.open_run(run.dir).history()] == [1, 2]


def test_a_run_that_has_not_begun_is_not_damaged_but_one_without_its_log_is(
    run: Path, tmp_path: Path
) -> None:
    (tmp_path / "new/log").mkdir(parents=True)
    shutil.copy(run / "run.json", tmp_path / "new")
    found = [(item.id, item.severity) for item in findings(tmp_path / "new")]
    assert found == [("no-writer", "warning")]
    shutil.rmtree(run / "log")
    assert ("no-writer", "error") in {(i.id, i.severity) for i in findings(run)}


def test_lines_that_come_while_a_living_run_is_checked_are_no_damage(
    tmp_path: Path,
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"a": 1})
        collected = Collected(Folder(run.dir))
        run.log({"a": 2})
        assert collected.final_damage() == []
