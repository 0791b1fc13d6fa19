"""Make each operation of a run fail or take long, or kill the process there.

    python -m tests.reliability.faults FOLDER {fail,kill,slow} FIRST STEP

Then see what is kept. Of all cases, those with the numbers FIRST, FIRST + STEP, … are
tried. Prints a JSON object for each at which something was wrong, and one with totals
at the end. A case that took too long is tried once more, since the machine may have
been busy; how many those were is among the totals.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import mediatypes as mt
from mediatypes.errors import StoreError
from mediatypes.store import log
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify
from tests.reliability.checker import Facts, read
from tests.reliability.operations import ERRORS, Operations

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: Final = 5
LONG: Final = "long " * 250_000
"""A text that does not fit into a line."""
SECONDS: Final = 60
BLOCKED_SECONDS: Final = 5.0
LEVELS: Final = ("interval", "process", "strict")

Fault = tuple[int, int | str, bool, str]
"""Number of the operation, what becomes of it, for ever or once, durability."""


class Told(dict[str, Any]):
    """Facts of a run, each written into a pipe at once, so that no kill loses one."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        line = json.dumps([name, value]).encode() + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]


def canonical(place: Path, level: str, told: Told) -> None:
    """A run with everything in it; `told` says how far it came."""
    if level == "process":
        log.SEGMENT_BYTES = 4_000  # type: ignore[misc]  # so that there are several
    run = mt.init(dir=place, id="canonical", durability=level, config={"lr": 0.1})
    told["begun"] = True
    run.define_metric("loss", summary="min")
    picture = np.zeros((4, 4), np.uint8)
    for row in range(ROWS):
        picture = np.full((4, 4), row, np.uint8)
        start = time.perf_counter()
        masks = {"m": {"mask_data": picture}} if row == 1 else None
        values = {
            "row": row,
            "loss": 1 / (row + 1),
            "x": mt.Image(picture, masks=masks),
        }
        if row == ROWS - 1:
            values["long"] = LONG
        run.log(values)
        told["rows"] = row + 1
        told["slowest"] = max(told["slowest"], time.perf_counter() - start)
        if row == ROWS // 2:
            run.flush()
            run.config["more"] = 1
    run.summary["best"] = mt.Image(picture)
    told["logged"] = True
    session: Any = run._writing
    try:
        run.finish(quiet=True)
    finally:
        told["lost"] = dict(session.lost)


def play(place: Path, fault: Fault, told: Told) -> None:
    """Run the canonical run in this process, and say what came of it."""
    told["begun"], told["slowest"], told["rows"], told["lost"] = False, 0.0, 0, {}
    at, what, is_for_ever, level = fault
    if what == "slow":
        told["slow"] = True

    def decide(number: int, _name: str) -> int | str | None:
        return what if number == at or (is_for_ever and number > at) else None

    operations = Operations(place, decide)
    operations.install()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            canonical(place, level, told)
        except BaseException as error:  # noqa: BLE001 - it is the answer
            told["is_ours"] = isinstance(error, StoreError)
            told["trace"] = traceback.format_exc(limit=-6)
            told["raised"] = f"{type(error).__name__}: {error}"
    told["warned"] = [str(item.message) for item in caught]
    told["names"] = operations.names
    told["ended"] = True


def in_child(place: Path, fault: Fault) -> dict[str, Any]:
    """Return what a forked process told of the canonical run."""
    place.mkdir()
    return tell(lambda told: play(place, fault, told))


