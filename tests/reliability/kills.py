"""Kill training scripts at random times, and count what they had been promised.

    python -m tests.reliability.kills FOLDER TRIALS SEED [DEFECT]

Each trial is two processes (the second is forked by the first) with two threads each,
which log rows of up to 200 KB and sounds of up to 900 KB. After each `log` that
returned, the thread writes into a file of its own, in memory where there is such a
place. Then both processes get SIGKILL. The last line of the output is a JSON object.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import wave
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np

import mediatypes as mt
from tests.reliability.checker import read
from tests.reliability.defects import DEFECTS
from tests.reliability.mending import quietly

THREADS: Final = 2
ROW_BYTES: Final = 200_000
MEDIA_BYTES: Final = 900_000


def victim(place: Path, acknowledged: Path, seed: int, level: str) -> None:
    """Log until killed."""
    run = mt.init(dir=place, durability=level)
    child = os.fork()
    process = "second" if child == 0 else "first"
    threads = [
        threading.Thread(target=_log, args=(run, acknowledged, f"{process}-{at}", seed))
        for at in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _log(run: mt.Run, acknowledged: Path, name: str, seed: int) -> None:
    dice = random.Random(f"{seed}-{name}")
    noise = np.random.default_rng(seed).integers(
        -9999, 9999, MEDIA_BYTES // 2, np.int16
    )
    path = acknowledged / name
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in range(100_000):
        size = int(ROW_BYTES ** dice.random())
        text = dice.randbytes(size // 2 + 1).hex()
        row: dict[str, Any] = {"id": f"{name}-{number}", "text": text}
        told = {"id": row["id"], "text": hashlib.sha256(text.encode()).hexdigest()}
        if dice.random() < 0.3:
            frames = 150 + int((MEDIA_BYTES // 2 - 150) * dice.random() ** 3)
            samples = noise[:frames] + np.int16(dice.randrange(1000))
            row["sound"] = mt.Audio(samples, 8_000)
            told["sound"] = hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()
        run.log(row, step=number)
        os.write(descriptor, json.dumps(told).encode() + b"\n")


def trial(place: Path, seed: int, defect: str | None) -> Counter[str]:
    """Let two processes log, kill them, and return what came of it."""
    dice = random.Random(seed)
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    level = dice.choice(["process", "interval", "strict"])
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        acknowledged = Path(elsewhere)
        pid = os.fork()
        if pid == 0:
            _become_victim(place, acknowledged, seed, level, defect)
        _wait_for_rows(acknowledged)
        time.sleep(dice.random() ** 2 * 0.4)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        _wait_for_end(pid)
        told = [json.loads(line) for line in _lines(acknowledged)]
    (run,) = place.iterdir()
    return judge(run, told)


def _become_victim(
    place: Path, acknowledged: Path, seed: int, level: str, defect: str | None
) -> None:
    os.setsid()
    try:
        if defect is not None:
            DEFECTS[defect]()
        victim(place, acknowledged, seed, level)
    finally:
        os._exit(1)


def _wait_for_rows(acknowledged: Path) -> None:
    deadline = time.monotonic() + 20
    while len(list(acknowledged.iterdir())) < 2 * THREADS:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)


def _wait_for_end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        while True:
            os.killpg(group, 0)
            time.sleep(0.002)


def _lines(acknowledged: Path) -> list[bytes]:
    data = [path.read_bytes() for path in acknowledged.iterdir()]
    return [line for text in data for line in text.split(b"\n")[:-1]]


def judge(run: Path, told: list[dict[str, Any]]) -> Counter[str]:
    """Hold what is on disk against what `log` returned from."""
    facts = read(run)
    rows = {
        row["d"]["id"]: (writer, row)
        for writer, found in facts.rows.items()
        for row in found
    }
    result = Counter(
        rows=len(told),
        wrong=len(facts.wrong),
        torn=facts.torn,
        trials=1,
        on_disk=len(rows),
    )
    for text in facts.wrong[:3]:
        print(f"wrong: {text}")
    pending: list[tuple[str, dict[str, Any]]] = []
    for promise in told:
        found = rows.get(promise["id"])
        if found is None or not _same_text(run, found[1], promise["text"]):
            result["rows_lost"] += 1
            continue
        writer, row = found
        if "sound" not in promise:
            continue
        result["media"] += 1
        place = (writer, row["n"], "sound", 0)
        if place in facts.media:
            path = run / facts.media[place]["path"]
            result["media_wrong"] += frames_digest(path) != promise["sound"]
        elif [intent[0] for intent in row["media"]] == ["sound"]:
            pending.append((writer, row | {"promise": promise["sound"]}))
        else:
            result["media_unnamed"] += 1
    result["media_pending"] = len(pending)
    if pending:
        result += _lost_after_recovery(run, pending)
    return result


def _same_text(run: Path, row: dict[str, Any], digest: str) -> bool:
    text = row["d"]["text"]
    if isinstance(text, dict):  # too long for its line, and so in a file
        text = json.loads((run / text["path"]).read_bytes())
    return hashlib.sha256(text.encode()).hexdigest() == digest


def frames_digest(path: Path) -> str:
    """Return the digest of the samples in a sound, nothing if there is none."""
    if not path.is_file():
        return ""
    with wave.open(str(path)) as file:
        return hashlib.sha256(file.readframes(file.getnframes())).hexdigest()


def _lost_after_recovery(
    run: Path, pending: list[tuple[str, dict[str, Any]]]
) -> Counter[str]:
    code = quietly("recover", str(run))
    sounds = Counter(
        frames_digest(path) for path in (run / "media/audio").rglob("*.wav")
    )
    lost = sum(row["promise"] not in sounds for _, row in pending)
    # 2 says that something is lost; what is, is counted here.
    wrong = len(read(run).wrong) + (code not in {0, 2})
    return Counter(media_lost=lost, wrong=wrong)


def main(place: Path, trials: int, seed: int, defect: str | None = None) -> None:
    """Make some trials and print what they add up to."""
    total: Counter[str] = Counter()
    for number in range(trials):
        spot = place / f"trial-{number}"
        spot.mkdir()
        found = trial(spot, seed + number, defect)
        if found["rows_lost"] or found["wrong"] or found["media_wrong"]:
            print(f"seed {seed + number}: {dict(found)}")
        total += found
        shutil.rmtree(spot)
        if number % 25 == 24:
            print(json.dumps(total), flush=True)
    print(json.dumps(total))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
