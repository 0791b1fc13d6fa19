"""SIGTERM at once after a burst: nothing is pending that could be lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.checker import read

ROOT = Path(__file__).parents[2]
ROWS = 50

SCRIPT = f"""
import os, sys
import mediatypes as mt
run = mt.init(dir=sys.argv[1])
for row in range({ROWS}):
    run.log({{"row": row, "text": "x" * 500}})
os.kill(os.getpid(), {int(signal.SIGTERM)})
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="has no SIGTERM")


def kept_of_a_burst(place: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, place],
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
        check=False,
    )
    assert done.returncode == -signal.SIGTERM
    (run,) = place.iterdir()
    facts = read(run)
    assert facts.wrong == []
    (rows,) = facts.rows.values()
    return len({row["d"]["row"] for row in rows})


def test_sigterm_at_once_after_fifty_rows_loses_none(tmp_path: Path) -> None:
    assert kept_of_a_burst(tmp_path) == ROWS


@pytest.mark.slow
@pytest.mark.parametrize("_try", range(20))
def test_sigterm_after_fifty_rows_loses_none_in_twenty_tries(
    tmp_path: Path, _try: int
) -> None:
    assert kept_of_a_burst(tmp_path) == ROWS
