"""A disk that is full, and has room again; nothing is simulated here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.checker import read

ROOT = Path(__file__).parents[2]
ROWS = 600

SCRIPT = f"""
import json, os, resource, signal, sys, time, warnings
import numpy as np
import mediatypes as mt

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
run = mt.init(dir=sys.argv[1], durability="process")
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
slowest = 0.0
for row in range({ROWS}):
    if row == 100:  # files may not grow any more
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    if row == 500:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    start = time.perf_counter()
    values = {{"row": row, "text": "x" * 300}}
    if row % 50 == 0:
        noise = np.random.default_rng(row).integers(0, 255, (200, 200), "u1")
        values["x"] = mt.Image(noise)
    run.log(values)
    slowest = max(slowest, time.perf_counter() - start)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run.finish(quiet=True)
print(json.dumps({{"slowest": slowest, "said": [str(w.message) for w in caught]}}))
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="has no RLIMIT_FSIZE")


def test_rows_go_on_when_there_is_room_again_and_the_lost_are_counted(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said: dict[str, Any] = json.loads(done.stdout)
    (run,) = tmp_path.iterdir()
    facts = read(run)
    assert facts.wrong == []
    (rows,) = facts.rows.values()
    present = {row["d"]["row"] for row in rows}
    assert set(range(100)) | set(range(501, ROWS)) <= present
    (closed,) = facts.closed.values()
    assert len(present) + closed["lost"]["rows"] == ROWS
    assert closed["lost"]["rows"] > 100
    absent = sum(len(row["media"]) for row in rows if "media" in row)
    lost = closed["lost"]  # a file may be there whose record found no room
    counted = lost.get("media", 0) + lost.get("media records", 0)
    assert absent - len(facts.media) <= counted
    assert [path for path in run.rglob("media/*") if path.stat().st_size == 0] == []
    assert any("rows" in text for text in said["said"])
