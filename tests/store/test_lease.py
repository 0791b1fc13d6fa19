from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from mediatypes.store.beneath import Folder
from mediatypes.store.lease import Lease, Watch

if TYPE_CHECKING:
    from pathlib import Path

WRITER = "r0-c0ffee-4711-0123abcd"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "log").mkdir()
    return Folder(tmp_path)


def test_who_beats_lives_and_who_does_not_is_still(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    watch, heart = Watch(folder, clock=lambda: now[0]), Lease(folder, WRITER)
    assert not watch.is_still(WRITER)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for _ in range(9):
        heart.beat()
        assert not watch.is_still(WRITER)
        now[0] += 11
    assert not watch.is_still(WRITER)
    now[0] += 31
    assert watch.is_still(WRITER)
    heart.beat()
    assert not watch.is_still(WRITER)
    heart.close()
    now[0] += 99
    assert not watch.is_still(WRITER)
    assert folder.names("log") == []


def test_beats_come_no_faster_than_they_should(folder: Folder, tmp_path: Path) -> None:
    heart = Lease(folder, WRITER)
    for _ in range(5):
        heart.beat()
    (path,) = (tmp_path / "log").iterdir()
    assert path.read_bytes().split() == [b'{"beat":1}']
    assert path.stat().st_size == 64
    heart.close()


@pytest.mark.parametrize("text", [b"", b"[]", b'{"beat":-1}', b"x" * 99, b"\xff"])
def test_a_lease_that_says_nothing_is_none(
    folder: Folder, tmp_path: Path, text: bytes
) -> None:
    (tmp_path / f"log/{WRITER}.lease").write_bytes(text)
    now = [0.0]
    watch = Watch(folder, clock=lambda: now[0])
    assert not watch.is_still(WRITER)
    now[0] += 1_000
    assert not watch.is_still(WRITER)


def test_a_full_disk_does_not_matter(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "create", refuse)
    heart = Lease(folder, WRITER)
    heart.beat()
    heart.close()
