from __future__ import annotations

import numpy as np
import pytest

from mediatypes import errors
from mediatypes._core import layout
from mediatypes._core.arrays import Plain


def plain(*shape: int, channels_first: bool = False) -> Plain:
    return Plain(np.zeros(shape, np.uint8), "somewhere", channels_first)


@pytest.mark.parametrize(
    ("shape", "first", "said", "expected"),
    [
        ((5, 6), False, None, (5, 6)),
        ((5, 6), True, None, (5, 6)),
        ((5, 6), False, "CHW", (5, 6)),
        ((5, 6, 3), False, None, (5, 6, 3)),
        ((3, 5, 6), True, None, (5, 6, 3)),
        ((3, 5, 6), False, "CHW", (5, 6, 3)),
        ((5, 6, 3), True, "HWC", (5, 6, 3)),
        ((5, 6, 1), False, None, (5, 6, 1)),
    ],
)
def test_channels_end_up_last(
    shape: tuple[int, ...],
    first: bool,  # noqa: FBT001 - a column of the table
    said: str | None,
    expected: tuple[int, ...],
) -> None:
    found = layout.to_height_width(plain(*shape, channels_first=first), said)

    assert found.shape == expected


def test_a_layout_that_was_said_and_is_wrong_is_no_guess() -> None:
    with pytest.raises(errors.ShapeError) as caught:
        layout.to_height_width(plain(3, 5, 6), "HWC")

    assert type(caught.value) is errors.ShapeError
    assert caught.value.source == "somewhere"


@pytest.mark.parametrize(
    ("shape", "said", "expected"),
    [
        ((9,), None, (9,)),
        ((9,), "CF", (9,)),
        ((9, 2), None, (9, 2)),
        ((2, 9), "CF", (9, 2)),
        ((2, 9), "FC", (2, 9)),
        ((0, 9), None, (0, 9)),
        ((2, 2), None, (2, 2)),
    ],
)
def test_frames_end_up_first(
    shape: tuple[int, ...], said: str | None, expected: tuple[int, ...]
) -> None:
    found = layout.to_frames(plain(*shape), said, most=64, form="wav")

    assert found.shape == expected
