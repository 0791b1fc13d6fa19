"""Many processes write one run while others read, check and tidy it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mediatypes as mt
from mediatypes.errors import MediaTypesError
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.gc import garbage
from mediatypes.store.verify import verify
from tests.reliability.checker import read

ROOT = Path(__file__).parents[2]

SCRIPT = """
import os, sys
import numpy as np
import mediatypes as mt

place, processes, rows, media = sys.argv[1], *map(int, sys.argv[2:])
run = mt.init(dir=place, durability="process")
children = []
for process in range(processes):
    child = os.fork()
    if child:
        children.append(child)
        continue
    for row in range(rows):
        values = {"id": f"{process}-{row}"}
        if row < media:
            values["x"] = mt.Image(np.full((8, 8), row % 50, np.uint8))
        run.log(values, step=row)
    run.finish(quiet=True)
    os._exit(0)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
run.finish(quiet=True)
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def write_and_watch(place: Path, processes: int, rows: int, media: int) -> None:
    """Let some processes write, look on, and hold the end against what was logged."""
    numbers = [str(number) for number in (processes, rows, media)]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(place), *numbers],
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
    ) as script:
        alarms, looks = watch(place, script)
    assert script.returncode == 0
    assert alarms == []
    assert looks > 1
    (run,) = place.iterdir()
    facts = read(run)
    assert facts.wrong == []
    ids = [row["d"]["id"] for found in facts.rows.values() for row in found]
    assert sorted(ids) == sorted(
        f"{process}-{row}" for process in range(processes) for row in range(rows)
    )
    assert len(facts.media) == processes * media
    assert not verify(Folder(run)).is_damaged


def watch(place: Path, script: subprocess.Popen[bytes]) -> tuple[list[str], int]:
    """Read, check and tidy while the script runs; return what seemed wrong."""
    alarms: list[str] = []
    looks = seen = 0
    reader = None
    while script.poll() is None:
        folders = [p for p in place.iterdir() if (p / "run.json").exists()]
        if not folders:
            continue
        reader = reader or mt.open_run(folders[0])
        try:
            reader.refresh()
            report = verify(Folder(folders[0]))
            found = garbage(Collected(Folder(folders[0])), min_age_seconds=0)
        except (MediaTypesError, OSError) as error:
            alarms.append(repr(error))
            continue
        now = len(list(reader.records()))
        alarms += [str(item) for item in report.findings if item.severity == "error"]
        alarms += [f"gc would delete {item.path}" for item in found]
        alarms += [f"{now} rows after {seen}"] if now < seen else []
        looks, seen = looks + 1, now
    return alarms, looks


def test_three_processes_write_while_others_read_check_and_tidy(
    tmp_path: Path,
) -> None:
    write_and_watch(tmp_path, 3, 60, 15)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_eight_processes_write_a_thousand_rows_each_while_others_look_on(
    tmp_path: Path,
) -> None:
    write_and_watch(tmp_path, 8, 1_000, 200)
