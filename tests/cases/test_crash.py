"""Public fault reports about forks and threads, each as what must hold here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

import mediatypes as mt
from tests.cases.record import Record

if TYPE_CHECKING:
    from pathlib import Path

FORK: Final = """
import json, os, pathlib, sys, time
import numpy as np
import mediatypes as mt

def record():
    return {p.name: p.read_bytes().hex() for p in run.dir.rglob("*.jsonl")}

run = mt.init(dir=sys.argv[1])
run.log({"k": mt.Image(np.zeros((2, 2), np.uint8))})
run.flush()
before = record()
start = time.monotonic()
child = os.fork()
if child == 0:
    sys.exit(0)
_, status = os.waitpid(child, 0)
seconds = time.monotonic() - start
same = record() == before
run.log({"k": mt.Image(np.full((2, 2), 9, np.uint8))})
run.finish()
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, same, str(run.dir)]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_leaves_at_once_and_writes_nothing(tmp_path: Path) -> None:
    """Case 118, wandb/wandb#12079: forked workers hung in locks or exit handlers."""
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, seconds, is_unchanged, place = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert seconds < 5
    assert is_unchanged
    found = mt.open_run(place).media("k")
    assert [int(items[0].to_numpy().max()) for items in found.values()] == [0, 9]


def test_many_threads_log_all_their_pictures(tmp_path: Path) -> None:
    """Case 119, matplotlib/matplotlib#28012: rows interleaved, file names clashed."""
    run = mt.init(dir=tmp_path)

    def work(thread: int) -> None:
        for i in range(50):
            level = (thread * 50 + i) % 256
            run.log({f"t{thread}": mt.Image(np.full((1, 1), level, np.uint8))})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    record = Record(run)

    assert len(record.rows) == 400
    for thread in range(8):
        levels = [int(picture.max()) for picture in record.pictures(f"t{thread}")]
        assert levels == [(thread * 50 + i) % 256 for i in range(50)]
