from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mediatypes.errors import StoreError
from mediatypes.schema.draft import Draft, DraftFile, Snapshot
from mediatypes.store import layout, spool
from mediatypes.store.beneath import Folder
from mediatypes.store.spool import Spool, find_snapshots, read_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITER = "r0-c0ffee-4711-0123abcd"


def snapshot(size: int, value: int = 7) -> Snapshot:
    array = np.full(size, value, np.uint8)
    files = (
        DraftFile("image", "png", "image/png", "", "picture", {}, "|u1", (size,)),
        DraftFile("mask", "json", "application/json", "words"),
    )
    return Snapshot(Draft("image", files, caption="x"), [array, b"kept %d" % value])


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Spool]:
    (tmp_path / "log").mkdir()
    found = Spool(Folder(tmp_path), WRITER)
    yield found
    found.close()


def path_of(tmp_path: Path) -> Path:
    return tmp_path / layout.spool_path(WRITER)


def contents(found: Snapshot) -> list[bytes]:
    return [np.asarray(buffer).tobytes() for buffer in found.buffers]


@pytest.mark.parametrize("large", [0, 8 << 20])
def test_what_is_put_is_read_back_here_and_by_a_stranger(
    held: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(spool, "LARGE", large)
    given = [snapshot(size, size % 251) for size in (0, 1, 4_000, 150_528)]
    slots = [held.put(one) for one in given]
    for one, slot in zip(given, slots, strict=True):
        assert slot is not None
        assert contents(held.read(slot, one.draft)) == contents(one)
    with path_of(tmp_path).open("rb") as file:
        found = find_snapshots(file.fileno())
        assert sorted(found) == [0, 1, 2, 3]
        for number, one in enumerate(given):
            back = read_snapshot(file.fileno(), *found[number])
            assert back.draft == one.draft
            assert contents(back) == contents(one)


def test_the_file_is_private_and_goes_with_the_writer(
    held: Spool, tmp_path: Path
) -> None:
    assert not path_of(tmp_path).exists()
    held.put(snapshot(10))
    if os.name == "posix":
        assert path_of(tmp_path).stat().st_mode & 0o777 == 0o600
    held.close()
    assert not path_of(tmp_path).exists()


def test_room_is_used_again_and_never_twice_at_once(
    held: Spool, tmp_path: Path
) -> None:
    pick = random.Random(1)
    live: list[tuple[Any, Snapshot]] = []
    for turn in range(600):
        if live and (len(live) > 30 or pick.random() < 0.45):
            slot, one = live.pop(pick.randrange(len(live)))
            assert contents(held.read(slot, one.draft)) == contents(one)
            held.free(slot)
        else:
            one = snapshot(pick.randrange(20_000), turn % 256)
            live.append((held.put(one), one))
    for slot, one in live:
        assert contents(held.read(slot, one.draft)) == contents(one)
    assert path_of(tmp_path).stat().st_size < 31 * 3 * 24_000
    for slot, _ in live:
        held.free(slot)
    assert held._gaps == []
    assert held._end == 0


def test_an_empty_spool_gives_a_large_room_back(
    held: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_KEPT", 100_000)
    slots = [held.put(snapshot(50_000)) for _ in range(4)]
    for slot in slots:
        assert slot is not None
        held.free(slot)
    assert path_of(tmp_path).stat().st_size == 100_000


def test_a_large_one_that_was_cut_off_is_not_found(
    held: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "LARGE", 0)
    held.put(snapshot(100))
    whole = os.pwritev
    calls: list[int] = []

    def cut(descriptor: int, parts: Any, at: int) -> int:
        calls.append(at)
        if len(calls) > 1:
            raise OSError(28, "full")
        return whole(descriptor, parts, at)

    monkeypatch.setattr(os, "pwritev", cut)
    with pytest.raises(OSError, match="full"):
        held.put(snapshot(50_000))
    assert calls[0] > calls[1]  # the head comes last
    with path_of(tmp_path).open("rb") as file:
        assert sorted(find_snapshots(file.fileno())) == [0]


def test_a_short_write_is_gone_on_with(
    held: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwritev
    monkeypatch.setattr(
        os, "pwritev", lambda fd, parts, at: whole(fd, [bytes(parts[0])[:5]], at)
    )
    monkeypatch.setattr(
        os, "pwrite", lambda fd, data, at: whole(fd, [bytes(data)[:999]], at)
    )
    one = snapshot(5_000)
    slot = held.put(one)
    assert slot is not None
    assert contents(held.read(slot, one.draft)) == contents(one)


def test_no_disk_no_slot_and_the_room_is_free_again(
    held: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwritev", refuse)
        with pytest.raises(OSError, match="No space"):
            held.put(snapshot(5_000))
    assert held._end == 0
    assert held.put(snapshot(5)) is not None


def test_a_signal_handler_in_the_middle_gets_no_slot(
    held: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner: list[object] = []
    whole = os.pwritev

    def interrupted(*args: Any) -> int:
        inner.append(held.put(snapshot(9)))
        return whole(*args)

    monkeypatch.setattr(os, "pwritev", interrupted)
    assert held.put(snapshot(10)) is not None
    assert inner == [None]


def test_every_flipped_byte_is_noticed(held: Spool, tmp_path: Path) -> None:
    one = snapshot(40)
    slot = held.put(one)
    assert slot is not None
    data = path_of(tmp_path).read_bytes()
    for at in range(len(data)):
        broken = tmp_path / "broken"
        broken.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        with broken.open("rb") as file:
            found = find_snapshots(file.fileno())
            if not found:
                continue
            with pytest.raises(StoreError, match="damaged"):
                read_snapshot(file.fileno(), *found[0])
