"""Whatever a run folder holds, looking at it opens nothing else and ends soon."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.reliability.started import printed

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTES = 256

pytestmark = pytest.mark.skipif(os.name == "nt", reason="plants links and FIFOs")


def look(place: Path, first: int, count: int) -> None:
    """Look at `count` malformed folders in a process whose opens are heard."""
    texts = printed("look", place, first, count, seconds=1_000 + 2 * count)
    lines = [json.loads(text) for text in texts if text[:2] == '{"']
    *wrong, total = [line for line in lines if "seed" in line or "seconds" in line]
    assert wrong == []
    assert total["looked"] == count
    assert total["megabytes"] < MEGABYTES


def test_a_malformed_folder_opens_no_file_outside_and_costs_little(
    tmp_path: Path,
) -> None:
    look(tmp_path, 0, 80)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("first", range(1_000, 4_000, 500))
def test_three_thousand_malformed_folders_open_no_file_outside(
    tmp_path: Path, first: int
) -> None:
    look(tmp_path, first, 500)
