"""Numbers in a file of the cache."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from mediatypes.viewer.columns import Growing
from mediatypes.viewer.stored import Source, Stored

if TYPE_CHECKING:
    from pathlib import Path


def stored(path: Path, numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Stored:
    path.write_bytes(b"." * 64 + numbers.tobytes())
    return Stored(Source(path), "<f8", len(numbers), 64)


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

    with pytest.raises(ValueError, match="short"):
        Stored(kept._source, "<f8", 6, 64)


@pytest.mark.parametrize("dtype", ["|O", "S0", "V0", "?", "U4", "M8[s]"])
def test_what_is_no_number_is_refused(tmp_path: Path, dtype: str) -> None:
    kept = stored(tmp_path / "kept", np.arange(5.0))

    with pytest.raises(ValueError, match="something else"):
        Stored(kept._source, dtype, 4, 0)


def test_one_that_has_become_shorter_raises_and_never_answers(tmp_path: Path) -> None:
    kept = stored(tmp_path / "kept", np.arange(5.0))
    with (tmp_path / "kept").open("r+b") as file:
        file.truncate(80)

    assert kept.read(0, 2).tolist() == [0, 1]
    with pytest.raises(OSError, match="shorter"):
        kept.read()


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    kept = stored(tmp_path / "kept", np.arange(100_000.0))

    def total(part: int) -> float:
        first = part * 1_000
        return float(kept.read(first, first + 1_000).sum())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(total, range(100))) == [*map(total, range(100))]
    assert sum(map(total, range(100))) == sum(range(100_000))


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
