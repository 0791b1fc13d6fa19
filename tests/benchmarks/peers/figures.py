"""Log the gallery as ``log({"c": plt})`` with this library and with W&B, and compare.

    python tests/benchmarks/peers/figures.py FOLDER [--page FILE]

Each tool gets an environment of its own in FOLDER, which may be kept for the next time,
and is told to stay offline. A JSON line is printed for each figure and tool, and a
Markdown table, which ``--page`` writes into a page instead, between two comments.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]
SHARED: Final = ["matplotlib", "seaborn", "pandas", "scipy", "pillow", "numpy"]
TOOLS: Final = {
    "mediatypes": ["-e", str(ROOT)],
    "wandb": ["wandb==0.31.0", "plotly"],
}
"""What is installed for each tool; W&B converts figures by plotly."""
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def _python(folder: Path, tool: str) -> Path:
    place = folder / f"venv-{tool}"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *TOOLS[tool]]
        subprocess.run([*install, *SHARED], check=True)
    return python


def _probe(folder: Path, tool: str) -> list[dict[str, Any]]:
    """Return a row for each figure."""
    place = folder / f"{tool}-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}"
    done = subprocess.run(
        [
            _python(folder, tool),
            *("-m", "tests.benchmarks.peers.figures_probe", tool, place),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=1_800,
    )
    return [json.loads(x) for x in done.stdout.splitlines() if x.startswith("{")]


def _report(rows: list[dict[str, Any]]) -> str:
    tools = dict.fromkeys((row["tool"], row["version"]) for row in rows)
    words = ("exact", "converted", "loses", "blank", "raises")
    today = dt.datetime.now(dt.UTC).date()
    names = ("matplotlib", "seaborn", "plotly")
    versions = ", ".join(f"{name} {rows[-1][name]}" for name in names)
    python = sys.version.split()[0]
    lines = [
        f"Made on {today.isoformat()} with Python {python}, {versions}.",
        "",
        "| Outcome | " + " | ".join(f"{name} {x}" for name, x in tools) + " |",
        "| --- |" + " --- |" * len(tools),
    ]
    for word in words:
        cells = [
            str(Counter(r["outcome"] for r in rows if r["tool"] == tool)[word])
            for tool, _ in tools
        ]
        lines.append(f"| {word} | " + " | ".join(cells) + " |")
    lines += ["", "| Figure | Outcome with W&B | What happens |", "| --- | --- | --- |"]
    for row in rows:
        if row["tool"] == "wandb" and row["outcome"] in words[2:]:
            text = row["detail"].replace("|", "\\|").replace("<", "&lt;")
            lines.append(f"| {row['figure']} | {row['outcome']} | {text} |")
    return "\n".join(lines)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for environments and runs")
    parser.add_argument("--page", type=Path, help="page to write the table into")
    given = parser.parse_args()
    folder = given.folder.absolute()
    rows = [row for tool in TOOLS for row in _probe(folder, tool)]
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
