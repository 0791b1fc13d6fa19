"""What is said to be on the disk survives a power cut of a real file system."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.reliability.started import printed

if TYPE_CHECKING:
    from pathlib import Path

LOST = ("rows_lost", "rows_wrong", "media_lost", "unmended", "not_idempotent")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3_000),
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mkfs.ext4"),
        reason="mounts an ext4 disk, as root",
    ),
]


def cuts(place: Path, trials: int, seed: int, *level: str) -> dict[str, Any]:
    """Return what some trials add up to."""
    lines = printed("realcuts", place, trials, seed, *level)
    print(*lines, sep="\n")
    total: dict[str, Any] = json.loads(lines[-1])
    assert total["trials"] == trials
    return total


@pytest.mark.parametrize("seed", [0, 10_000, 20_000, 30_000])
def test_nothing_that_was_said_to_be_on_the_disk_is_lost(
    tmp_path: Path, seed: int
) -> None:
    total = cuts(tmp_path, 300, seed)
    assert {name: total.get(name, 0) for name in LOST} == dict.fromkeys(LOST, 0)
    assert total["rows"] > 5_000


def test_a_run_that_flushes_nothing_and_says_that_it_does_is_caught(
    tmp_path: Path,
) -> None:
    assert cuts(tmp_path, 5, 1, "unflushed").get("rows_lost", 0) > 100
