"""What a figure costs the training loop, beside its own ``savefig``.

    python -m tests.benchmarks.figures [--rounds 15]

For each of some figures: the median of ``figure.savefig(io.BytesIO())`` on one that
was just made, and of ``run.log({"chart": figure})`` on one like it, drawn on the spot
and by the process, as parts of what ``savefig`` takes. Then all that is typical in a
row, until the last file is written, less what it takes to make the figures.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import mediatypes as mt

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HEAVY", "TYPICAL", "main"]

_RANDOM: Final = np.random.default_rng(0)


def _curves() -> Figure:
    figure = Figure()
    axes = figure.subplots()
    for name in ("train", "validation"):
        axes.plot(_RANDOM.normal(size=1_000).cumsum(), label=name)
    axes.set(title="loss", xlabel="step")
    axes.legend()
    return figure


def _points() -> Figure:
    figure = Figure()
    x, y, level = _RANDOM.normal(size=(3, 1_000))
    figure.colorbar(figure.subplots().scatter(x, y, c=level))
    return figure


def _bars() -> Figure:
    figure = Figure()
    figure.subplots().bar(list("abcdefghij"), range(10))
    return figure


def _histogram() -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.hist(_RANDOM.normal(size=1_000), bins=30)
    axes.set(xlabel="value", ylabel="count")
    return figure


def _heat_map() -> Figure:
    figure = Figure()
    figure.colorbar(figure.subplots().imshow(_RANDOM.normal(size=(32, 32))))
    return figure


def _matrix() -> Figure:
    figure = Figure()
    axes = figure.subplots()
    counts = _RANDOM.integers(0, 100, (10, 10))
    axes.imshow(counts)
    for (row, column), count in np.ndenumerate(counts):
        axes.text(column, row, str(count), ha="center", va="center")
    return figure


def _grid() -> Figure:
    figure = Figure(figsize=(10, 8), layout="constrained")
    for axes in figure.subplots(2, 2).flat:
        axes.hist(_RANDOM.normal(size=1_000), bins=30)
        axes.set(xlabel="value", ylabel="count")
    return figure


TYPICAL: Final[dict[str, Callable[[], Figure]]] = {
    "two curves": _curves,
    "1,000 points in colour": _points,
    "bars": _bars,
    "histogram": _histogram,
    "heat map": _heat_map,
}
HEAVY: Final[dict[str, Callable[[], Figure]]] = {
    "matrix with 100 numbers": _matrix,
    "four histograms, constrained": _grid,
}


def _save(figure: Figure) -> None:
    figure.savefig(io.BytesIO())


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


def _times(make: Callable[[], Figure], rounds: int, run: mt.Run) -> tuple[float, float]:
    """Return the medians of ``savefig`` and of ``log``, taken in turn."""
    saved, logged = [], []
    for _ in range(rounds):
        figure, twin = make(), make()
        saved.append(_timed(lambda f=figure: _save(f)))  # type: ignore[misc]  # bound at once
        logged.append(_timed(lambda f=twin: run.log({"chart": f})))  # type: ignore[misc]  # as above
        run.flush()
    return median(saved), median(logged)


def _in_a_row(rounds: int, run: mt.Run) -> tuple[float, float]:
    """Return how long typical figures take, saved and logged, to the last file."""

    def each(use: Callable[[Figure], Any]) -> Callable[[], None]:
        def loop() -> None:
            for make in list(TYPICAL.values()) * 4:
                use(make())
            run.flush()

        return loop

    loops = each(_done), each(_save), each(lambda figure: run.log({"chart": figure}))
    made, saved, logged = zip(
        *([_timed(loop) for loop in loops] for _ in range(rounds)), strict=True
    )
    return median(saved) - median(made), median(logged) - median(made)


def _done(figure: Figure) -> None:
    del figure


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds: int = parser.parse_args().rounds
    rows: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for render in ("inline", "process"):
            run = mt.init(dir=folder, render=render, reinit="create_new")
            for make in TYPICAL.values():  # the process starts, caches fill
                run.log({"first": make()})
            run.flush()
            for name, make in (TYPICAL | HEAVY).items():
                rows.setdefault(name, []).append(_times(make, rounds, run))
            name = "20 typical ones, to the last file"
            rows.setdefault(name, []).append(_in_a_row(max(3, rounds // 3), run))
            run.finish(quiet=True)
    print(_table(rows, rounds))


def _table(rows: dict[str, list[tuple[float, float]]], rounds: int) -> str:
    lines = [
        f"matplotlib {mpl.__version__}, {os.cpu_count()} cores, {rounds} rounds.\n",
        "| Figure | savefig, ms | on the spot | by the process |",
        "| --- | --- | --- | --- |",
    ]
    for name, ((saved, inline), (again, process)) in rows.items():
        parts = f"{inline / saved:.2f} | {process / again:.2f}"
        lines.append(f"| {name} | {min(saved, again):.1f} | {parts} |")
    found = list(rows.values())[: len(TYPICAL)]
    both = [median(log / save for save, log in column) for column in zip(*found)]  # noqa: B905 - pairs
    lines.append(
        "| *median of the typical* | | " + " | ".join(f"{x:.2f}" for x in both) + " |"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
