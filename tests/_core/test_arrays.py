from __future__ import annotations

import numpy as np
import pytest

from mediatypes._core import arrays


def test_an_owned_array_shares_nothing() -> None:
    source = np.arange(6, dtype=">i4").reshape(2, 3)[:, ::-1]
    owned = arrays.own(source)

    assert not np.shares_memory(owned, source)
    assert owned.flags.c_contiguous
    assert owned.dtype.isnative
    assert not owned.flags.writeable
    np.testing.assert_array_equal(owned, source)


def test_an_owned_array_is_of_no_subclass() -> None:
    assert type(arrays.own(np.ma.array([1, 2]))) is np.ndarray


@pytest.mark.parametrize(
    "value", [1, 1.5, True, np.float32(1), np.int8(1), np.bool_(1)]
)
def test_one_number_is_a_number(value: object) -> None:
    assert arrays.is_number(value)


@pytest.mark.parametrize("value", ["1", None, [1], np.array(1), 1j])
def test_anything_else_is_no_number(value: object) -> None:
    assert not arrays.is_number(value)
