"""What mends a folder fails at each operation, and is done again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.reliability.started import printed

if TYPE_CHECKING:
    from pathlib import Path

PARTS = 6

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def mendings(place: Path, family: str, first: int, step: int) -> dict[str, Any]:
    """Return what some cases add up to; nothing may be wrong with any."""
    *wrong, total = printed("mending", place, family, first, step)
    assert wrong == []
    found: dict[str, Any] = json.loads(total)
    return found


def test_a_mending_that_fails_loses_nothing_and_can_be_done_again(
    tmp_path: Path,
) -> None:
    assert mendings(tmp_path, "fail", 7, 263)["tried"] > 15


def test_a_mending_that_is_killed_loses_nothing_and_can_be_done_again(
    tmp_path: Path,
) -> None:
    assert mendings(tmp_path, "kill", 3, 23)["points"] > 10


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_of_a_mending_fails_once_and_for_ever(
    tmp_path: Path, part: int
) -> None:
    assert mendings(tmp_path, "fail", part, PARTS)["tried"] > 4_000 / PARTS


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_a_mending_is_killed_before_and_amid_every_operation(tmp_path: Path) -> None:
    assert mendings(tmp_path, "kill", 0, 1)["points"] > 100
