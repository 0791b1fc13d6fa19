"""Every operation fails once and for ever, and every operation is the last."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.reliability.started import printed

if TYPE_CHECKING:
    from pathlib import Path

PARTS = 8

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def faults(place: Path, family: str, first: int, step: int) -> dict[str, Any]:
    """Return what some cases add up to; nothing may be wrong with any."""
    *wrong, total = printed("faults", place, family, first, step)
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
