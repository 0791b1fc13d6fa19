"""What a call of ``log`` and the opening of a run cost as the run grows.

    python -m tests.benchmarks.growth [--most 1000000]

Three tables: the median of a call at several lengths of a run, for rows of 1, 10 and
1,000 numbers; the memory of the writing process at these lengths; and the seconds to
open a run of so many rows, to sum it up and to make a table of it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

import mediatypes as mt

__all__ = ["main", "memory_bytes"]

_LENGTHS: Final = (10, 10_000, 1_000_000)
_OPENED: Final = (1_000, 100_000, 1_000_000)
_KEYS: Final = (1, 10, 1_000)
_CALLS: Final = 300
"""Of which the median is taken."""


def memory_bytes() -> int:
    """Return what this process has in memory now; only Linux says so."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _row(step: int, keys: int) -> dict[str, float]:
    return {f"key_{number}": step + number / 7 for number in range(keys)}


def _calls(run: Any, keys: int) -> float:
    """Return the median of the microseconds that a call takes."""
    rows = [_row(step, keys) for step in range(_CALLS)]
    taken: list[float] = []
    for row in rows:
        start = time.perf_counter()
        run.log(row)
        taken.append(time.perf_counter() - start)
    return 1e6 * median(taken)


def _grow(folder: str, keys: int, lengths: list[int]) -> None:
    with mt.init(dir=folder, environment=False, metrics_seconds=0) as run:
        done = 0
        for length in lengths:
            while done < length:
                run.log(_row(done, 1))
                done += 1
            cost = _calls(run, keys)
            done += _CALLS
            megabytes = memory_bytes() / 2**20
            print(
                f"{keys:6,} keys {length:10,} rows {cost:8.1f} µs {megabytes:7.1f} MB"
            )


def _open(folder: str, rows: int) -> None:
    with mt.init(dir=folder, environment=False, metrics_seconds=0) as run:
        for step in range(rows):
            run.log(_row(step, 5))
    start = time.perf_counter()
    read = mt.open_run(run.dir)
    opened = time.perf_counter()
    assert read.summary["key_0"] == rows - 1
    summed = time.perf_counter()
    assert len(read.history().to_pandas()) == rows
    end = time.perf_counter()
    parts = f"{opened - start:7.2f} {summed - opened:7.2f} {end - summed:7.2f}"
    print(f"{rows:10,} rows: open, summary, table {parts} s")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=_LENGTHS[-1], metavar="ROWS")
    most = parser.parse_args().most
    os.environ["MEDIATYPES_SILENT"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        for keys in _KEYS:
            _grow(folder, keys, [x for x in _LENGTHS if x <= most])
        for rows in _OPENED:
            if rows <= most:
                _open(folder, rows)


if __name__ == "__main__":
    main()
