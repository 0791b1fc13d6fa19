"""How much slower training gets when a model is watched, here and by a peer.

    python tests/benchmarks/peers/watch.py FOLDER [--repeat 7] [--steps 200]
        [--batch 16] [--log gradients] [--every 100]

Trains a residual network of ten million parameters on the processor. Each measurement
is a new process, which trains a watched network and its twin in turns of a few steps;
the tools take turns too, and so does what comes first. ``nothing`` is no tool at all,
for both networks: what the clock alone makes of it. The environment is made in FOLDER
and may be kept. Every measurement is printed as a JSON line, and the medians as
Markdown at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[3]))  # run as a script

from tests.benchmarks.peers.environments import QUIET, ROOT, python_of

_TOOLS: Final = ("nothing", "mediatypes", "wandb")
_PROGRAM: Final = "tests.benchmarks.peers.watch_steps"


def _measure(
    python: Path, tool: str, first: str, wish: argparse.Namespace
) -> dict[str, Any]:
    """Return what one process found."""
    words = [tool, wish.steps, wish.batch, wish.log, wish.every, first]
    with tempfile.TemporaryDirectory(dir=wish.folder) as place:
        done = subprocess.run(
            [str(python), "-m", _PROGRAM, *map(str, words)],
            cwd=place,
            env=os.environ
            | QUIET
            | {
                "HOME": place,
                "PYTHONPATH": str(ROOT),
                "WANDB_SILENT": "true",
                "MEDIATYPES_SILENT": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [x for x in done.stdout.splitlines() if x.startswith("RESULT ")]
    if done.returncode or not lines:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(lines[0].removeprefix("RESULT "))
    return {"tool": tool, "first": first} | found


def _report(rows: list[dict[str, Any]]) -> str:
    """Return the medians as a table."""
    lines = [
        "| tool | without | with | slower by | from | to | finish |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for tool in _TOOLS:
        mine = [row for row in rows if row["tool"] == tool]
        slower = [100 * (row["with"] / row["without"] - 1) for row in mine]
        seconds = [
            f"{statistics.median(row.get(name, 0.0) for row in mine):.2f} s"
            for name in ("without", "with", "finish")
        ]
        spread = [f"{x:+.1f} %" for x in (statistics.median(slower), *_ends(slower))]
        lines.append(
            f"| {' | '.join([tool, *seconds[:2], *spread, seconds[2]])} |",
        )
    return "\n".join(lines)


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--log", default="gradients")
    parser.add_argument("--every", type=int, default=100)
    wish = parser.parse_args()
    wish.folder = wish.folder.absolute()
    python = python_of(wish.folder, "watch")
    rows: list[dict[str, Any]] = []
    for turn in range(wish.repeat):
        start = turn % len(_TOOLS)
        for tool in _TOOLS[start:] + _TOOLS[:start]:
            first = ("without", "with")[turn % 2]
            rows.append(_measure(python, tool, first, wish))
            print(json.dumps(rows[-1]), flush=True)
    print(f"{rows[0]['parameters']:,} parameters, {wish.steps} steps, {wish.log}")
    print(_report(rows))


if __name__ == "__main__":
    main()
