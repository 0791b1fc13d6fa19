from __future__ import annotations

import hashlib
import json
import sys
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.reader import decoding
from mediatypes.reader.decoding import undecodable
from mediatypes.schema import frame
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A finished run with one item of several types."""
    with mt.init(dir=tmp_path, reinit="create_new") as found:
        found.log({"x": mt.Image(np.eye(3, dtype=np.uint8)), "t": mt.Text("a")})
        found.log({"y": mt.Audio(np.zeros(9, np.int16), 32), "a": mt.Array([1.5])})
    return found.dir


def put(run: Path, name: str, data: bytes, **meta: Any) -> str:
    """Add an image with a right digest, whatever its bytes are."""
    path = f"media/image/x/{name}.png"
    (run / path).write_bytes(data)
    (log,) = (run / "log").glob("*.jsonl")
    number = len(log.read_bytes().splitlines())
    facts = {"width": 3, "height": 3, "channels": 1, "dtype": "uint8"} | meta
    record = {
        "r": 1,
        "key": "x",
        "step": number,
        "i": number,
        "kind": "image",
        "path": path,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "mime": "image/png",
        "meta": facts,
    }
    line = frame(number, "media", json.dumps(record).encode())
    log.write_bytes(log.read_bytes() + line)
    return path


def chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def bomb(side: int) -> bytes:
    """A grey PNG of `side` times `side` pixels in a thousandth of their size."""
    size = side.to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + b"\x08\0\0\0\0")
    pixels = zlib.compress(bytes(side * (side + 1)), 9)
    start = b"\x89PNG\r\n\x1a\n"
    return start + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_every_type_of_a_whole_run_can_be_decoded(run: Path) -> None:
    assert list(undecodable(Folder(run))) == []


def test_media_that_cannot_be_decoded_are_named_and_the_others_tried(run: Path) -> None:
    noise = put(run, "noise", b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    bombs = put(run, "bomb", bomb(10_000), width=10_000, height=10_000)
    assert not any(item.id == "media-size" for item in verify(Folder(run)).findings)
    found = dict(undecodable(Folder(run)))
    assert set(found) == {noise, bombs}
    assert all("Error" in text for text in found.values())


def test_an_item_that_ends_its_process_is_named_and_the_next_one_tried(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def lines(_folder: Folder, first: int) -> Iterator[str]:
        calls.append(first)
        for at in range(first, 3):
            yield json.dumps({"what": "begin", "at": at, "path": f"p{at}"})
            if at == 1:
                return
            yield json.dumps({"what": "end", "at": at})

    monkeypatch.setattr(decoding, "_lines", lines)
    ((path, text),) = undecodable(Folder(run))
    assert path == "p1"
    assert "limits" in text
    assert calls == [0, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limits")
def test_the_child_may_write_no_file_and_take_no_memory_without_end(
    run: Path, tmp_path: Path
) -> None:
    import subprocess

    script = (
        "import resource\n"
        "from mediatypes.reader import decoding as d\n"
        "d._limit(); d._limit_time()\n"
        "r = resource\n"
        "print(r.getrlimit(r.RLIMIT_FSIZE)[0], r.getrlimit(r.RLIMIT_AS)[0],"
        " r.getrlimit(r.RLIMIT_CPU)[0])\n"
        "try:\n"
        "    bytearray(d.MEMORY_BYTES)\n"
        "except MemoryError:\n"
        "    print('bounded')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    size, memory, seconds = map(int, done.stdout.splitlines()[0].split())
    assert size == 0
    assert memory <= decoding.MEMORY_BYTES
    assert seconds <= 30
    assert done.stdout.splitlines()[1] == "bounded"
