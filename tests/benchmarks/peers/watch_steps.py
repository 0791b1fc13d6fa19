"""Train a network that a tool watches beside its twin; called by `watch`.

    python -m tests.benchmarks.peers.watch_steps TOOL STEPS BATCH LOG FREQUENCY FIRST

``TOOL`` is ``mediatypes``, ``wandb`` or ``nothing``, ``FIRST`` is ``with`` or
``without``. The two networks take turns of a few steps, so that whatever slows the
machine meanwhile slows both; and after half of the steps the tool watches the other
one, so that it does not count which of them lies better in the memory. Prints a JSON
object: seconds without and with, and until all was written.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any, Final

from tests.benchmarks.peers.watch_model import Training

_WARM_UP: Final = 5
# No divisor of usual frequencies: no tool does its work on the last step of a turn.
_TURN: Final = 3


def _steps(training: Training, number: int, log: Any) -> float:
    start = time.perf_counter()
    for _ in range(number):
        loss = training.step()
        if log is not None:
            log({"loss": loss})
    return time.perf_counter() - start


def _half(
    steps: int, turns: list[tuple[str, Training, Any]], found: dict[str, float]
) -> None:
    """Take `steps` steps with each of two networks, and add their seconds."""
    left = steps
    while left:
        number = min(left, _TURN)
        for name, training, log in turns:
            found[name] += _steps(training, number, log)
        turns.reverse()
        left -= number


def main(tool: str, steps: int, batch: int, what: str, every: int, first: str) -> None:
    """Measure one tool."""
    twins = [Training(batch), Training(batch)]
    for training in twins:
        _steps(training, _WARM_UP, None)
    run: Any = None
    if tool != "nothing":
        run = importlib.import_module(tool).init(project="watch", mode="offline")
    found = {"with": 0.0, "without": 0.0}
    for watched, plain in (twins, twins[::-1]):
        if run is not None:
            run.watch(watched.model, log=what, log_freq=every)
        turns = [("with", watched, run and run.log), ("without", plain, None)]
        _half(steps // 2, turns if first == "with" else turns[::-1], found)
        if run is not None:
            run.unwatch(watched.model)
    start = time.perf_counter()
    if run is not None:
        run.finish()
        found["finish"] = time.perf_counter() - start
    print("RESULT", json.dumps(found | {"parameters": twins[0].parameters}))


if __name__ == "__main__":
    _, name, number, size, kind, frequency, order = sys.argv
    main(name, int(number), int(size), kind, int(frequency), order)
