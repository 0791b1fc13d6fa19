"""The comparison of speed measures what it says; the tools are asked by hand."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.peers.environments import ROOT, TOOLS
from tests.benchmarks.peers.speed_table import report, write_page
from tests.benchmarks.peers.workloads import WORKLOADS

if TYPE_CHECKING:
    from pathlib import Path

MEASURE = "tests.benchmarks.peers.measure"
PEERS = [tool for tool in TOOLS if tool not in {"photographs", "tensorboard"}]
LACKS = {"swanlab": {"histogram"}, "mlflow": {"histogram"}}


def line(tool: str, loop: float, total: float, **more: Any) -> dict[str, Any]:
    """Return a measurement of W6."""
    return {
        "workload": "W6",
        "tool": tool,
        "date": "2026-01-02T03:04:05",
        "version": "1.0",
        "python": "3.11.7",
        "steps": 20_000,
        "steps_done": 20_000,
        "loop_seconds": loop,
        "total_seconds": total,
        "import_seconds": 0.1,
        "init_seconds": 0.01,
        "bytes": 2_000_000,
        "memory_bytes": 3_000_000,
    } | more


@pytest.mark.parametrize("tool", PEERS)
def test_every_tool_logs_what_it_has_a_type_for(tool: str) -> None:
    adapter = importlib.import_module(f"tests.benchmarks.peers.speed_{tool}")

    lacking = {
        w.method for w in WORKLOADS.values() if not hasattr(adapter.Peer, w.method)
    }
    assert lacking == LACKS.get(tool, set())


def test_a_measurement_of_this_library_says_what_it_took(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", MEASURE, "mediatypes", "W6", str(tmp_path), "0.01"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    base, result = done.stdout.splitlines()
    found = json.loads(result.removeprefix("RESULT "))
    assert base == "BASE"
    assert 1 <= found["steps_done"] < found["steps"] == 20_000
    assert 0 < found["loop_seconds"] < found["total_seconds"]
    assert list((tmp_path / "run").glob("*/log/*.jsonl"))


def test_the_table_shows_medians_and_shares_of_the_best() -> None:
    rows = [line("mediatypes", 0.1, x) for x in (0.2, 0.9, 0.3)]
    rows += [line("wandb", 1.0, x, bytes=4_000_000) for x in (1.5, 1.5, 9.0)]
    rows += [line("aim", 60.0, 61.0, steps_done=5_000)] * 3

    text = report(rows)

    assert "medians of 3. Versions: mediatypes 1.0, wandb 1.0, aim 1.0." in text
    assert (
        "| W6: 20,000 × (5 scalars) | 0.100 / 0.300 | 1.000 / 1.500 "
        "| > 60 (5,000 of 20,000 steps) |" in text
    )
    assert "| W6: 20,000 × (5 scalars) | 2.0 | 4.0 | – |" in text
    assert "| W6 | 0.10 (wandb) | 0.10 | 0.20 (wandb) | 0.50 | 1.00 (wandb) |" in text


def test_the_table_names_what_failed_and_leaves_it_out() -> None:
    text = report([line("mediatypes", 0.1, 0.2), line("aim", 1, 2, error="it broke")])

    assert "* W6, aim: it broke" in text
    assert "1.000 / 2.000" not in text


def test_the_page_is_changed_between_its_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- table -->\nold\n<!-- end of table -->\nb\n", "utf-8")

    write_page(page, "new")

    text = page.read_text("utf-8")
    assert text == "a\n<!-- table -->\n\nnew\n\n<!-- end of table -->\nb\n"
