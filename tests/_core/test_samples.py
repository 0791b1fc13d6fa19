from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mediatypes._core import samples

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_full_scale_fills_every_bit(bits: int) -> None:
    stored = samples.to_pcm(np.array([-1.0, 0.0, 1.0, 0.5]), bits)
    shift = 8 * stored.values.dtype.itemsize - bits

    full = 1 << (bits - 1)
    assert (stored.values >> shift).tolist() == [-full, 0, full - 1, full // 2]
    assert stored.clipped == 0


def test_only_what_is_beyond_full_scale_is_counted() -> None:
    assert samples.to_pcm(np.array([1.0, np.nextafter(1.0, 2), -1.1]), 16).clipped == 2


@pytest.mark.parametrize("values", [[], [0.0], [np.nan], [np.inf, 1], [-np.inf, -2]])
def test_what_is_not_finite_is_counted_and_mended(values: list[float]) -> None:
    array = np.array(values)

    stored = samples.to_samples(array, source="a list")

    mended = np.nan_to_num(array, nan=0, posinf=1, neginf=-1)
    np.testing.assert_array_equal(stored.values, mended)
    assert stored.nonfinite == np.count_nonzero(~np.isfinite(array))
    assert stored.peak == (np.abs(mended).max() if values else None)


@settings(deadline=None)
@given(
    array=hnp.arrays(
        st.sampled_from(["float32", "float64"]),
        st.integers(0, 20),
        elements=st.floats(-1.5, 1.5, width=32),
    ),
    bits=st.sampled_from([8, 16, 24, 32]),
)
def test_a_sample_is_the_nearest_step(array: NDArray[Any], bits: int) -> None:
    full = 1 << (bits - 1)
    exact = [round(Fraction(float(x)) * full) for x in array]

    stored = samples.to_pcm(array, bits)

    shift = 8 * stored.values.dtype.itemsize - bits
    expected = [min(max(level, -full), full - 1) for level in exact]
    assert (stored.values >> shift).tolist() == expected
    assert stored.clipped == np.count_nonzero(np.abs(array) > 1)


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_the_greatest_floats_are_clipped_without_a_warning(bits: int) -> None:
    most = float(np.finfo(np.float64).max)
    pcm = samples.to_pcm(np.array([most, -most, 0.5]), bits)

    expected = samples.to_pcm(np.array([1.0, -1.0, 0.5]), bits)
    np.testing.assert_array_equal(pcm.values, expected.values)
    assert pcm.clipped == 2
