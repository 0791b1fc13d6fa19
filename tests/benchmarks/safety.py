"""What the spool and flushes every two seconds cost the loop.

    python -m tests.benchmarks.safety FOLDER [ROUNDS]

Workloads W1 (a photo of 224 × 224 and five scalars, 1,000 times) and W6 (five scalars,
20,000 times) of the comparison with other tools, with the defaults and with
``spool=False, durability="process"``, one after the other in each round. Prints the
median seconds of the loops, and the median of the rounds' quotients.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

import mediatypes as mt

SAFE: Final[dict[str, Any]] = {"spool": True, "durability": "interval"}
BARE: Final[dict[str, Any]] = {"spool": False, "durability": "process"}


def scalars(step: int) -> dict[str, float]:
    """Five numbers."""
    return {f"value_{number}": step / (number + 1) for number in range(5)}


def photos() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Pictures with something in them, and some noise."""
    y, x = np.mgrid[:224, :224]
    noise = np.random.default_rng(0).integers(0, 16, (100, 224, 224, 3))
    shapes = (np.sin(x / 20) + np.cos(y / 30))[..., None] * 50 + 110
    found: np.ndarray[Any, np.dtype[np.uint8]] = (shapes + noise).astype(np.uint8)
    return found


def loop(place: Path, workload: str, pictures: Any, options: dict[str, Any]) -> float:
    """Return how long the loop takes, without the end of the run."""
    run = mt.init(dir=place, reinit="create_new", console=False, **options)
    start = time.perf_counter()
    if workload == "W1":
        for step in range(1_000):
            picture = mt.Image(pictures[step % len(pictures)].copy())
            run.log({"image": picture, **scalars(step)}, step=step)
    else:
        for step in range(20_000):
            run.log(scalars(step), step=step)
    seconds = time.perf_counter() - start
    run.finish(quiet=True)
    shutil.rmtree(run.dir)
    return seconds


def main(place: Path, rounds: int = 5) -> None:
    """Print what each workload takes."""
    pictures = photos()
    for workload in ("W1", "W6"):
        loop(place, workload, pictures, SAFE)  # imports, caches
        times = [
            [loop(place, workload, pictures, options) for options in (SAFE, BARE)]
            for _ in range(rounds)
        ]
        safe, bare = ([pair[at] for pair in times] for at in (0, 1))
        quotients = [a / b for a, b in times]
        facts = {
            "workload": workload,
            "seconds": round(statistics.median(safe), 4),
            "without": round(statistics.median(bare), 4),
            "quotient": round(statistics.median(quotients), 2),
            "quotients": [round(quotient, 2) for quotient in quotients],
        }
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
