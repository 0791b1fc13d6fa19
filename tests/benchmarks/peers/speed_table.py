"""Write the medians of ``speed.py`` as Markdown, from the lines that it kept.

python -m tests.benchmarks.peers.speed_table FILE… [--page FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.peers.workloads import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["report", "write_page"]

OURS: Final = "mediatypes"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"

_SHARES: Final = (
    "Loop: of the best",
    "of wandb's",
    "Total: of the best",
    "Bytes: of wandb's",
    "Memory: of the least",
)

Row = dict[str, Any]


def write_page(page: Path, text: str) -> None:
    """Put `text` between the two comments of a page."""
    whole = page.read_text(encoding="utf-8")
    head, tail = whole.split(BEGIN)[0], whole.split(END)[1]
    page.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{tail}", encoding="utf-8")


def report(rows: Sequence[Row]) -> str:
    """Return tables of the medians of all rows, and of ours against the others'."""
    good = [row for row in rows if "error" not in row]
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    works = [name for name in WORKLOADS if any(r["workload"] == name for r in rows)]
    medians = {
        (work, tool): found
        for work in works
        for tool in tools
        if (found := _medians([r for r in good if _is_of(r, work, tool)]))
    }
    return "\n\n".join(
        [
            _made_on(good),
            "## Loop and total, seconds",
            _table(works, tools, medians, _times),
            "## Bytes on disk, MB",
            _table(works, tools, medians, _megabytes("bytes", 1)),
            "## Peak memory above that before the run, MB",
            _table(works, tools, medians, _megabytes("memory_bytes", 0)),
            "## Import and start, seconds",
            _starts(tools, medians),
            "## How we stand",
            _standing(works, medians),
            *_failures(rows),
        ]
    )


def _is_of(row: Row, work: str, tool: str) -> bool:
    return bool(row["workload"] == work and row["tool"] == tool)


def _medians(rows: list[Row]) -> Row:
    """Return the median of each number that all rows have, none where nothing ran."""
    if not rows or "total_seconds" not in rows[0]:
        return {}
    return {
        name: statistics.median(row[name] for row in rows)
        for name, value in rows[0].items()
        if isinstance(value, (int, float))
    }


def _made_on(rows: Sequence[Row]) -> str:
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["workload"], row["tool"]
        counts[key] = counts.get(key, 0) + 1
    versions = dict.fromkeys(f"{row['tool']} {row['version']}" for row in rows)
    beside = dict.fromkeys(f"{row['python']}" for row in rows)
    return (
        f"Made on {rows[0]['date'][:10]} with Python {', '.join(beside)}; medians of "
        f"{min(counts.values())}. Versions: {', '.join(versions)}."
    )


def _table(works: list[str], tools: list[str], medians: Any, show: Any) -> str:
    lines = [f"| Workload | {' | '.join(tools)} |", "| --- |" + " --- |" * len(tools)]
    for work in works:
        cells = [
            show(medians[work, tool]) if (work, tool) in medians else "–"
            for tool in tools
        ]
        lines.append(f"| {work}: {WORKLOADS[work].title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _times(medians: Row) -> str:
    if medians["steps_done"] < medians["steps"]:
        done = f"{medians['steps_done']:,.0f} of {medians['steps']:,.0f} steps"
        return f"> {medians['loop_seconds']:.0f} ({done})"
    return f"{medians['loop_seconds']:.3f} / {medians['total_seconds']:.3f}"


def _megabytes(name: str, digits: int) -> Callable[[Row], str]:
    """Return what shows a number of bytes, of a loop that ended."""

    def show(medians: Row) -> str:
        is_over = medians["steps_done"] == medians["steps"]
        return f"{medians[name] / 1e6:.{digits}f}" if is_over else "–"

    return show


def _starts(tools: list[str], medians: Any) -> str:
    lines = [
        "| Tool | Import, beyond numpy's | Start of a run |",
        "| --- | --- | --- |",
    ]
    for tool in tools:
        found = [value for (_, name), value in medians.items() if name == tool]
        if found:
            numbers = [
                statistics.median(row[name] for row in found)
                for name in ("import_seconds", "init_seconds")
            ]
            lines.append(f"| {tool} | {numbers[0]:.3f} | {numbers[1]:.4f} |")
    return "\n".join(lines)


def _standing(works: list[str], medians: Any) -> str:
    """Return our share of what the best of the others takes, and of wandb's."""
    lines = [
        f"| Workload | {' | '.join(_SHARES)} |",
        "| --- |" + " --- |" * len(_SHARES),
    ]
    for work in works:
        ours = medians.get((work, OURS))
        others = {
            tool: found
            for (name, tool), found in medians.items()
            if name == work and tool != OURS and found["steps_done"] == found["steps"]
        }
        if ours is None or not others:
            continue
        cells = [
            _share(ours, others, "loop_seconds"),
            _share(ours, others, "loop_seconds", "wandb"),
            _share(ours, others, "total_seconds"),
            _share(ours, others, "bytes", "wandb"),
            _share(ours, others, "memory_bytes"),
        ]
        lines.append(f"| {work} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _share(ours: Row, others: dict[str, Row], name: str, than: str = "") -> str:
    if than and than not in others:
        return "–"
    tool = than or min(others, key=lambda other: others[other][name])
    share = ours[name] / max(others[tool][name], 1e-9)
    text = f"{share:.2f}" if share >= 0.1 else f"1/{1 / max(share, 1e-9):.0f}"
    return text if than else f"{text} ({tool})"


def _failures(rows: Sequence[Row]) -> list[str]:
    failed = [row for row in rows if "error" in row]
    if not failed:
        return []
    lines = [
        f"* {row['workload']}, {row['tool']}: {' '.join(row['error'].split())[-200:]}"
        for row in failed
    ]
    return ["## What failed", "\n".join(lines)]


def main() -> None:
    """Read the lines and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path, nargs="+")
    parser.add_argument("--page", type=Path, help="page to write the tables into")
    given = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in given.lines]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    text = report(rows)
    print(text)
    if given.page is not None:
        write_page(given.page, text)


if __name__ == "__main__":
    main()