def tell(act: Callable[[Told], None]) -> dict[str, Any]:
    """Return what a forked process told of something that it did."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            act(Told(writing))
        os.kill(os.getpid(), signal.SIGKILL)  # without a word of any exit handler
    os.close(writing)
    parts: list[bytes] = []
    deadline = time.monotonic() + SECONDS
    while select.select([reading], [], [], max(0, deadline - time.monotonic()))[0]:
        part = os.read(reading, 1 << 16)
        if not part:
            break
        parts.append(part)
    else:
        parts.append(b'\n["hung",true]\n')
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    lines = [line for line in b"".join(parts).split(b"\n") if line]
    return dict(json.loads(line) for line in lines)


def complaints(place: Path, told: dict[str, Any]) -> list[str]:
    """Return what a promise says otherwise."""
    found = []
    if "hung" in told:
        found.append("it hung")
    if "raised" in told and (told["begun"] or not told["is_ours"]):
        found.append(f"raised {told['raised']} {told['trace']}")
    if told["slowest"] > BLOCKED_SECONDS and "slow" not in told:
        found.append(f"log took {told['slowest']:.1f} s")
    for run in place.iterdir() if told["begun"] else ():
        facts = read(run)
        found += facts.wrong
        found += (_unkept if "ended" in told else _unkept_by_the_dead)(facts, told)
        if (run / "run.json").exists():
            report = verify(Folder(run))
            if report.is_damaged and "ended" not in told:
                found += [str(item) for item in report.findings]
    return found


def _unkept_by_the_dead(facts: Facts, told: dict[str, Any]) -> list[str]:
    """Return what is missing although the process was told that it is on record."""
    (rows,) = facts.rows.values()
    present = {row["d"]["row"] for row in rows}
    found = [f"row {row} is lost" for row in range(told["rows"]) if row not in present]
    if sum(facts.gaps.values()) > 1 + os.cpu_count():  # type: ignore[operator]  # known
        found.append(f"gaps {facts.gaps}")
    return found


def _unkept(facts: Facts, told: dict[str, Any]) -> list[str]:
    """Return what is neither there nor said to be lost."""
    found = []
    lost = Counter(told["lost"])
    (rows,) = facts.rows.values()
    if len({row["d"]["row"] for row in rows}) + lost["rows"] != ROWS:
        found.append(f"{len(rows)} of {ROWS} rows there, lost {dict(lost)}")
    absent = sum(len(row["media"]) for row in rows) - len(facts.media)
    if absent > lost["media"] + lost["media records"]:
        found.append(f"{absent} pictures absent, lost {dict(lost)}")
    lines = sum(n for what, n in lost.items() if what == "rows" or "records" in what)
    for closed in facts.closed.values():
        said = Counter(closed.get("lost", {}))
        if said + Counter(syncs=lost["syncs"] - said["syncs"]) != lost:
            found.append(f"the record says {dict(said)}, finish says {dict(lost)}")
        if sum(facts.gaps.values()) != lines:
            found.append(f"gaps {facts.gaps}, lost {dict(lost)}")
    if lost and not any("not everything" in text for text in told["warned"]):
        found.append(f"lost {dict(lost)} and warned of nothing")
    return found


def failures(operations: dict[str, list[str]]) -> list[Fault]:
    """Return every fault of every operation at every level."""
    whats: list[int | str] = [*ERRORS, "short", "torn"]
    return [
        (at, what, is_for_ever, level)
        for level, names in operations.items()
        for at in range(len(names))
        for what in whats
        for is_for_ever in (False, True)
    ]


def deaths(operations: dict[str, list[str]]) -> list[Fault]:
    """Return the end of the process before and amid every operation."""
    return [
        (at, what, False, level)
        for level, names in operations.items()
        for at, name in enumerate(names)
        for what in ("kill", "kill half")
        if what == "kill" or name.endswith("write")
    ]


def slownesses(operations: dict[str, list[str]]) -> list[Fault]:
    """Return that each operation takes long, and that all do, at every level."""
    return [
        (at, "slow", at < 0, level)
        for level, names in operations.items()
        for at in range(-1, len(names))
    ]


FAMILIES: Final = {"fail": failures, "kill": deaths, "slow": slownesses}


def main(place: Path, family: str, first: int, step: int) -> None:
    """Try some of the cases."""
    operations: dict[str, list[str]] = {}
    for level in LEVELS:
        spot = place / f"whole-{level}"
        whole = in_child(spot, (-1, 0, False, level))
        assert complaints(spot, whole) == []
        operations[level] = whole["names"]
    chosen = FAMILIES[family](operations)[first::step]
    wrong = repeated = 0
    points = set()
    for number, fault in enumerate(chosen):
        spot = place / f"case-{number}"
        told = in_child(spot, fault)
        found = complaints(spot, told)
        if found and all(text.startswith(("log took", "it hung")) for text in found):
            repeated += 1
            shutil.rmtree(spot)
            told = in_child(spot, fault)
            found = complaints(spot, told)
        (name,) = told.get("names", operations[fault[3]])[fault[0] :][:1] or [""]
        if found:
            wrong += 1
            facts = {"fault": fault, "at": name, "wrong": found}
            print(json.dumps(facts), flush=True)
        if "ended" not in told:
            points.add((name, fault[1]))
        shutil.rmtree(spot)
        if number % 100 == 99:
            print(f"{number + 1} of {len(chosen)}, {wrong} wrong", file=sys.stderr)
    total = {"tried": len(chosen), "wrong": wrong, "points": len(points)}
    print(json.dumps(total | {"repeated": repeated}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
