"""Time one workload in one tool; ``speed.py`` starts this in the tool's environment.

    python -m tests.benchmarks.peers.measure TOOL WORKLOAD DATA LIMIT

The current folder is its own. A line ``BASE`` says that the run is about to begin, a
line ``RESULT`` what was measured, as JSON.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import platform
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.peers.environments import QUIET
from tests.benchmarks.peers.workloads import WORKLOADS, Workload


def _timed(call: Any, *arguments: Any) -> float:
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def _loop(work: Workload, log: Any, prepared: Any, limit: float) -> list[float]:
    """Return the seconds that each call took, of as many as fit into the limit."""
    taken: list[float] = []
    end = time.perf_counter() + limit
    for step in range(work.steps):
        given = work.make(prepared, step)
        taken.append(_timed(log, step, *given))
        if time.perf_counter() > end:
            break
    return taken


def main(tool: str, name: str, data: Path, limit: float) -> None:
    """Import, start, log, finish; print what each took."""
    os.environ.update(QUIET)
    warnings.simplefilter("ignore")
    work = WORKLOADS[name]
    adapter = importlib.import_module(f"tests.benchmarks.peers.speed_{tool}")
    peer = adapter.Peer()
    found: dict[str, Any] = {
        "version": importlib.metadata.version(adapter.DISTRIBUTION),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "steps": work.steps,
        "import_seconds": _timed(peer.load),
    }
    log = getattr(peer, work.method, None)
    if log is not None:
        prepared = work.prepare(data)
        folder = Path.cwd() / "run"
        folder.mkdir()
        print("BASE", flush=True)
        found["init_seconds"] = _timed(peer.start, folder)
        start = time.perf_counter()
        taken = _loop(work, log, prepared, limit)
        peer.finish()
        found["total_seconds"] = time.perf_counter() - start
        found["steps_done"] = len(taken)
        found["loop_seconds"] = sum(taken)
        found["median_microseconds"] = 1e6 * float(np.median(taken))
        found["slowest_microseconds"] = 1e6 * max(taken)
    print("RESULT", json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
