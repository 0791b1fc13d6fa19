from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.errors import StoreError
from mediatypes.schema import frame
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.living import check_ended
from mediatypes.store.repair import Plan, apply, plan
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished run with every kind of record."""
    parent = tmp_path_factory.mktemp("runs")
    with mt.init(dir=parent, name="whole", config={"a": 1}) as run:
        for step in range(6):
            picture = np.full((4, 4), step, np.uint8)
            run.log({"loss": 1 / (step + 1), "x": [mt.Image(picture)] * 2})
        run.log({"y": mt.Audio(np.zeros(9, np.int16), 32), "h": mt.Histogram([1, 2])})
        run.log({"z": mt.Image(np.eye(2, dtype=int), masks={"m": mask()})})
    return run.dir


def mask() -> dict[str, Any]:
    return {"mask_data": np.eye(2, dtype=int)}


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(whole, tmp_path / whole.name)


def log_of(run: Path) -> Path:
    return min((run / "log").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


def digests(run: Path) -> Counter[str]:
    """How often each content lies in the folder; empty files left out."""
    files = [p for p in run.rglob("*") if p.is_file() and p.stat().st_size]
    return Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)


def wrongly_named(run: Path) -> list[str]:
    """Files under ``media/`` whose names do not say their digests, and links."""
    found = [p for p in (run / "media").rglob("*") if p.is_symlink() or p.is_file()]
    return [
        path.name
        for path in found
        if path.is_symlink()
        or path.stem.rpartition("-")[2]
        != hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    ]


def rows(run: Path) -> list[tuple[int, list[str]]]:
    return [(r["step"], sorted(r["data"])) for r in mt.open_run(run).records()]


def planned(run: Path) -> Plan:
    return plan(Collected(Folder(run)))


def repair(run: Path) -> Plan:
    found = planned(run)
    apply(Folder(run), found)
    return found


def tear_the_tail(run: Path) -> None:
    log = log_of(run)
    log.write_bytes(log.read_bytes()[:-20])


def spoil_a_line(run: Path) -> None:
    log = log_of(run)
    at = log.read_bytes().index(b'"k":"log"')
    flip(log, at + 20)


def spoil_every_line(run: Path) -> None:
    log = log_of(run)
    log.write_bytes(log.read_bytes().replace(b'"c":"', b'"c":"z'))


def append_binary(run: Path) -> None:
    log = log_of(run)
    log.write_bytes(log.read_bytes() + os.urandom(300) + b"\n" + b"\0" * 4096)


def spoil_a_picture(run: Path) -> None:
    flip(min((run / "media/image/x").iterdir()), 40)


def cut_a_picture(run: Path) -> None:
    path = max((run / "media/image/x").iterdir())
    path.write_bytes(path.read_bytes()[:30])


def lose_a_picture(run: Path) -> None:
    min((run / "media/image/x").iterdir()).unlink()


def lose_a_mask(run: Path) -> None:
    record = mt.open_run(run)._collected.media_records()[-1]
    (run / record.parts[0].path).unlink()


def link_a_picture(run: Path) -> None:
    path = min((run / "media/image/x").iterdir())
    shutil.move(path, run.parent / "elsewhere")
    path.symlink_to(run.parent / "elsewhere")


def add_strangers(run: Path) -> None:
    (run / "media/image/x/notes.txt").write_text("hello")
    (run / "media/deep/er/and/deeper").mkdir(parents=True)


def spoil_the_manifest(run: Path) -> None:
    flip(run / "manifest.jsonl", 60)


def lose_the_derived_files(run: Path) -> None:
    for name in ("manifest.jsonl", "summary.json", "config.json"):
        (run / name).unlink()


def spoil_the_run_file(run: Path) -> None:
    (run / "run.json").write_bytes(b"{")


def lose_the_run_file(run: Path) -> None:
    (run / "run.json").unlink()


def edit_the_run_file(run: Path) -> None:
    text = (run / "run.json").read_text()
    (run / "run.json").write_text(text.replace('"whole"', '"other"'))


def spoil_everything(run: Path) -> None:
    for harm in HARMS[:-1]:
        if harm not in {lose_the_run_file, spoil_every_line, lose_a_mask}:
            harm(run)


HARMS: list[Callable[[Path], None]] = [
    tear_the_tail,
    lose_a_mask,
    spoil_a_line,
    spoil_every_line,
    append_binary,
    spoil_a_picture,
    cut_a_picture,
    lose_a_picture,
    link_a_picture,
    add_strangers,
    spoil_the_manifest,
    lose_the_derived_files,
    edit_the_run_file,
    lose_the_run_file,
    spoil_the_run_file,
    spoil_everything,
]


def test_a_whole_run_is_left_alone(run: Path) -> None:
    before = digests(run)
    assert repair(run).is_empty
    assert digests(run) == before


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_repaired_run_is_well_and_nothing_is_deleted(
    run: Path, harm: Callable[[Path], None]
) -> None:
    harm(run)
    before, readable = digests(run), rows_if_readable(run)
    found = repair(run)
    assert found.left == []
    report = verify(Folder(run))
    assert [item for item in report.findings if item.severity == "error"] == []
    assert before - digests(run) == Counter()
    assert [row for row in readable if row not in rows(run)] == []
    assert mt.open_run(run).id == run.name.rpartition("-")[2]
    for log in (run / "log").glob("*.jsonl"):
        assert all(json.loads(line) for line in log.read_bytes().splitlines())
    assert planned(run).is_empty


def test_what_is_lost_is_named(run: Path) -> None:
    lost = min((run / "media/image/x").iterdir())
    place = lost.relative_to(run).as_posix()
    flip(lost, 40)
    repair(run)
    reader = mt.open_run(run)
    assert list(reader.media("x")) == [1, 2, 3, 4, 5]
    assert any(place in text for text in reader.losses())
    assert (run / "quarantine" / place).stat().st_size
    assert reader.state == "finished"
    assert place not in (run / "manifest.jsonl").read_text()
    found = {item.id for item in verify(Folder(run)).findings}
    assert found == {"repaired"}


def test_a_file_that_comes_back_counts_again(run: Path) -> None:
    path = min((run / "media/image/x").iterdir())
    data = path.read_bytes()
    path.unlink()
    repair(run)
    path.write_bytes(data)
    assert list(mt.open_run(run).media("x")) == [0, 1, 2, 3, 4, 5]
    path.write_bytes(b"again")
    assert verify(Folder(run)).is_damaged
    repair(run)
    assert not verify(Folder(run)).is_damaged


def test_a_file_that_one_record_describes_well_stays(run: Path) -> None:
    log = log_of(run)
    path = min((run / "media/image/x").iterdir()).relative_to(run).as_posix()
    record = {
        "r": 2,
        "key": "x",
        "step": 0,
        "i": 9,
        "kind": "image",
        "path": path,
        "sha256": "00",
        "size": 7,
        "mime": "image/png",
    }
    body = json.dumps(record)
    log.write_bytes(log.read_bytes() + frame(99, "media", body.encode()))
    repair(run)
    assert (run / path).exists()
    assert not verify(Folder(run)).is_damaged
    assert len(mt.open_run(run).media("x")[0]) == 2


def rows_if_readable(run: Path) -> list[tuple[int, list[str]]]:
    try:
        return rows(run)
    except mt.errors.MediaTypesError:
        return []


def test_a_second_repair_changes_nothing(run: Path) -> None:
    spoil_everything(run)
    repair(run)
    before = {p: p.stat().st_mtime_ns for p in run.rglob("*")}
    assert repair(run).is_empty
    assert {p: p.stat().st_mtime_ns for p in run.rglob("*")} == before


def test_a_run_that_never_began_is_repaired_once(run: Path) -> None:
    for name in ("log", "media", "tmp"):
        shutil.rmtree(run / name)
        (run / name).mkdir()
    lose_the_derived_files(run)
    repair(run)
    assert not verify(Folder(run)).is_damaged
    assert planned(run).is_empty


def test_a_dry_run_changes_nothing(run: Path) -> None:
    spoil_everything(run)
    before = {p: p.lstat().st_mtime_ns for p in run.rglob("*")}
    assert len(planned(run).steps) >= 7
    assert {p: p.lstat().st_mtime_ns for p in run.rglob("*")} == before


class _Killed(BaseException):
    """In place of the end of the process."""


class _Mortal(Folder):
    """A folder whose process is killed before its operation number `last`."""

    def __init__(self, path: Path, last: int) -> None:
        super().__init__(path)
        self.left = last

    def _reach(self) -> None:
        self.left -= 1
        if self.left <= 0:  # the dead clean nothing up either
            raise _Killed

    def make(self, relative: str) -> None:
        self._reach()
        super().make(relative)

    def create(self, relative: str, **more: Any) -> int:
        self._reach()
        return super().create(relative, **more)

    def publish(self, temporary: str, final: str) -> bool:
        self._reach()
        return super().publish(temporary, final)

    def replace(self, temporary: str, final: str) -> None:
        self._reach()
        super().replace(temporary, final)

    def remove(self, relative: str) -> None:
        self._reach()
        super().remove(relative)

    def sync_names(self, relative: str = "") -> None:
        self._reach()
        super().sync_names(relative)


def test_a_repair_can_be_killed_at_any_point(run: Path) -> None:
    spoil_everything(run)
    before = digests(run)
    stop_at = is_done = 0
    while not is_done:
        stop_at += 1
        place = run.parent / f"at-{stop_at}" / run.name
        shutil.copytree(run, place, symlinks=True)
        try:
            apply(_Mortal(place, stop_at), planned(place))
            is_done = True
        except _Killed:
            assert verify(Folder(place)).records
        repair(place)
        assert not verify(Folder(place)).is_damaged
        assert before - digests(place) == Counter()
        assert wrongly_named(place) == []
        assert planned(place).is_empty
    assert stop_at > 40


def test_a_run_that_may_be_written_is_refused(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"a": 1})
        with pytest.raises(StoreError, match="may still be written"):
            check_ended(Collected(Folder(run.dir)))
        check_ended(Collected(Folder(run.dir)), force=True)
    check_ended(Collected(Folder(run.dir)))


def test_a_run_of_another_user_is_refused(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(StoreError, match="another user"):
        check_ended(Collected(Folder(run)))


def test_a_run_of_a_newer_release_is_refused(run: Path) -> None:
    log = log_of(run)
    log.write_bytes(log.read_bytes() + frame(99, "unheard-of", b'{"!":1}'))
    with pytest.raises(StoreError, match="newer"):
        planned(run)
