"""Cut the power of a real file system, and count what was said to be on the disk.

    python -m tests.reliability.realcuts FOLDER TRIALS SEED [LEVEL]

Needs root, and ext4 on a loop device. A process logs on a disk of its own, which is
shut down at a random moment without writing its journal or anything else, as when the
power fails. Then the disk is mounted again, and what `log` of a strict run, or
`checkpoint` of any run, had returned from must be there. At the level ``unflushed``
nothing is ever flushed and everything is said to be; that must lose rows. The last line
of the output is a JSON object.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np

import mediatypes as mt
from mediatypes.recorder.recover import recover
from mediatypes.recorder.run import Run
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.repair import apply, plan
from mediatypes.store.verify import verify
from tests.reliability.checker import Facts, read
from tests.reliability.faults import Told, tell
from tests.reliability.kills import frames_digest

LEVELS: Final = ("strict", "interval", "process")
THREADS: Final = 2
ROWS_BETWEEN: Final = 7
"""Rows after which a run that is not strict has a checkpoint."""
MEGABYTES: Final = 96
_SHUTDOWN: Final = 0x8004587D
"""``EXT4_IOC_SHUTDOWN``, from the kernel's ``fs/ext4/ext4.h``."""
_WITHOUT_JOURNAL: Final = 2
"""``EXT4_GOING_FLAGS_NOLOGFLUSH``."""


