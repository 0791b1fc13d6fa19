"""Train with and without a tool that watches, in one process; called by `watch`.

    python -m tests.benchmarks.peers.watch_steps TOOL STEPS BATCH LOG FREQUENCY FIRST

``TOOL`` is ``mediatypes``, ``wandb`` or ``nothing``, ``FIRST`` is ``with`` or
``without``. Prints a JSON object: seconds without and with, and until all was written.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any, Final

from tests.benchmarks.peers.watch_model import Training

_WARM_UP: Final = 5


def _steps(training: Training, number: int, log: Any) -> float:
    start = time.perf_counter()
    for _ in range(number):
        loss = training.step()
        if log is not None:
            log({"loss": loss})
    return time.perf_counter() - start


def main(tool: str, steps: int, batch: int, what: str, every: int, first: str) -> None:
    """Measure one tool."""
    training = Training(batch)
    _steps(training, _WARM_UP, None)
    found: dict[str, float] = {}
    for turn in ("with", "without") if first == "with" else ("without", "with"):
        if turn == "without" or tool == "nothing":
            found[turn] = _steps(training, steps, None)
            continue
        module = importlib.import_module(tool)
        run = module.init(project="watch", mode="offline")
        run.watch(training.model, log=what, log_freq=every)
        found[turn] = _steps(training, steps, run.log)
        start = time.perf_counter()
        run.unwatch(training.model)
        run.finish()
        found["finish"] = time.perf_counter() - start
    print("RESULT", json.dumps(found | {"parameters": training.parameters}))


if __name__ == "__main__":
    _, name, number, size, kind, frequency, order = sys.argv
    main(name, int(number), int(size), kind, int(frequency), order)
