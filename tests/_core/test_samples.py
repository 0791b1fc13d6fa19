from __future__ import annotations

import numpy as np
import pytest

from mediatypes._core import samples


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_full_scale_fills_every_bit(bits: int) -> None:
    stored = samples.to_pcm(np.array([-1.0, 0.0, 1.0, 0.5]), bits)
    shift = 8 * stored.values.dtype.itemsize - bits

    full = 1 << (bits - 1)
    assert (stored.values >> shift).tolist() == [-full, 0, full - 1, full // 2]
    assert stored.clipped == 0


def test_only_what_is_beyond_full_scale_is_counted() -> None:
    assert samples.to_pcm(np.array([1.0, np.nextafter(1.0, 2), -1.1]), 16).clipped == 2


@pytest.mark.parametrize("values", [[], [0.0], [np.nan], [np.inf, 1], [-np.inf]])
def test_finiteness_is_what_numpy_says(values: list[float]) -> None:
    array = np.array(values)

    assert samples.has_only_finite(array) == np.isfinite(array).all()


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_the_greatest_floats_are_clipped_without_a_warning(bits: int) -> None:
    most = float(np.finfo(np.float64).max)
    pcm = samples.to_pcm(np.array([most, -most, 0.5]), bits)

    expected = samples.to_pcm(np.array([1.0, -1.0, 0.5]), bits)
    np.testing.assert_array_equal(pcm.values, expected.values)
    assert pcm.clipped == 2