class Disk:
    """An ext4 file system in a file, mounted while this is open."""

    def __init__(self, place: Path) -> None:
        self._image = place / "disk.img"
        self.path = place / "disk"
        self.path.mkdir()

    def __enter__(self) -> Path:
        with self._image.open("wb") as file:
            file.truncate(MEGABYTES << 20)
        _do("mkfs.ext4", "-q", "-F", str(self._image))
        self.mount()
        return self.path

    def __exit__(self, *_: object) -> None:
        self.unmount()
        self._image.unlink()

    def mount(self) -> None:
        """Bring it back, its journal replayed."""
        _do("mount", "-o", "loop", str(self._image), str(self.path))

    def unmount(self) -> None:
        """Take it away."""
        _do("umount", str(self.path))

    def cut(self) -> None:
        """Let nothing more reach it, from this moment on."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            flags = struct.pack("I", _WITHOUT_JOURNAL)
            fcntl.ioctl(descriptor, _SHUTDOWN, flags)
        finally:
            os.close(descriptor)


def _do(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def victim(place: Path, acknowledged: Path, seed: int, level: str) -> None:
    """Log until the power fails."""
    if level == "unflushed":
        Run.checkpoint = lambda self: None  # type: ignore[method-assign]  # on purpose
    durability = "process" if level == "unflushed" else level
    run = mt.init(dir=place, durability=durability, strict=True, console=False)
    threads = [
        threading.Thread(target=_log, args=(run, acknowledged, f"{at}", seed, level))
        for at in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _log(run: mt.Run, acknowledged: Path, name: str, seed: int, level: str) -> None:
    dice = random.Random(f"{seed}-{name}")
    noise = np.random.default_rng(seed).integers(-9999, 9999, 60_000, np.int16)
    descriptor = os.open(acknowledged / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    waiting: list[bytes] = []
    for number in range(100_000):
        text = dice.randbytes(int(20_000 ** dice.random()) // 2 + 1).hex()
        row: dict[str, Any] = {"id": f"{name}-{number}", "text": text}
        told = {"id": row["id"], "text": hashlib.sha256(text.encode()).hexdigest()}
        if dice.random() < 0.3:
            samples = noise[: 150 + dice.randrange(59_000)] + np.int16(number % 100)
            row["sound"] = mt.Audio(samples, 8_000)
            told["sound"] = hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()
        run.log(row, step=number)
        waiting.append(json.dumps(told).encode() + b"\n")
        if level != "strict" and len(waiting) < ROWS_BETWEEN:
            continue
        if level != "strict":
            run.checkpoint()
        os.write(descriptor, b"".join(waiting))
        waiting.clear()


def trial(disk: Disk, seed: int, level: str) -> Counter[str]:
    """Let a process log, cut the power, and return what came of it."""
    dice = random.Random(seed)
    place = disk.path / f"trial-{seed}"
    place.mkdir()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        acknowledged = Path(elsewhere)
        pid = os.fork()
        if pid == 0:
            _become_victim(place, acknowledged, seed, level)
        _wait_for_acknowledgements(acknowledged)
        time.sleep(dice.random() * 0.4)
        told = b"".join(path.read_bytes() for path in acknowledged.iterdir())
        disk.cut()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    disk.unmount()
    disk.mount()
    promises = [json.loads(line) for line in told.split(b"\n")[:-1]]
    found = [path for path in place.iterdir() if (path / "log").is_dir()]
    if not found:
        return Counter(trials=1, rows=len(promises), rows_lost=len(promises))

    def act(told: Told) -> None:  # in a process of its own, which leaves nothing open
        told["found"] = judge(found[0], promises)

    return Counter(tell(act).get("found", {"not_judged": 1}))


def _become_victim(place: Path, acknowledged: Path, seed: int, level: str) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    try:
        victim(place, acknowledged, seed, level)
    finally:
        os._exit(1)


def _wait_for_acknowledgements(acknowledged: Path) -> None:
    deadline = time.monotonic() + 30
    while sum(path.stat().st_size > 0 for path in acknowledged.iterdir()) < THREADS:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)


def judge(run: Path, promises: list[dict[str, Any]]) -> Counter[str]:
    """Hold what is on the disk against what was said to be."""
    facts = read(run)
    result = Counter(trials=1, rows=len(promises), torn=facts.torn)
    result["lines_torn_amid"] = sum("is no record" in text for text in facts.wrong)
    rows = {
        row["d"]["id"]: (writer, row)
        for writer, found in facts.rows.items()
        for row in found
    }
    for promise in promises:
        if promise["id"] not in rows:
            result["rows_lost"] += 1
            print(
                json.dumps({"lost": promise, "facts": _explained(run, facts)}),
                flush=True,
            )
            continue
        writer, row = rows[promise["id"]]
        text = hashlib.sha256(row["d"]["text"].encode()).hexdigest()
        result["rows_wrong"] += text != promise["text"]
        if "sound" in promise:
            result["media"] += 1
            record = facts.media.get((writer, row["n"], "sound", 0))
            path = run / record["path"] if record else run / "none"
            result["media_lost"] += frames_digest(path) != promise["sound"]
    return result + mended(run)


def _explained(run: Path, facts: Facts) -> dict[str, Any]:
    sizes = {path.name: path.stat().st_size for path in (run / "log").iterdir()}
    return {"wrong": facts.wrong[:5], "gaps": facts.gaps, "sizes": sizes}


def mended(run: Path) -> Counter[str]:
    """Recover and repair a run; nothing may be wrong with it then."""
    if not (run / "run.json").exists() and not any((run / "log").iterdir()):
        return Counter(not_begun=1)
    with contextlib.suppress(mt.errors.RunNotFoundError):
        recover(Folder(run))
    apply(Folder(run), plan(Collected(Folder(run))))
    report = verify(Folder(run))
    again = plan(Collected(Folder(run)))
    if report.is_damaged or not again.is_empty:
        print(json.dumps({"unmended": [*map(str, report.findings)][:5]}), flush=True)
    return Counter(unmended=report.is_damaged, not_idempotent=not again.is_empty)


def main(place: Path, trials: int, seed: int, level: str | None = None) -> None:
    """Make some trials and print what they add up to."""
    total: Counter[str] = Counter()
    for first in range(0, trials, 50):
        spot = Path(tempfile.mkdtemp(dir=place))
        disk = Disk(spot)
        with disk:
            for number in range(first, min(first + 50, trials)):
                chosen = level or LEVELS[number % len(LEVELS)]
                total += trial(disk, seed + number, chosen)
                if number % 25 == 24:
                    print(json.dumps(total), flush=True)
    print(json.dumps(total))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
