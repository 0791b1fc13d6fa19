"""Log six workloads with this library and with six others, and measure each.

    python tests/benchmarks/peers/speed.py FOLDER [--only W1,W6] [--peers wandb,aim]
        [--repeat 5] [--limit 60] [--page FILE]

Each tool gets an environment of its own in FOLDER, which may be kept for the next
time, and is told to stay offline. All tools take turns in one run, each time in a new
process and a new folder; nothing is deleted in between, because deleting thousands of
files makes the creation of others slower for a while. A JSON line is printed for each
measurement, and kept in ``FOLDER/speed-<time>.jsonl``; then the medians, as Markdown.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, Final

import psutil

sys.path.insert(0, str(Path(__file__).parents[3]))  # run as a script

from tests.benchmarks.peers.environments import ROOT, TOOLS, python_of
from tests.benchmarks.peers.speed_table import report, write_page
from tests.benchmarks.peers.workloads import WORKLOADS

PEERS: Final = tuple(x for x in TOOLS if x not in {"photographs", "tensorboard"})
_EVERY_SECONDS: Final = 0.05
_LET_GO: Final = 600
"""Seconds beyond the limit after which a tool that does not finish is killed."""


class _Memory:
    """Most memory of a process and its children, above what it had at a mark."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.base = self.most = 0

    def mark(self) -> None:
        self.base = self.most = self._now()

    def look(self) -> None:
        if self.base:
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        total = 0
        try:
            family = [self._process, *self._process.children(recursive=True)]
        except psutil.Error:
            return 0
        for one in family:
            try:
                total += one.memory_info().rss
            except psutil.Error:
                continue
        return total


def _environment(place: Path, folder: Path) -> dict[str, str]:
    """Return variables that keep a tool in its place and bytecode out of the way."""
    return os.environ | {
        "HOME": str(place),
        "USERPROFILE": str(place),
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "PYTHONPATH": str(ROOT),
        "WANDB_SILENT": "true",
        "MEDIATYPES_SILENT": "1",
    }


def _listen(lines: IO[str], memory: _Memory, found: dict[str, Any]) -> None:
    for line in lines:
        if line.startswith("BASE"):
            memory.mark()
        elif line.startswith("RESULT "):
            found.update(json.loads(line[7:]))


def _measure(folder: Path, tool: str, work: str, limit: float) -> dict[str, Any]:
    """Return what one tool took for one workload."""
    now = dt.datetime.now(dt.UTC)
    place = folder / "runs" / f"{work}-{tool}-{now:%Y%m%d-%H%M%S-%f}"
    place.mkdir(parents=True)
    row: dict[str, Any] = {"workload": work, "tool": tool, "date": now.isoformat()}
    command = [str(python_of(folder, tool)), "-m", "tests.benchmarks.peers.measure"]
    with (place / "stderr.txt").open("w") as complaints:
        process = subprocess.Popen(
            [*command, tool, work, str(folder / "data"), str(limit)],
            cwd=place,
            env=_environment(place, folder),
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        if process.stdout is None:
            raise RuntimeError(tool)
        memory, found = _Memory(psutil.Process(process.pid)), dict[str, Any]()
        reader = threading.Thread(
            target=_listen, args=(process.stdout, memory, found), daemon=True
        )
        reader.start()
        deadline = time.monotonic() + limit + _LET_GO
        while process.poll() is None:
            memory.look()
            time.sleep(_EVERY_SECONDS)
            if time.monotonic() > deadline:
                process.kill()
        reader.join(2)
    if not found:
        return row | {"error": (place / "stderr.txt").read_text()[-500:]}
    if "total_seconds" in found:
        found |= _on_disk(place) | {"memory_bytes": memory.most - memory.base}
        share = found["steps_done"] / found["steps"]
        if found["bytes"] < share * WORKLOADS[work].least_bytes:
            found["error"] = "it did not keep what it was given"
    return row | found


def _on_disk(place: Path) -> dict[str, int]:
    sizes: dict[int, int] = {}
    for path in place.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name != "stderr.txt":
            status = path.stat()
            sizes[status.st_ino] = status.st_size
    return {"files": len(sizes), "bytes": sum(sizes.values())}


def _make_data(folder: Path) -> None:
    data = folder / "data"
    if (data / "weights.npy").exists():
        return
    code = (
        "from pathlib import Path; from tests.benchmarks.peers.workloads import "
        "make_data; import sys; make_data(Path(sys.argv[1]))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    python = python_of(folder, "photographs")
    subprocess.run([python, "-c", code, data], env=environment, check=True)


def _names(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(text.split(",")) if text else known
    unknown = set(names) - set(known)
    if unknown:
        message = f"{sorted(unknown)}: none of {', '.join(known)}"
        raise argparse.ArgumentTypeError(message)
    return names


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="for environments, data and runs")
    works = tuple(WORKLOADS)
    parser.add_argument("--only", type=lambda x: _names(x, works), default=works)
    parser.add_argument("--peers", type=lambda x: _names(x, PEERS), default=PEERS)
    parser.add_argument("--repeat", type=int, default=5, help="of which the median is")
    parser.add_argument("--limit", type=float, default=60, help="seconds of a loop")
    parser.add_argument("--page", type=Path, help="page to write the table into")
    given = parser.parse_args()
    folder: Path = given.folder.absolute()
    _make_data(folder)
    tools = tuple(dict.fromkeys(("mediatypes", *given.peers)))
    for tool in tools:
        python_of(folder, tool)
    kept = folder / f"speed-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.jsonl"
    rows: list[dict[str, Any]] = []
    for turn in range(given.repeat):
        for work in given.only:
            start = turn % len(tools)
            for tool in (*tools[start:], *tools[:start]):
                row = _measure(folder, tool, work, given.limit)
                rows.append(row)
                line = json.dumps(row, ensure_ascii=False)
                print(line, flush=True)
                with kept.open("a", encoding="utf-8") as lines:
                    lines.write(line + "\n")
    text = report(rows)
    print(text)
    if given.page is not None:
        write_page(given.page, text)


if __name__ == "__main__":
    main()
