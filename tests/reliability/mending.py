"""Make each operation of what mends a folder fail, or kill the process there.

    python -m tests.reliability.mending FOLDER {fail,kill} FIRST STEP

A folder is made of a run that was killed or spoilt. A process recovers, resumes,
repairs, compacts or tidies it while one operation fails, once or for ever; then another
does so without trouble, and all must be as if the first had never been. Of all cases
those with the numbers FIRST, FIRST + STEP, … are tried. Prints a JSON object for each
at which something was wrong, and one with totals at the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

import mediatypes as mt
from mediatypes.cli import main as command_line
from mediatypes.errors import StoreError
from mediatypes.recorder.pipeline import Pipeline
from tests.reliability.checker import read
from tests.reliability.faults import Fault, Told, deaths, failures, tell
from tests.reliability.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: Final = 4
MORE: Final = 100
"""The row that a resumed run logs."""


class Holdings(NamedTuple):
    """What there is to lose, or to regain."""

    rows: frozenset[int]
    media: frozenset[tuple[int, str]]
    """Rows, and digests of their pictures, the files of which are whole."""
    contents: frozenset[str]
    """Digests of all that lies in the folder, as far as a mending may not lose it."""
    wrong: frozenset[str]


def holdings(run: Path) -> Holdings:
    """Return what a folder holds."""
    facts = read(run)
    numbers = {
        (writer, row["n"]): row["d"]["row"]
        for writer, rows in facts.rows.items()
        for row in rows
    }
    media = {
        (numbers[writer, number], record["sha256"])
        for (writer, number, _, _), record in facts.media.items()
        if (writer, number) in numbers and _is_whole(run / record["path"], record)
    }
    files = [p for part in ("media", "quarantine") for p in (run / part).rglob("*")]
    contents = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file() and "log" not in path.parts
    }
    return Holdings(
        frozenset(numbers.values()),
        frozenset(media),
        frozenset(contents),
        frozenset(facts.wrong),
    )


def _is_whole(path: Path, record: dict[str, Any]) -> bool:
    if not path.is_file():
        return False
    digest: str = record["sha256"]
    return hashlib.sha256(path.read_bytes()).hexdigest() == digest


def killed(place: Path) -> Path:
    """Return a run whose pictures are all in its spool."""
    child = os.fork()
    if child == 0:
        Pipeline._work_off = lambda *_: None  # type: ignore[method-assign]  # on purpose
        run = mt.init(dir=place, id="killed", config={"a": 1})
        for row in range(ROWS):
            run.log({"row": row, "x": mt.Image(np.full((4, 4), row, np.uint8))})
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (run_folder,) = place.iterdir()
    return run_folder


def spoilt(place: Path) -> Path:
    """Return a run with something wrong of most kinds."""
    run = mt.init(dir=place, id="spoilt", reinit="create_new")
    for row in range(ROWS + 2):
        run.log({"row": row, "x": mt.Image(np.full((4, 4), row, np.uint8))})
    run.finish(quiet=True)
    first, second, third, *_ = sorted((run.dir / "media").rglob("*.png"))
    first.write_bytes(first.read_bytes()[:-5])
    second.write_bytes(b"x" * second.stat().st_size)
    third.unlink()
    (first.parent / "stranger.png").write_bytes(b"a stranger")
    (log,) = (run.dir / "log").glob("*.jsonl")
    lines = log.read_bytes().splitlines(keepends=True)
    lines[3:3] = [b"no record\n"]
    log.write_bytes(b"".join(lines) + b'{"n":99,"k":"lo')
    (run.dir / "run.json").write_bytes(b"{")
    (run.dir / "manifest.jsonl").write_bytes(b"{}\n")
    return run.dir


def left(place: Path) -> Path:
    """Return a run with leftovers, and without what is derived."""
    run = mt.init(dir=place, id="left", reinit="create_new")
    for row in range(ROWS):
        run.log({"row": row, "x": mt.Image(np.full((4, 4), row, np.uint8))})
    run.finish(quiet=True)
    for number in range(3):
        (run.dir / f"tmp/r0-c0ffee-1-0123abc{number}-0.part").write_bytes(b"x")
        (run.dir / f"media/image/x/stranger-{number}.png").write_bytes(b"x")
    (run.dir / "manifest.jsonl").unlink()
    (run.dir / "summary.json").unlink()
    return run.dir


def _command(*words: str) -> Callable[[Path, Told], None]:
    def act(run: Path, told: Told) -> None:
        try:
            command_line([*words[:1], str(run), *words[1:]])
        except SystemExit as end:
            told["code"] = end.code

    return act


def _resume(run: Path, told: Told) -> None:
    told["begun"] = False
    going = mt.init(
        dir=run.parent, id="killed", resume="must", reinit="create_new", console=False
    )
    told["begun"] = True
    going.log({"row": MORE, "x": mt.Image(np.full((4, 4), MORE, np.uint8))})
    told["logged"] = True
    session: Any = going._writing
    going.finish(quiet=True)
    told["lost"] = dict(session.lost)


class Mending(NamedTuple):
    """A way to mend, and what it is tried on."""

    make: Callable[[Path], Path]
    act: Callable[[Path, Told], None]
    again: tuple[str, ...]
    """Commands that must make everything well afterwards."""


_GC: Final = ("gc", "--apply", "--min-age", "0")
MENDINGS: Final = {
    "recover": Mending(killed, _command("recover"), ("recover",)),
    "resume": Mending(killed, _resume, ("recover", "repair --apply")),
    "repair": Mending(spoilt, _command("repair", "--apply"), ("repair --apply",)),
    "gc": Mending(left, _command(*_GC), (" ".join(_GC), "compact")),
    "compact": Mending(left, _command("compact"), ("compact",)),
}


def play(
    run: Path, act: Callable[[Path, Told], None], fault: Fault, told: Told
) -> None:
    """Mend a folder in this process while something fails; say what came of it."""
    at, what, is_for_ever, _ = fault

    def decide(number: int, _name: str) -> int | str | None:
        return what if number == at or (is_for_ever and number > at) else None

    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    operations = Operations(run, decide)
    operations.install()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            act(run, told)
        except BaseException as error:  # noqa: BLE001 - it is the answer
            told["is_ours"] = isinstance(error, StoreError)
            told["raised"] = f"{type(error).__name__}: {error}"
    told["warned"] = [str(item.message) for item in caught]
    told["names"] = operations.names
    told["ended"] = True


def mended(run: Path, commands: tuple[str, ...]) -> list[str]:
    """Mend a folder without trouble; return what is not well afterwards."""
    found = []
    for text in (*commands, "verify"):
        word, *more = text.split()
        code = quietly(word, str(run), *more)
        if code:
            found.append(f"{text} ends with {code}")
    return found


def quietly(*words: str) -> int | None:
    """Return the exit code of a command whose output nobody wants."""
    child = os.fork()
    if child == 0:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        code = 3
        try:
            command_line([*words])
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def complaints(
    run: Path, before: Holdings, goal: Holdings, name: str, told: dict[str, Any]
) -> list[str]:
    """Return what was lost by a mending that failed, or could not be regained."""
    found = ["it hung"] if "hung" in told else []
    if "raised" in told and not (name == "resume" and told["is_ours"]):
        found.append(f"raised {told['raised']}")
    if told.get("code", 0) not in {0, 1, 2}:
        found.append(f"ended with {told['code']}")
    after = holdings(run)
    found += [f"row {row} is lost" for row in before.rows - after.rows]
    found += [f"{item} is lost" for item in before.media - after.media]
    if name != "gc":
        found += [f"{item} is deleted" for item in before.contents - after.contents]
    found += sorted(after.wrong - before.wrong - goal.wrong)
    said = {"recover ends with 2"} if told.get("lost") else set[str]()
    # What a resumed run has counted as lost is named by `recover` too.
    found += [text for text in mended(run, MENDINGS[name].again) if text not in said]
    at_last = holdings(run)
    lost = told.get("lost", {})
    if name == "resume" and "logged" in told and "ended" in told and not lost:
        found += [] if MORE in at_last.rows else ["the new row is lost"]
    wanted = {item for item in goal.media if item[0] != MORE}
    found += [f"row {row} is not regained" for row in goal.rows - at_last.rows - {MORE}]
    found += [f"{item} is not regained" for item in wanted - at_last.media]
    return found + sorted(at_last.wrong - goal.wrong)


def main(place: Path, family: str, first: int, step: int) -> None:
    """Try some of the cases."""
    cases: list[tuple[str, Fault]] = []
    operations: dict[str, list[str]] = {}
    goals: dict[str, tuple[Path, Holdings, Holdings]] = {}
    for name, mending in MENDINGS.items():
        (place / name).mkdir(parents=True)
        base = mending.make(place / name)
        run = _copy(base, place / f"whole-{name}")
        whole = tell(partial(play, run, mending.act, (-1, 0, False, "")))
        before, after = holdings(base), holdings(run)
        found = complaints(run, before, after, name, whole)
        if found:
            raise AssertionError(name, found, whole)
        operations[name] = whole["names"]
        goals[name] = base, before, holdings(run)
        faults = (failures if family == "fail" else deaths)({"": whole["names"]})
        cases += [(name, fault) for fault in faults]
    wrong, points = 0, set()
    chosen = cases[first::step]
    for number, (name, fault) in enumerate(chosen):
        base, before, goal = goals[name]
        run = _copy(base, place / f"case-{number}")
        told = tell(partial(play, run, MENDINGS[name].act, fault))
        found = complaints(run, before, goal, name, told)
        (at,) = told.get("names", operations[name])[fault[0] :][:1] or [""]
        if found:
            wrong += 1
            facts = {"mending": name, "fault": fault, "at": at, "wrong": found[:5]}
            print(json.dumps(facts | {"said": told.get("raised")}), flush=True)
        if "ended" not in told:
            points.add((name, at, fault[1]))
        shutil.rmtree(run.parent)
        if number % 100 == 99:
            print(f"{number + 1} of {len(chosen)}, {wrong} wrong", file=sys.stderr)
    print(json.dumps({"tried": len(chosen), "wrong": wrong, "points": len(points)}))


def _copy(base: Path, place: Path) -> Path:
    return shutil.copytree(base, place / base.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
