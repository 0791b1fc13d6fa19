"""Measure the dashboard in Chromium, beside TensorBoard and Trackio on the same data.

Run ``python -m tests.benchmarks.viewer FOLDER`` on a machine that does nothing else.
Each tool is installed into an environment of its own below FOLDER; data that are there
are used again. ``--page FILE`` writes the tables into a page of the documentation.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import psutil
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import sync_playwright

import mediatypes as mt
from tests.benchmarks.peers import view_pages
from tests.benchmarks.peers.environments import QUIET, ROOT, python_of
from tests.benchmarks.peers.speed_table import write_page
from tests.viewer.conftest import ARGUMENTS, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS: Final = ("mediatypes", "tensorboard", "trackio")
PROMISES: Final = {
    "first": 1.5,
    "charts": 2.0,
    "gallery": 0.3,
    "nodes": 200,
    "frames": 30,
    "move": 0.05,
    "live": 2.0,
    "table": 1.0,
    "memory": 150,
}
"""What the first column of ours may be at most, frames at least."""
ROWS: Final = {
    "write": ("Data written", "{:.0f} s"),
    "read": ("Data read, first start", "{:.1f} s"),
    "again": ("Data read, second start", "{:.1f} s"),
    "first": ("First chart", "{:.2f} s"),
    "charts": ("All 48 charts", "{:.2f} s"),
    "gallery": ("Gallery of 10,000 pictures: open", "{:.2f} s"),
    "filled": ("Gallery: every place on screen has its picture", "{:.2f} s"),
    "nodes": ("Gallery: elements in the page", "{:,.0f}"),
    "frames": ("Gallery: frames a second while it is scrolled", "{:.0f}"),
    "move": ("Next step of all panels", "{:.3f} s"),
    "jump": ("Any step of all panels", "{:.3f} s"),
    "live": ("A new row of a living run is on the page", "{:.1f} s"),
    "table": ("Table of 1,000,000 × 5: open", "{:.2f} s"),
    "memory": ("Server: memory with charts and gallery", "{:,.0f} MB"),
}
_MEGABYTE: Final = 1e6


class Server:
    """The dashboard of a tool, in a process of its own."""

    def __init__(self, folder: Path, tool: str, what: str) -> None:
        self.started = time.perf_counter()
        command, pattern = view_pages.COMMANDS[tool]
        self.log = folder / f"{tool}-{what}.log"
        settings = QUIET | {
            "XDG_CACHE_HOME": str(folder / "cache"),
            "TRACKIO_DIR": str(folder / tool / "trackio"),
            "PYTHONUNBUFFERED": "1",
        }
        python = python_of(folder, tool)
        words = [w.format(data=folder / tool / what, what=what) for w in command]
        self.process = subprocess.Popen(
            [str(python), *words],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            env=os.environ | settings,
            cwd=folder,
        )
        self.address = self._address(pattern)

    def _address(self, pattern: str) -> str:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            found = re.search(pattern, self.log.read_text(errors="replace"))
            if found:
                return found[0]
            time.sleep(0.05)
        raise SystemExit(self.log.read_text(errors="replace"))

    @property
    def memory(self) -> float:
        """Resident megabytes of the process and its children."""
        mother = psutil.Process(self.process.pid)
        all_ = [mother, *mother.children(recursive=True)]
        return sum(float(one.memory_info().rss) for one in all_) / _MEGABYTE

    def stop(self) -> None:
        """End it, with what it has started."""
        mother = psutil.Process(self.process.pid)
        for one in [*mother.children(recursive=True), mother]:
            one.terminate()
        self.process.wait(30)


def write_data(folder: Path, tool: str, sizes: list[str]) -> float:
    """Let a tool write its data, unless they are there; return the seconds it took."""
    kept = folder / tool / "written.json"
    if not kept.exists():
        script = ROOT / "tests" / "benchmarks" / "peers" / "view_data.py"
        start = time.perf_counter()
        words = [str(script), tool, str(folder / tool), *sizes]
        command = [str(python_of(folder, tool)), *words]
        subprocess.run(
            command, check=True, env=os.environ | QUIET, stdout=subprocess.DEVNULL
        )
        kept.write_text(json.dumps(time.perf_counter() - start))
    return float(json.loads(kept.read_text()))


def measure(folder: Path, tool: str, browser: Any, repeat: int) -> dict[str, float]:
    """Return what was measured of a tool."""
    found: dict[str, float] = {}
    views = view_pages.VIEWS[tool]
    if tool == "mediatypes":
        shutil.rmtree(folder / "cache", ignore_errors=True)  # of earlier measurements
    for what in ("charts", "gallery"):
        server = Server(folder, tool, what)
        try:
            views.wait_read(server.address, server.started)
            name = "read" if what == "charts" else "read gallery"
            found[name] = time.perf_counter() - server.started
        finally:
            server.stop()
    memory = 0.0
    for what in ("charts", "gallery"):
        server = Server(folder, tool, what)
        try:
            views.wait_read(server.address, server.started)
            if what == "charts":
                found["again"] = time.perf_counter() - server.started
            looks = views.charts if what == "charts" else views.gallery
            for name, numbers in _repeated(looks, browser, server, repeat):
                found[name] = statistics.median(numbers)
            memory = max(memory, server.memory)
        finally:
            server.stop()
    if tool == "mediatypes":
        found["live"] = live(folder, browser, repeat)
        found["table"] = million(folder, browser, repeat)
    return found | {"memory": memory}


def live(folder: Path, browser: Any, repeat: int) -> float:
    """Return how long a row of a run that is being written takes to the page."""
    times: list[float] = []
    place = folder / "mediatypes" / "live"
    shutil.rmtree(place, ignore_errors=True)  # the runs of earlier measurements
    with mt.init(name="alive", dir=place, reinit="create_new") as run:
        run.log({"loss": 1.0})
        server = Server(folder, "mediatypes", "live")
        try:
            page = browser.new_page()
            page.goto(server.address)
            page.wait_for_selector(".status.live")
            page.goto(f"{server.address.partition('#')[0]}#/workspace")
            for _ in range(repeat):
                page.wait_for_timeout(700)
                start = time.perf_counter()
                run.log({"loss": 0.5})
                while page.input_value(".stepnumber") != str(run.step - 1):
                    time.sleep(0.01)
                times.append(time.perf_counter() - start)
            page.close()
        finally:
            server.stop()
    return statistics.median(times)


def million(folder: Path, browser: Any, repeat: int) -> float:
    """Return how long a table of a million rows takes until its first are on a page."""
    place = folder / "mediatypes" / "table"
    if not place.exists():
        random = np.random.default_rng(0)
        with mt.init(name="large", dir=place) as run:
            names = ["a", "b", "c", "d", "e"]
            run.log({"rows": mt.Table(names, random.normal(size=(1_000_000, 5)))})
    server = Server(folder, "mediatypes", "table")
    times: list[float] = []
    try:
        view_pages.VIEWS["mediatypes"].wait_read(server.address, server.started)
        for _ in range(repeat):
            page = browser.new_page()
            page.goto(server.address)
            page.wait_for_selector("header.top")
            page.goto("about:blank")
            start = time.perf_counter()
            page.goto(f"{server.address.partition('#')[0]}#/workspace")
            page.wait_for_selector(".sheet td")
            times.append(time.perf_counter() - start)
            page.close()
    finally:
        server.stop()
    return statistics.median(times)


def _repeated(
    look: Any, browser: Any, server: Server, repeat: int
) -> Iterator[tuple[str, list[float]]]:
    try:
        rows = [look(browser, server.address) for _ in range(repeat)]
    except TookTooLong as error:  # that a tool never gets there is a result too
        print(f"{server.log.stem}: {str(error).splitlines()[0]}", flush=True)
        rows = []
    for name in {name for row in rows for name in row}:
        yield name, [row[name] for row in rows if row.get(name) is not None]


def table(results: dict[str, dict[str, float]], versions: dict[str, str]) -> str:
    """Return the tables as Markdown."""
    names = [f"{tool} {versions[tool]}" for tool in results]
    made = (
        f"Made on {dt.datetime.now(dt.UTC):%Y-%m-%d} with Python "
        f"{platform.python_version()}, {versions['chromium']} without a graphics "
        f"processor, {os.cpu_count()} processors."
    )
    dashes = " | ".join("---" for _ in names)
    lines = [made, "", f"| | {' | '.join(names)} | we promise |"]
    lines.append(f"| --- | {dashes} | --- |")
    for key, (title, form) in ROWS.items():
        cells = [
            form.format(row[key]) if row.get(key) is not None else "–"
            for row in results.values()
        ]
        promise = PROMISES.get(key)
        words = "" if promise is None else form.format(promise)
        if words:
            words = f"at least {words}" if key == "frames" else f"under {words}"
        lines.append(f"| {title} | {' | '.join(cells)} | {words} |")
    ours = results.get("mediatypes")
    if ours is not None:
        missed = [ROWS[key][0] for key in PROMISES if not _holds(key, ours)]
        lines += ["", f"Promises that did not hold: {', '.join(missed) or 'none'}."]
    return "\n".join(lines)


def _holds(key: str, row: dict[str, float]) -> bool:
    if key == "frames":
        return row[key] >= PROMISES[key]
    return row[key] < PROMISES[key]


def _version(folder: Path, tool: str) -> str:
    code = f"from importlib.metadata import version; print(version({tool!r}))"
    done = subprocess.run(
        [python_of(folder, tool), "-c", code],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def main() -> None:
    """Write data, look, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", default=",".join(TOOLS))
    parser.add_argument("--runs", default="20")
    parser.add_argument("--steps", default="100000")
    parser.add_argument("--pictures", default="10000")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    folder: Path = given.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    results: dict[str, dict[str, float]] = {}
    versions: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        versions["chromium"] = f"Chromium {browser.version}"
        for tool in given.peers.split(","):
            sizes = [given.runs, given.steps, given.pictures]
            written = write_data(folder, tool, sizes)
            versions[tool] = _version(folder, tool)
            results[tool] = measure(folder, tool, browser, given.repeat)
            results[tool]["write"] = written
            print(json.dumps({"tool": tool, **results[tool]}), flush=True)
        browser.close()
    text = table(results, versions)
    print(text)
    if given.page:
        write_page(given.page, text)


if __name__ == "__main__":
    main()
