"""Numbers in a file of the cache."""

from __future__ import annotations

import mmap
import sys
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from mediatypes.viewer.columns import Growing
from mediatypes.viewer.stored import Stored

if TYPE_CHECKING:
    from pathlib import Path


def stored(path: Path, numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Stored:
    path.write_bytes(b"." * 64 + numbers.tobytes())
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return Stored(data, "<f8", len(numbers), 64)


@pytest.mark.parametrize(
    ("first", "last"), [(0, 9), (2, 3), (3, 7), (5, 9), (6, 8), (4, 4), (0, 0)]
)
def test_numbers_in_a_file_go_on_with_those_that_came_later(
    tmp_path: Path, first: int, last: int
) -> None:
    growing = Growing("d", stored(tmp_path / "kept", np.arange(5.0)))
    for number in range(5, 9):
        growing.append(float(number))

    assert len(growing) == 9
    assert growing.part(first, last).tolist() == list(range(first, last))
    growing.append(9.0)
    assert growing.values.tolist() == list(range(10))


def test_a_file_that_is_too_short_is_refused_at_once(tmp_path: Path) -> None:
    kept = stored(tmp_path / "kept", np.arange(5.0))

    with pytest.raises(ValueError, match="buffer"):
        Stored(kept._data, "<f8", 6, 64)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count otherwise")
def test_what_is_read_from_a_file_does_not_stay_in_memory(tmp_path: Path) -> None:
    kept = stored(tmp_path / "kept", np.arange(8e6))
    before = psutil.Process().memory_info().rss
    total = sum(
        float(kept.read(first, first + 1_000_000).sum())
        for first in range(0, 8_000_000, 1_000_000)
    )

    assert total == 8e6 * (8e6 - 1) / 2
    assert psutil.Process().memory_info().rss - before < 24e6  # of 64 MB
