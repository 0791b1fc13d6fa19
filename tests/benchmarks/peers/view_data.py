"""The same runs and pictures for each dashboard, written by the calls of its own users.

Runs in the environment of one tool: ``view_data.py TOOL FOLDER RUNS STEPS PICTURES``.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY: Final = 100
"""Steps between two numbers of the keys that are not logged at every step."""
KEYS: Final = tuple(f"g{at // 8}/m{at:02d}" for at in range(47))
SIDE: Final = 128
AT_ONCE: Final = 100
"""Pictures of a step."""


def numbers(run: int, steps: int) -> np.ndarray[Any, Any]:
    """Return the loss of a run at every step, and 47 more columns."""
    random = np.random.default_rng(run)
    drift = random.normal(size=(steps, 1 + len(KEYS))).cumsum(axis=0) / 100
    drift[:, 0] = np.exp(-np.arange(steps) / steps * 4) + np.abs(drift[:, 0]) / 50
    return drift


def pictures(step: int) -> list[np.ndarray[Any, Any]]:
    """Return the pictures of a step: noise over a gradient, so that none is small."""
    random = np.random.default_rng(step)
    ramp = np.linspace(0, 200, SIDE)[None, :, None] + np.zeros((SIDE, 1, 3))
    return [
        (ramp + random.integers(0, 56, (SIDE, SIDE, 1))).astype(np.uint8)
        for _ in range(AT_ONCE)
    ]


def _all_pictures(count: int) -> Iterator[np.ndarray[Any, Any]]:
    for step in range(count // AT_ONCE):
        yield from pictures(step)


def mediatypes(folder: Path, runs: int, steps: int, count: int) -> None:
    """Write runs of mediatypes."""
    mt: Any = import_module("mediatypes")
    for run_number in range(runs):
        rows = numbers(run_number, steps).tolist()
        name = f"r{run_number:02d}"
        with mt.init(name=name, dir=folder / "charts", reinit="create_new") as run:
            for step, row in enumerate(rows):
                data = {"loss": row[0]}
                if step % EVERY == 0:
                    data |= zip(KEYS, row[1:], strict=True)
                run.log(data)
    with mt.init(name="gallery", dir=folder / "gallery", reinit="create_new") as run:
        for step in range(count // AT_ONCE):
            run.log({"pictures": [mt.Image(one) for one in pictures(step)]})


def tensorboard(folder: Path, runs: int, steps: int, count: int) -> None:
    """Write event files, by the writer that most scripts use."""
    writer_of: Any = import_module("tensorboardX").SummaryWriter
    for run_number in range(runs):
        writer = writer_of(str(folder / "charts" / f"r{run_number:02d}"))
        for step, row in enumerate(numbers(run_number, steps).tolist()):
            writer.add_scalar("loss", row[0], step)
            if step % EVERY == 0:
                for key, number in zip(KEYS, row[1:], strict=True):
                    writer.add_scalar(key, number, step)
        writer.close()
    writer = writer_of(str(folder / "gallery" / "gallery"))
    for at, picture in enumerate(_all_pictures(count)):
        writer.add_image("pictures", picture, at, dataformats="HWC")
    writer.close()


def trackio(folder: Path, runs: int, steps: int, count: int) -> None:
    """Write its database."""
    os.environ["TRACKIO_DIR"] = str(folder / "trackio")
    tool: Any = import_module("trackio")
    quiet = {"embed": False, "auto_log_gpu": False, "auto_log_cpu": False}
    for run_number in range(runs):
        tool.init(project="charts", name=f"r{run_number:02d}", **quiet)
        for step, row in enumerate(numbers(run_number, steps).tolist()):
            data = {"loss": row[0]}
            if step % EVERY == 0:
                data |= zip(KEYS, row[1:], strict=True)
            tool.log(data, step=step)
        tool.finish()
    tool.init(project="gallery", name="gallery", **quiet)
    for at, picture in enumerate(_all_pictures(count)):
        tool.log({"pictures": tool.Image(picture)}, step=at)
    tool.finish()


def main() -> None:
    """Write the data of one tool."""
    tool, folder, *sizes = sys.argv[1:]
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    write = {"mediatypes": mediatypes, "tensorboard": tensorboard, "trackio": trackio}
    write[tool](place, *map(int, sizes))


if __name__ == "__main__":
    main()
