"""Log the same forty inputs with this library and with five others, and compare.

    python tests/benchmarks/peers/inputs.py FOLDER [TOOL …] [--page FILE]

Each tool gets an environment of its own in FOLDER, which may be kept for the next
time, and is told to stay offline. A JSON line is printed for each input and tool, and
a Markdown table, which ``--page`` writes into a page instead, between two comments.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[3]))  # run as a script

from tests.benchmarks.peers.environments import ROOT, python_of

TOOLS: Final = ("mediatypes", "wandb", "trackio", "tensorboardx", "swanlab", "mlflow")
WORDS: Final = {
    "exact": "the stored file shows what was given",
    "said": "something else is stored, and a warning or the reference says so",
    "refused": "the tool raises an error of its own, or says that it stores nothing",
    "silent": "something else is stored, or nothing, and nobody says so",
    "crash": "an exception that the tool did not raise comes out of its call",
    "—": "the tool has no such type",
}
"""What became of an input."""

BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def _probe(folder: Path, tool: str) -> list[dict[str, Any]]:
    """Return a row for each input."""
    now = dt.datetime.now(dt.UTC)
    place = folder / f"{tool}-{now:%Y%m%d-%H%M%S}"
    done = subprocess.run(
        [python_of(folder, tool), "-m", "tests.benchmarks.peers.probe", tool, place],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    date = {"date": now.date().isoformat(), "python": sys.version.split()[0]}
    return [date | json.loads(line) for line in lines]


def _table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as Markdown: a line for each input, a column for each tool."""
    tools = dict.fromkeys((row["tool"], row["version"]) for row in rows)
    inputs = dict.fromkeys((row["kind"], row["input"]) for row in rows)
    found = {(row["tool"], row["kind"], row["input"]): row["outcome"] for row in rows}
    lines = [
        "| Input | "
        + " | ".join(f"{name} {version}" for name, version in tools)
        + " |",
        "| --- |" + " --- |" * len(tools),
    ]
    for kind, label in inputs:
        cells = [_cell(found[tool, kind, label]) for tool, _ in tools]
        lines.append(f"| {kind}: {label} | " + " | ".join(cells) + " |")
    for word in WORDS:
        counts = [
            Counter(r["outcome"] for r in rows if r["tool"] == t) for t, _ in tools
        ]
        cells = [str(count[word]) for count in counts]
        lines.append(f"| *{word}* | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(outcome: str) -> str:
    return f"**{outcome}**" if outcome == "silent" else outcome


def _details(rows: list[dict[str, Any]], outcomes: set[str], tools: set[str]) -> str:
    """Return what is behind some words, as Markdown."""
    lines = ["| Tool | Input | What happens |", "| --- | --- | --- |"]
    for row in rows:
        if row["outcome"] in outcomes and row["tool"] in tools:
            text = row["detail"].replace("|", "\\|").replace("<", "&lt;")
            lines.append(f"| {row['tool']} | {row['kind']}: {row['input']} | {text} |")
    return "\n".join(lines)


def _report(rows: list[dict[str, Any]]) -> str:
    today = dt.datetime.now(dt.UTC).date()
    peers = {row["tool"] for row in rows} - {"mediatypes"}
    return "\n\n".join(
        [
            f"Made on {today.isoformat()} with Python {sys.version.split()[0]}.",
            _table(rows),
            "## Where we do not store what was given",
            _details(rows, {"said", "refused", "silent", "crash"}, {"mediatypes"}),
            "## What is stored in silence",
            _details(rows, {"silent"}, peers),
            "## Exceptions that nobody meant",
            _details(rows, {"crash"}, peers),
        ]
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for environments and runs")
    parser.add_argument(
        "tool", nargs="*", choices=[*TOOLS, []], help="all, if left out"
    )
    parser.add_argument("--page", type=Path, help="page to write the table into")
    given = parser.parse_args()
    folder = given.folder.absolute()
    rows = [row for tool in given.tool or TOOLS for row in _probe(folder, tool)]
    report = _report(rows)
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    if given.page is None:
        print(report)
        return
    text = given.page.read_text(encoding="utf-8")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    page = f"{head}{BEGIN}\n\n{report}\n\n{END}{tail}"
    given.page.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
