from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mediatypes._core import arrays

if TYPE_CHECKING:
    from collections.abc import Callable


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


@pytest.mark.parametrize(
    "turned",
    [
        pytest.param(lambda a: a, id="plain"),
        pytest.param(lambda a: a.T, id="turned"),
        pytest.param(lambda a: a[::-1, ::2], id="strided"),
        pytest.param(lambda a: a.astype(">i4"), id="big-endian"),
        pytest.param(lambda a: np.ma.array(a, mask=a > 3), id="masked"),
        pytest.param(lambda a: a[:1], id="one row"),
    ],
)
def test_a_large_array_is_copied_as_a_small_one_is(
    turned: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = turned(np.arange(35).reshape(5, 7))
    small = arrays.own(source)
    monkeypatch.setattr(arrays, "LARGE", 0)
    large = arrays.own(source)

    assert type(large) is np.ndarray
    assert large.dtype == small.dtype
    assert large.flags.c_contiguous
    assert not large.flags.writeable
    assert not np.shares_memory(large, source)
    np.testing.assert_array_equal(large, small)
