"""A long run costs its process no more memory than a short one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from tests.benchmarks.growth import memory_bytes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux says what a process has"
)
ROOM_BYTES = 12 << 20
"""For what allocators keep and files have buffered; 100 bytes a row would be 10 MB."""


@pytest.mark.slow
def test_a_hundred_thousand_steps_leave_nothing_in_memory(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    with mt.init(dir=tmp_path, environment=False, metrics_seconds=0) as run:
        early = 0
        for step in range(100_000):
            row: dict[str, object] = {"loss": 1 / (step + 1), "accuracy": step / 1e5}
            if step % 50 == 0:
                pixels = noise.integers(0, 256, (32, 32, 3), dtype=np.uint8)
                row["picture"] = mt.Image(pixels)
                row["weights"] = mt.Histogram(noise.normal(size=500))
            run.log(row)
            if step == 10_000:
                run.checkpoint()
                early = memory_bytes()
        run.checkpoint()
        late = memory_bytes()
        assert late - early < ROOM_BYTES

    read = mt.open_run(run.dir)
    assert len(read.history()) == 100_000
    assert read.media_count == 2_000


@pytest.mark.slow
def test_twenty_thousand_rows_leave_less_than_a_hundred_bytes_each_beside_their_data(
    tmp_path: Path,
) -> None:
    rows = 20_000
    with mt.init(dir=tmp_path, environment=False, metrics_seconds=0) as run:
        for _ in range(rows):
            run.log({"loss": 0.5, "accuracy": 0.25})
    (log,) = (run.dir / "log").glob("*.jsonl")
    data = len('{"loss":0.5,"accuracy":0.25}') * rows

    assert (log.stat().st_size - data) / rows < 100
