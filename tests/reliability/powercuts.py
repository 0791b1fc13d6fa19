"""Cut the power at every operation of a run, in a model of a disk.

    python -m tests.reliability.powercuts FOLDER FIRST STEP [unflushed]

What a run does to its folder is written down, and then folders are made as a disk may
hold them after a cut: whatever was flushed is there; of the rest everything, nothing,
or all but one operation, the last write perhaps in part, names perhaps without data. A
flush of a file keeps its name too, as on ext4, XFS and Btrfs. Of all such states those
with the numbers FIRST, FIRST + STEP, … are looked at. ``unflushed`` makes a library
that flushes nothing but says that it does, which must be caught.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np

import mediatypes as mt
from mediatypes.store import log
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.log import LogWriter
from mediatypes.store.repair import apply, plan
from mediatypes.store.verify import verify
from tests.reliability.checker import Facts, read

LEVELS: Final = ("process", "interval", "strict")
_NAMES: Final = ("open", "mkdir", "unlink", "link", "replace")
_DATA: Final = ("write", "pwrite", "pwritev", "ftruncate", "fsync", "fdatasync")
PARTS: Final = {"torn at 0": 0.0, "torn at 1/3": 1 / 3, "torn at 2/3": 2 / 3}
"""How much of the last write is on the disk."""
_METADATA: Final = frozenset(["create", "mkdir", "unlink", "link", "replace"])


class Step(NamedTuple):
    """One operation: what, on which file, under which name, with which data."""

    what: str
    file: int = -1
    path: str = ""
    to: str = ""
    offset: int = 0
    data: bytes = b""


class Journal:
    """Writes down what is done to a folder."""

    def __init__(self, root: Path) -> None:
        self.steps: list[Step] = []
        self._root = str(root)
        self._places: dict[int, str] = {}
        self._files: dict[str, int] = {}
        self._numbers: dict[int, int] = {}
        self._lock = threading.RLock()
        self._real = {name: getattr(os, name) for name in (*_NAMES, *_DATA, "dup")}

    def __enter__(self) -> Self:
        for name in _NAMES:
            setattr(os, name, self._named(name))
        for name in _DATA:
            setattr(os, name, self._written(name))
        setattr(os, "dup", self._dup)  # noqa: B010 - as the others
        return self

    def __exit__(self, *_: object) -> None:
        for name, real in self._real.items():
            setattr(os, name, real)

    def _place(self, path: Any, folder: int | None) -> str | None:
        """Return a path relative to the root, None if it lies elsewhere."""
        whole = os.path.join(self._places.get(folder or -1, "?"), str(path))
        if whole != self._root and not whole.startswith(f"{self._root}/"):
            return None
        return whole

    def _named(self, name: str) -> Any:
        real = self._real[name]

        def act(path: Any, *arguments: Any, **more: Any) -> Any:
            folder = more.get("dir_fd", more.get("src_dir_fd"))
            place = self._place(path, folder)
            if place is None:
                return real(path, *arguments, **more)
            with self._lock:
                done = real(path, *arguments, **more)
                if name == "open":
                    self._opened(done, place, arguments[0])
                elif name in {"link", "replace"}:
                    to = self._place(arguments[0], more.get("dst_dir_fd")) or ""
                    self._files[to] = self._files.get(place, -1)
                    self._step(name, self._files[to], place, to)
                else:
                    self._step(name, -1, place)
                return done

        return act

    def _opened(self, descriptor: int, place: str, flags: int) -> None:
        self._places[descriptor] = place
        if flags & os.O_CREAT:
            self._files[place] = len(self.steps)
            self._step("create", len(self.steps), place)
        self._numbers[descriptor] = self._files.get(place, -1)

    def _dup(self, descriptor: int) -> int:
        done = int(self._real["dup"](descriptor))
        if descriptor in self._places:
            self._places[done] = self._places[descriptor]
            self._numbers[done] = self._numbers.get(descriptor, -1)
        return done

    def _written(self, name: str) -> Any:
        real = self._real[name]

        def act(descriptor: int, *arguments: Any) -> Any:
            with self._lock:
                done = real(descriptor, *arguments)
                place = self._places.get(descriptor)
                if place is None or not self._is_still(descriptor, place):
                    return done
                self._note_data(name, descriptor, done, *arguments)
            return done

        return act

    def _is_still(self, descriptor: int, place: str) -> bool:
        """Whether a descriptor still is what it was opened as."""
        try:
            link = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            return False
        return link.removesuffix(" (deleted)") == place or place.endswith(".part")

    def _note_data(self, name: str, descriptor: int, done: Any, *rest: Any) -> None:
        number = self._numbers.get(descriptor, -1)
        if name == "ftruncate":
            self._step("truncate", number, offset=rest[0])
        elif name in {"fsync", "fdatasync"}:
            self._step("sync", number, self._places[descriptor])
        else:
            whole = b"".join(rest[0]) if name == "pwritev" else bytes(rest[0])
            end = os.lseek(descriptor, 0, os.SEEK_CUR)
            offset = rest[1] if len(rest) > 1 else end - done
            self._step("write", number, offset=offset, data=whole[:done])

    def _step(
        self, what: str, file: int, path: str = "", to: str = "", **more: Any
    ) -> None:
        path, to = path.removeprefix(self._root), to.removeprefix(self._root)
        self.steps.append(Step(what, file, path, to, **more))

    def acknowledge(self, row: int) -> None:
        """Write down that `log` returned from a row."""
        self.steps.append(Step("told", row))


def canonical(place: Path, level: str) -> list[Step]:
    """Return the steps of a run, whose log has several segments if it is not short."""
    log.SEGMENT_BYTES = 64 << 20 if level == "process" else 2_500  # type: ignore[misc]  # so that there are several
    with Journal(place) as journal:
        run = mt.init(dir=place, durability=level, config={"a": 1})
        for row in range(8):
            picture = np.full((4, 4), row, np.uint8)
            run.log({"row": row, "x": mt.Image(picture)})
            journal.acknowledge(row)
            if row == 3:
                run.checkpoint()
        run.finish(quiet=True)
    return journal.steps


def states(steps: list[Step], dice: random.Random) -> list[tuple[int, str, set[int]]]:
    """Return where the power is cut, how, and the steps that are not on the disk."""
    found: list[tuple[int, str, set[int]]] = []
    for cut in range(1, len(steps) + 1):
        loose = [at for at in range(cut) if not _is_flushed(steps, at, cut)]
        data = {at for at in loose if steps[at].what not in _METADATA}
        found.append((cut, "all", set()))
        if loose:
            found += [(cut, "none", set(loose)), (cut, "names without data", data)]
            found += [
                (cut, "all but one", {at})
                for at in dice.sample(loose, min(3, len(loose)))
            ]
        if steps[cut - 1].what == "write":
            found += [(cut, how, set()) for how in PARTS]
    return found


def _is_flushed(steps: list[Step], at: int, cut: int) -> bool:
    step = steps[at]
    for later in steps[at + 1 : cut]:
        if later.what != "sync":
            continue
        if (
            step.what in {"write", "truncate", "create"}
            and later.file == step.file >= 0
        ):
            return True
        folders = {name.rpartition("/")[0] for name in (step.path, step.to) if name}
        if later.file < 0 and step.what in _METADATA and later.path in folders:
            return True
        if step.what in {"link", "replace"} and later.file == step.file >= 0:
            return True
    return step.what in {"sync", "told", "mkdir"}


def build(
    place: Path, steps: list[Step], cut: int, how: str, missing: set[int]
) -> None:
    """Make the folder that a disk may hold after a cut."""
    contents: dict[int, bytearray] = {}
    names: dict[str, int] = {}
    for at, step in enumerate(steps[:cut]):
        if at in missing:
            continue
        if step.what == "mkdir":
            (place / step.path.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif step.what in {"write", "truncate"}:
            part = PARTS.get(how, 1.0) if at == cut - 1 else 1.0
            data = step.data[: int(len(step.data) * part)]
            _write(contents.setdefault(step.file, bytearray()), step, data)
        else:
            _name(names, step)
    for name, number in names.items():
        path = place / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents.get(number, bytearray()))


def _write(content: bytearray, step: Step, data: bytes) -> None:
    if step.what == "truncate":
        del content[step.offset :]
        return
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset : step.offset + len(data)] = data


def _name(names: dict[str, int], step: Step) -> None:
    if step.what == "create":
        names[step.path] = step.file
    elif step.what == "unlink":
        names.pop(step.path, None)
    elif step.what in {"link", "replace"}:
        names[step.to] = step.file
        if step.what == "replace":
            names.pop(step.path, None)


def complaints(place: Path, told: set[int], level: str) -> list[str]:
    """Return what is wrong with a folder after a cut."""
    runs = [run for run in place.iterdir() if (run / "log").is_dir()]
    if not runs or not (runs[0] / "run.json").exists():
        return ["what was told is gone"] if told and level != "process" else []
    run = runs[0]
    found = _under_the_watermark(run, read(run), told if level == "strict" else set())
    verify(Folder(run))
    try:
        mt.open_run(run).history()
    except mt.errors.ManifestError as error:
        found += [] if level == "process" else [str(error)]
    apply(Folder(run), plan(Collected(Folder(run))))
    report = verify(Folder(run))
    found += [str(item) for item in report.findings if item.severity == "error"]
    if not plan(Collected(Folder(run))).is_empty:
        found.append("a second repair has something to do")
    return found


def _under_the_watermark(run: Path, facts: Facts, told: set[int]) -> list[str]:
    """Return what is missing of what was said to be on the disk."""
    found = []
    segments: defaultdict[str, list[bytes]] = defaultdict(list)
    for path in sorted((run / "log").glob("*.jsonl")):
        segments[path.name.partition(".")[0]] += path.read_bytes().split(b"\n")
    for lines in segments.values():
        records = [*map(_record, lines)]
        whole = {r["n"]: r for r in records if r is not None}
        upto = max((r["upto"] for r in whole.values() if r["k"] == "sync"), default=-1)
        found += [
            f"record {n} of {upto} is gone" for n in range(upto) if n not in whole
        ]
        present = {r["d"]["row"] for r in whole.values() if r["k"] == "log"}
        found += [f"row {row} is gone" for row in told - present]
        for record in whole.values():
            is_due = record["n"] <= upto or told
            if record["k"] == "media" and is_due and record["path"] in str(facts.wrong):
                found.append(f"{record['path']} is gone or torn")
    return found


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return record


def _flush_nothing() -> None:
    def sync(self: LogWriter) -> None:
        del self

    LogWriter.sync = sync  # type: ignore[method-assign]  # on purpose


def main(place: Path, first: int, step: int, defect: str | None = None) -> None:
    """Look at some of the states."""
    if defect is not None:
        _flush_nothing()
    dice = random.Random(1)
    every = []
    for level in LEVELS:
        (place / level).mkdir()
        steps = canonical(place / level, level)
        every += [(level, steps, *state) for state in states(steps, dice)]
    chosen = every[first::step]
    for number, (level, steps, cut, how, missing) in enumerate(chosen):
        spot = place / f"state-{number}"
        spot.mkdir()
        build(spot, steps, cut, how, missing)
        told = {at.file for at in steps[:cut] if at.what == "told"}
        found = complaints(spot, told, level)
        if found:
            lost = [steps[at][:3] for at in sorted(missing)]
            facts = {"level": level, "cut": cut, "how": how, "lost": lost[:5]}
            print(json.dumps(facts | {"wrong": found[:3]}))
        shutil.rmtree(spot)
    print(json.dumps({"tried": len(chosen), "of": len(every)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
