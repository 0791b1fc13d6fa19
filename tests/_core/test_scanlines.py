from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mediatypes._core import scanlines
from tests.formats import reference_png

if TYPE_CHECKING:
    from numpy.typing import NDArray


@settings(deadline=None, max_examples=60)
@given(
    pixels=hnp.arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
    ),
    block=st.sampled_from([1, 40, 1 << 16]),
)
def test_the_filter_of_each_row_is_undone_by_another_reader(
    pixels: NDArray[np.uint8], block: int
) -> None:
    height, _, channels = pixels.shape
    rows = pixels.reshape(height, -1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanlines, "_BLOCK", block)
        filtered = scanlines.adapted(rows, channels)

    undone = reference_png.unfiltered(filtered.tobytes(), height, channels)
    assert undone == rows.tobytes()


def test_a_row_takes_the_filter_that_leaves_least() -> None:
    random = np.random.default_rng(0)
    steps = random.integers(0, 5, (40, 60, 3)).cumsum(axis=0).cumsum(axis=1)
    rows = steps.astype(np.uint8).reshape(40, -1)

    chosen = scanlines.adapted(rows, 3)

    above = bytes(rows.shape[1])
    for row, filtered in zip(rows, chosen, strict=True):
        least = min(
            size_of(reference_png.filtered(row.tobytes(), above, kind, 3))
            for kind in range(5)
        )
        assert size_of(filtered.tobytes()) == least
        above = row.tobytes()
    assert len(set(chosen[:, 0].tolist())) > 1


def size_of(filtered: bytes) -> int:
    """Return the sum of the differences, without the type of the filter."""
    return sum(min(byte, 256 - byte) for byte in filtered[1:])
