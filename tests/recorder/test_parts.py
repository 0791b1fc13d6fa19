"""Items with more than one file, from the value to the disk and back."""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec
import numpy as np
import pytest

import mediatypes as mt
from mediatypes.errors import IntegrityError, ManifestError
from mediatypes.media import MEDIA_TYPES
from mediatypes.media.base import NO_PARTS, Media
from mediatypes.schema import Encoded, EncodedPart, Source, frame
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mediatypes.schema import Media as MediaRecord

NAMES = ("masks/a", "../../etc/passwd", "Ünïcode \N{PILE OF POO}", "$t", "")


class Bundle(Media):
    """A text and further texts by name."""

    kind: ClassVar[str] = "bundle"

    text: bytes
    more: Mapping[str, bytes]

    def __init__(self, text: bytes, more: Mapping[str, bytes] = NO_PARTS) -> None:
        self._set(text=text, more=more, caption=None, id=None, meta={}, source=Source())

    @property
    def nbytes(self) -> int:
        return len(self.text)

    def encode(self) -> Encoded:
        parts = tuple(
            EncodedPart(name, "text", "txt", "text/plain", data)
            for name, data in self.more.items()
        )
        return Encoded("bundle", "txt", "text/plain", self.text, {}, None, parts)

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        del record
        return cls(data, parts)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers know the type."""
    monkeypatch.setitem(MEDIA_TYPES, "bundle", Bundle)


def bundle(number: int = 0) -> Bundle:
    more = {name: f"{number} {name}".encode() for name in NAMES}
    return Bundle(f"text {number}".encode(), more | {"shared": b"always the same"})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two items with six parts each, one of them of equal bytes, and one more."""
    with mt.init(dir=tmp_path, reinit="create_new", config={"a": 1}) as run:
        run.log({"x": [bundle(1), bundle(2)]})
        run.checkpoint()
        run.summary["y"] = bundle(3)
        live = run.summary["x"]
        assert [dict(item.more) for item in live] == [
            dict(bundle(number).more) for number in (1, 2)
        ]
    return run.dir


def files_in(run: Path) -> list[Path]:
    return [path for path in (run / "media").rglob("*") if path.is_file()]


def test_parts_read_back_by_name(run: Path) -> None:
    reader = mt.open_run(run)
    for number, item in enumerate(reader.media("x")[0], start=1):
        assert dict(item.more) == dict(bundle(number).more)
        assert len(item.more) == len(NAMES) + 1
    assert dict(reader.summary["y"].more) == dict(bundle(3).more)


def test_parts_lie_beside_their_item_and_no_name_is_a_path(run: Path) -> None:
    paths = files_in(run)
    beside = {path.parent.relative_to(run).as_posix() for path in paths}
    assert beside == {"media/bundle/x", "media/bundle/y"}
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        step, index, short = path.stem.split("-")
        assert (len(step), len(index)) == (9, 4)
        assert digest.startswith(short)
    assert len(paths) == 3 * (len(NAMES) + 1) + 1


def test_equal_bytes_are_one_file_and_count_once(run: Path) -> None:
    (close,) = [
        json.loads(line)
        for path in (run / "log").iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()
        if '"k":"close"' in line
    ]
    assert close["bytes"] == sum(path.stat().st_size for path in files_in(run))
    assert close["media"] == 3
    manifest = (run / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in manifest[:-1]]
    names = [[part["name"] for part in item["parts"]] for item in found]
    assert names == [[*NAMES, "shared"]] * 2
    shared = [item["parts"][-1] for item in found]
    assert [part.get("same", False) for part in shared] == [False, True]
    assert shared[0]["path"] == shared[1]["path"]
    facts = mt.open_run(run).key_facts()
    of_x = [path for path in files_in(run) if path.parent.name == "x"]
    assert [fact.size for fact in facts if fact.key == "x"] == [
        sum(path.stat().st_size for path in of_x)
    ]


def test_a_whole_run_with_parts_has_no_findings(run: Path) -> None:
    report = verify(Folder(run))
    assert report.findings == []
    assert report.files == len(files_in(run))


def test_every_part_that_is_changed_or_gone_is_found(run: Path, tmp_path: Path) -> None:
    for number, path in enumerate(files_in(run)):
        copy = shutil.copytree(run, tmp_path / f"copy{number}")
        target = copy / path.relative_to(run)
        data = target.read_bytes()
        for change, word in (
            (data[:-1] + bytes([data[-1] ^ 1]), "media-digest"),
            (data + b"x", "media-size"),
            (None, "media-missing"),
        ):
            target.unlink(missing_ok=True)
            if change is not None:
                target.write_bytes(change)
            report = verify(Folder(copy))
            assert {finding.id for finding in report.findings} == {word}
            assert report.is_damaged


def test_a_part_is_read_and_checked_only_when_asked_for(run: Path) -> None:
    for path in files_in(run):
        if path.read_bytes() == b"1 masks/a":
            path.write_bytes(b"1 masks/b")
        if path.read_bytes() == b"1 $t":
            path.unlink()
        elif path.read_bytes() == b"1 ":
            path.write_bytes(bytes(1 << 16))
    item = mt.open_run(run).media("x")[0][0]
    assert item.more["shared"] == b"always the same"
    for name in ("masks/a", "$t", ""):
        with pytest.raises(IntegrityError):
            item.more[name]
    with pytest.raises(KeyError):
        item.more["unheard of"]


def test_two_parts_of_one_name_are_no_record(run: Path) -> None:
    records = mt.open_run(run)._collected.media_records()
    body: dict[str, Any] = msgspec.to_builtins(records[0])
    del body["n"]
    body |= {"r": 50, "key": "z", "parts": body["parts"] * 2}
    (log,) = (run / "log").iterdir()
    lines = frame(50, "log", b'{"step":9,"media":[["z",0,"bundle"]]}')
    lines += frame(51, "media", msgspec.json.encode(body))
    log.write_bytes(log.read_bytes() + lines)
    with pytest.raises(ManifestError, match="two parts of one name"):
        mt.open_run(run).media("z")[9][0]


def test_parts_are_on_the_disk_after_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[str] = set()
    real = Folder.sync

    def sync(folder: Folder, path: str) -> None:
        synced.add(path)
        real(folder, path)

    monkeypatch.setattr(Folder, "sync", sync)
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": bundle(1)})
        run.checkpoint()
        run.summary["y"] = bundle(2)
        run.checkpoint()
        written = {path.relative_to(run.dir).as_posix() for path in files_in(run.dir)}
    assert written == synced
    assert len(written) == 2 * (len(NAMES) + 1) + 1


def test_a_part_that_cannot_be_written_is_a_lost_item(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Folder.write

    def write(folder: Folder, path: str, data: bytes, *, sync: bool = False) -> None:
        if data == b"1 $t":
            raise OSError(28, "No space left on device")
        real(folder, path, data, sync=sync)

    monkeypatch.setattr(Folder, "write", write)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mt.MediaTypesWarning)
        with mt.init(dir=tmp_path, reinit="create_new") as run:
            run.log({"x": [bundle(1), bundle(2)]})
    reader = mt.open_run(run.dir)
    assert [item is None for item in reader.media("x")[0]] == [True, False]
    assert any("No space left" in text for text in reader.losses())
    found = {finding.id for finding in verify(Folder(run.dir)).findings}
    assert found == {"media-lost", "orphan-media"}


def test_an_array_of_one_file_has_no_parts_in_its_record(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": mt.Array(np.arange(3))})
    text = next((run.dir / "log").iterdir()).read_text(encoding="utf-8")
    assert '"parts"' not in text
