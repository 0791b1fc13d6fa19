"""Runs that are kept for ever, so that every later release is seen to read them.

    python -m tests.kept_runs FOLDER

Makes the two runs of this format version: ``finished``, in two sittings, with
everything that can be logged, and ``killed``, whose process ended while media waited in
the spool. Those in ``fixtures/runs`` were made once and are never made again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import mediatypes as mt

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KILLED_STEPS", "STEPS", "cells", "mask", "numbers", "pixels", "samples"]

STEPS: Final = 3
"""Of the first sitting; the second adds one."""
KILLED_STEPS: Final = 4
_RATE: Final = 8_000
_QUIET: Final[dict[str, Any]] = {
    "console": "off",
    "environment": False,
    "metrics_seconds": 0,
}


def pixels(step: int, dtype: str = "uint8") -> NDArray[Any]:
    """Return a picture, shape (5, 7, 3), another at each step."""
    return (np.arange(5 * 7 * 3).reshape(5, 7, 3) * (step + 1)).astype(dtype)


def mask() -> NDArray[np.int64]:
    """Return ids of classes, shape (5, 7), up to the greatest that there is."""
    ids = np.array([0, 1, 255, 256, 65_535])
    return np.repeat(ids[:, None], 7, axis=1)


def samples(step: int) -> NDArray[np.int16]:
    """Return a sound, shape (40, 2), left and right."""
    wave = np.arange(40)[:, None] * np.array([700, -700]) + step
    found: NDArray[np.int16] = wave.astype(np.int16)
    return found


def numbers(step: int) -> NDArray[np.float64]:
    """Return numbers to count, among them some that are none."""
    return np.append(np.linspace(-1, 1, 101) * (step + 1), [np.nan, np.inf])


def cells() -> list[list[Any]]:
    """Return the rows of a table, the last cell of each a picture."""
    return [[n, n / 4, f"row {n}", n % 2 == 0, pixels(n)] for n in range(3)]


def _values(step: int) -> dict[str, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1), dpi=40)
    figure.subplots().plot([step, 0, 1])
    table = mt.Table(columns=["n", "share", "text", "even", "picture"])
    for *plain, picture in cells():
        table.add_data(*plain, mt.Image(picture))
    return {
        "picture": mt.Image(
            pixels(step),
            caption=f"step {step} · Zürich",
            masks={"ground truth": {"mask_data": mask()}},
            classes={0: "nothing", 255: "road"},
            id="sample-1",
            meta={"split": "test"},
        ),
        "wide": mt.Image(pixels(step, "uint16")),
        "list/of pictures": [mt.Image(pixels(n)) for n in range(2)],
        "sound": mt.Audio(samples(step), sample_rate=_RATE, caption="ramp"),
        "counts": mt.Histogram(numbers(step), num_bins=8),
        "chart": figure,
        "array": mt.Array(numbers(step)),
        "table": table,
        "page": mt.Html("<p>Grüße</p>"),
        "text": mt.Text("first line\nsecond"),
        "marked": mt.Markdown("# Title"),
        "film": mt.Video(
            np.stack([pixels(n) for n in range(3)]),
            fps=4,
            file_type="gif",
            layout="THWC",
        ),
    }


def _rows(step: int) -> dict[str, Any]:
    return {
        "loss": [0.5, float("nan"), float("-inf"), 0.25][step],
        "large": 2**60 + step,
        "words": f"step {step} · Zürich",
        "nested": {"list": [1, None, "x"], "deep": {"$odd": True}},
    }


def finished(folder: Path) -> None:
    """Make a run in two sittings, with everything that there is."""
    settings = {"rate": 1e-3, "layers": [8, 4], "large": 2**60}
    run = mt.init("kept", "finished", settings, folder, "finished", **_QUIET)
    run.define_metric("loss", summary="min,last")
    for step in range(STEPS):
        run.log(_rows(step) | _values(step), step=step)
    run.summary["best"] = 0.25
    run.finish()
    with mt.init(dir=folder, id="finished", resume="must", **_QUIET) as run:
        run.config.update({"rate": 2e-3}, allow_val_change=True)
        run.log(_rows(STEPS), step=STEPS)


def _log_and_hang(folder: Path) -> None:
    run = mt.init("kept", "killed", None, folder, "killed", **_QUIET)
    for step in range(KILLED_STEPS):
        run.log({"loss": float(step), "picture": mt.Image(pixels(step))})
        if step == 0:
            run.checkpoint()
            # From here on nothing is encoded any more.
            pipeline: Any = run._session.pipeline
            pipeline._hold_back = lambda: time.sleep(600)
    print("logged", flush=True)
    time.sleep(600)


def killed(folder: Path) -> None:
    """Make a run whose process is killed while media wait, in the middle of a line."""
    command = [sys.executable, "-m", "tests.kept_runs", str(folder), "hang"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
    (log,) = folder.glob("*killed*/log/*.jsonl")
    with log.open("ab") as file:
        file.write(b'{"n":12,"k":"log","step":4,"d":{"lo')


def main(folder: Path, *words: str) -> None:
    """Make both runs."""
    if words:
        _log_and_hang(folder)
        return
    finished(folder)
    killed(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
