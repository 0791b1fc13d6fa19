"""Bring this library and six others into trouble, and count the rows that are kept.

    python tests/benchmarks/peers/promises.py FOLDER [TOOL …] [--case CASE …]
        [--rows FILE] [--page FILE]

Each tool gets an environment of its own in FOLDER, which may be kept for the next
time, and is told to stay offline. A JSON line is printed for each tool and case, and a
Markdown table, which ``--page`` writes into a page instead, between two comments.
The full disk is a tmpfs, for which this must run as root; it is left out elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[3]))  # run as a script

from tests.benchmarks.peers.environments import QUIET, ROOT, python_of
from tests.benchmarks.peers.promise import CASES

TOOLS: Final = (
    *("mediatypes", "wandb", "trackio", "tensorboardx", "swanlab", "mlflow", "aim"),
)
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
SECONDS: Final = 60
"""After which a script hangs."""
SETTLING_SECONDS: Final = 3
"""For processes that a killed one leaves behind."""
DISK: Final = "size=64m"
LOSS: Final = re.compile(
    r"no space|disk (is )?full|errno 28|enospc|not everything|lost|dropped|"
    r"database or disk is full|failed to (write|log|save)",
    re.IGNORECASE,
)
"""What a tool says that knows of a full disk."""


def trial(python: Path, tool: str, case: str, folder: Path) -> dict[str, Any]:
    """Return what one tool kept in one kind of trouble."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        told = Path(elsewhere) / "told"
        start = time.monotonic()
        said = Path(elsewhere) / "said"
        code = _run(_command(python, tool, case, folder, told), folder, told, said)
        says_so = LOSS.search(said.read_text(errors="replace")) is not None
        lines = told.read_text().splitlines() if told.exists() else []
    seconds = round(time.monotonic() - start, 1)
    return {
        "tool": tool,
        "case": case,
        "told": lines.count("row"),
        "raised": sum(line.startswith(("raised", "end raised")) for line in lines),
        "begun": "begun" in lines,
        "hung": code is None,
        "code": code,
        "says_so": says_so,
        "seconds": seconds,
        "kept": _count(python, tool, folder) if lines else 0,
    }


def _command(python: Path, tool: str, case: str, folder: Path, told: Path) -> list[str]:
    module = "tests.benchmarks.peers.promise"
    return [str(python), "-m", module, tool, case, str(folder), str(told)]


def _environment() -> dict[str, str]:
    more = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    quiet = {"MEDIATYPES_SILENT": "1"}
    return os.environ | QUIET | more | quiet


def _run(command: list[str], folder: Path, told: Path, said: Path) -> int | None:
    """Run a script; return its exit code, None if it hung."""
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command,
            env=_environment(),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as script,
    ):
        try:
            if "kill" in command:
                _wait_for(told, 300, script)
                script.kill()
            code: int | None = script.wait(SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        time.sleep(SETTLING_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(script.pid, signal.SIGKILL)
    return code


def _wait_for(told: Path, rows: int, script: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and script.poll() is None:
        if told.exists() and told.read_text().count("row") >= rows:
            return
        time.sleep(0.01)


def _count(python: Path, tool: str, folder: Path) -> int | None:
    """Return the rows that are kept, None if the tool cannot read them back."""
    done = subprocess.run(
        _command(python, tool, "count", folder, folder),
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    found = re.search(r"rows=(\d+)", done.stdout)
    return int(found[1]) if found else None


@contextlib.contextmanager
def _place(folder: Path, case: str) -> Any:
    """Yield a folder for one trial, on a small disk if it is to fill up."""
    place = Path(tempfile.mkdtemp(dir=folder, prefix=f"{case}-"))
    if case == "full":
        command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(place)]
        subprocess.run(command, check=True)
    try:
        yield place
    finally:
        if case == "full":
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        shutil.rmtree(place, ignore_errors=True)


def _cell(row: dict[str, Any], *, is_counted: bool) -> str:
    if not row["begun"]:
        return "does not start"
    kept = f"{row['kept'] or 0:,}" if is_counted else "?"
    kept = f"{kept} of {row['told']:,}"
    notes = [f"{row['raised']:,} raised"] if row["raised"] else []
    notes += ["**hangs**"] if row["hung"] else []
    if row["case"] == "full":
        notes.append("says so" if row["says_so"] else "**silent**")
    return ", ".join([kept, *notes])


def _table(rows: list[dict[str, Any]], versions: dict[str, str]) -> str:
    tools = list(versions)
    # A tool whose rows cannot be read back when all is well is not counted at all.
    counted = {row["tool"] for row in rows if row["case"] == "well" and row["kept"]}
    found = {
        (row["tool"], row["case"]): _cell(row, is_counted=row["tool"] in counted)
        for row in rows
    }
    head = " | ".join(f"{tool} {version}" for tool, version in versions.items())
    lines = [f"| Trouble | {head} |", "| --- |" + " --- |" * len(tools)]
    for case, text in CASES.items():
        cells = " | ".join(found.get((tool, case), "—") for tool in tools)
        lines.append(f"| {text} | {cells} |")
    return "\n".join(lines)


def _version(python: Path, tool: str) -> str:
    names = {"tensorboardx": "tensorboardX"}
    code = (
        f"import importlib.metadata as m; print(m.version({names.get(tool, tool)!r}))"
    )
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for environments and runs")
    parser.add_argument(
        "tool", nargs="*", choices=[*TOOLS, []], help="all, if left out"
    )
    parser.add_argument("--case", action="append", choices=[*CASES], help="all else")
    parser.add_argument("--rows", type=Path, help="lines that were printed before")
    parser.add_argument("--page", type=Path, help="page to write the table into")
    given = parser.parse_args()
    folder = given.folder.absolute()
    before = given.rows.read_text().splitlines() if given.rows else []
    rows = [json.loads(line) for line in before if line.startswith("{")]
    versions: dict[str, str] = {}
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for tool in given.tool or TOOLS:
        python = python_of(folder, tool)
        versions[tool] = _version(python, tool)
        for case in given.case or CASES:
            if case == "full" and not is_root:
                continue
            with _place(folder, case) as place:
                rows.append(trial(python, tool, case, place))
            print(json.dumps(rows[-1]), flush=True)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    made = f"Made on {today} with Python {sys.version.split()[0]}, each case once."
    text = f"{made}\n\n{_table(rows, versions)}"
    if given.page is None:
        print(text)
        return
    page = given.page.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    whole = f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
    given.page.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
