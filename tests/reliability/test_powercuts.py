"""What is said to be on the disk survives a power cut, in a model of a disk."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.reliability.started import printed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")


def cuts(place: Path, first: int, step: int, *defect: str) -> tuple[list[str], int]:
    """Return what is wrong with some states, and how many they are."""
    *wrong, total = printed("powercuts", place, first, step, *defect)
    return wrong, json.loads(total)["tried"]


def test_a_power_cut_leaves_a_folder_that_can_be_read_and_mended(
    tmp_path: Path,
) -> None:
    wrong, tried = cuts(tmp_path, 3, 41)
    assert wrong == []
    assert tried > 50


def test_a_library_that_flushes_nothing_is_caught(tmp_path: Path) -> None:
    wrong, _ = cuts(tmp_path, 3, 41, "unflushed")
    assert wrong


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_every_state_after_a_power_cut_can_be_read_and_mended(tmp_path: Path) -> None:
    wrong, tried = cuts(tmp_path, 0, 1)
    assert wrong == []
    assert tried > 2_000
