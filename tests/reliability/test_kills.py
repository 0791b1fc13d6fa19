"""What `log` returned from is on record, whenever the process is killed.

Media are so after ``mediatypes recover``.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.reliability.defects import DEFECTS
from tests.reliability.started import printed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def kills(place: Path, trials: int, seed: int, *defect: str) -> dict[str, Any]:
    """Return what some trials add up to."""
    lines = printed("kills", place, trials, seed, *defect)
    print(*lines, sep="\n")
    total: dict[str, Any] = json.loads(lines[-1])
    assert total["trials"] == trials
    return total


FAULTS = ("rows_lost", "wrong", "media_wrong", "media_unnamed", "media_lost")


def assert_all_kept(total: dict[str, Any]) -> None:
    assert {name: total.get(name, 0) for name in FAULTS} == dict.fromkeys(FAULTS, 0)


def test_a_kill_loses_nothing_that_log_returned_from(tmp_path: Path) -> None:
    total = kills(tmp_path, 5, 1)
    assert_all_kept(total)
    assert total["rows"] > 30
    assert total["media"] > 5


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("seed", range(1_000, 6_000, 1_000))
def test_five_hundred_kills_lose_nothing(tmp_path: Path, seed: int) -> None:
    total = kills(tmp_path, 100, seed)
    assert_all_kept(total)
    assert total["rows"] > 2_000


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_build_that_is_known_to_be_bad_is_caught_within_fifty_kills(
    tmp_path: Path, defect: str
) -> None:
    for seed in range(0, 50, 5):
        (tmp_path / str(seed)).mkdir()
        total = kills(tmp_path / str(seed), 5, seed, defect)
        if any(total.get(name) for name in FAULTS):
            return
    pytest.fail(f"{defect} went unseen")


def test_a_build_whose_rows_wait_in_memory_is_caught(tmp_path: Path) -> None:
    assert any(kills(tmp_path, 2, 3, "late").get(name) for name in FAULTS)
