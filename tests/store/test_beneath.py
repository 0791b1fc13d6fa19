from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from mediatypes.errors import StoreError
from mediatypes.store import beneath
from mediatypes.store.beneath import Folder

if TYPE_CHECKING:
    from pathlib import Path

LINKS = pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")


@pytest.fixture(params=["descriptors", "paths"])
def folder(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Folder:
    """A folder, opened both ways that the platforms need."""
    if request.param == "paths":
        monkeypatch.setattr(beneath, "_HAS_DIR_FD", False)
    (tmp_path / "run").mkdir()
    return Folder(tmp_path / "run")


def test_a_written_file_reads_back(folder: Folder) -> None:
    folder.make("media/image")
    folder.write("media/image/a.png", b"abc", sync=True)
    assert (folder.path / "media/image/a.png").read_bytes() == b"abc"
    assert folder.read("media/image/a.png") == b"abc"
    assert folder.names("media") == ["image"]
    assert [path for path, _ in folder.walk("media")] == ["media/image/a.png"]


def test_a_new_file_never_replaces_another(folder: Folder) -> None:
    folder.write("a.txt", b"first")
    with pytest.raises(FileExistsError):
        folder.write("a.txt", b"second")
    assert folder.read("a.txt") == b"first"


def test_publishing_never_replaces_and_leaves_no_temporary(folder: Folder) -> None:
    folder.make("tmp")
    folder.write("tmp/1.part", b"new")
    assert folder.publish("tmp/1.part", "media/x/a.bin")
    folder.write("tmp/2.part", b"other")
    assert not folder.publish("tmp/2.part", "media/x/a.bin")
    assert folder.read("media/x/a.bin") == b"new"
    assert folder.names("tmp") == []


def test_publishing_works_without_hard_links(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    folder.make("tmp")
    folder.write("tmp/1.part", b"new")
    assert folder.publish("tmp/1.part", "media/a.bin")
    assert folder.read("media/a.bin") == b"new"


def test_a_failed_write_leaves_no_file(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        with pytest.raises(OSError, match="No space"):
            folder.write("a.bin", b"x")
    assert folder.names("") == []


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../x",
        "a/../../x",
        "/etc/passwd",
        "a//b",
        "./a",
        "a\\b",
        "c:x",
        "a\0b",
        "a/",
    ],
)
def test_no_path_leads_out_of_the_folder(folder: Folder, path: str) -> None:
    (folder.path.parent / "x").write_bytes(b"secret")
    (folder.path / "a").mkdir()
    with pytest.raises(StoreError):
        folder.read(path)
    with pytest.raises(StoreError):
        folder.write(path, b"planted")


@LINKS
def test_links_are_not_followed_to_files_or_folders(folder: Folder) -> None:
    outside = folder.path.parent / "outside"
    outside.mkdir()
    (outside / "f.txt").write_bytes(b"secret")
    (folder.path / "file.txt").symlink_to(outside / "f.txt")
    (folder.path / "dir").symlink_to(outside)
    for path in ("file.txt", "dir/f.txt"):
        with pytest.raises((OSError, StoreError)):
            folder.read(path)
    with pytest.raises((OSError, StoreError)):
        folder.write("dir/new.txt", b"planted")
    assert sorted(os.listdir(outside)) == ["f.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_is_no_file_and_does_not_hang(folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe")
    with pytest.raises(StoreError, match="regular"):
        folder.read("pipe")


def test_reading_stops_at_its_limit(folder: Folder) -> None:
    folder.write("a.bin", bytes(11))
    with pytest.raises(StoreError, match="more than 10"):
        folder.read("a.bin", limit=10)


def test_more_folders_than_are_kept_open_still_work(folder: Folder) -> None:
    for index in range(80):
        folder.make(f"media/{index}")
        folder.write(f"media/{index}/a", b"x")
    assert len(list(folder.walk("media"))) == 80
    assert len(folder._kept) <= 64


def test_a_closed_folder_opens_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.close()
    with pytest.raises((StoreError, OSError)):
        folder.read("a")


def test_a_missing_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        Folder(tmp_path / "nowhere")


def test_files_and_names_are_brought_to_the_disk(folder: Folder) -> None:
    folder.make("media/values.image")
    folder.write("media/values.image/a", b"x")
    folder.sync("media/values.image/a")
    folder.sync_names("media/values.image")
    folder.sync_names()
