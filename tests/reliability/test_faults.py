"""Every operation fails once and for ever, and every operation is the last."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PARTS = 8

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def faults(place: Path, family: str, first: int, step: int) -> dict[str, Any]:
    """Return what some cases add up to; nothing may be wrong with any."""
    script = "tests.reliability.faults"
    done = subprocess.run(
        [sys.executable, "-m", script, str(place), family, str(first), str(step)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    *wrong, total = done.stdout.splitlines()
    assert wrong == []
    found: dict[str, Any] = json.loads(total)
    return found


def test_a_disk_that_fails_raises_nothing_and_what_is_lost_is_counted(
    tmp_path: Path,
) -> None:
    assert faults(tmp_path, "fail", 5, 131)["tried"] > 30


def test_a_process_that_ends_at_any_operation_leaves_a_whole_record(
    tmp_path: Path,
) -> None:
    found = faults(tmp_path, "kill", 1, 12)
    assert found["tried"] > 25
    assert found["points"] > 10


def test_a_disk_that_takes_long_loses_nothing(tmp_path: Path) -> None:
    assert faults(tmp_path, "slow", 3, 40)["tried"] > 5


@pytest.mark.slow
@pytest.mark.timeout(3_000)
def test_every_operation_takes_long(tmp_path: Path) -> None:
    assert faults(tmp_path, "slow", 0, 1)["tried"] > 200


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_fails_once_and_for_ever(tmp_path: Path, part: int) -> None:
    assert faults(tmp_path, "fail", part, PARTS)["tried"] >= 4_000 / PARTS


@pytest.mark.slow
@pytest.mark.timeout(3_000)
def test_the_process_ends_before_and_amid_every_operation(tmp_path: Path) -> None:
    assert faults(tmp_path, "kill", 0, 1)["points"] >= 30
