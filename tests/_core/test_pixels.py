from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes._core import pixels


def test_the_rule_is_named_for_every_dtype() -> None:
    rules = {
        "uint8": "exact",
        "uint16": "exact",
        "bool": "bool",
        "int8": "integer",
        "uint64": "integer",
        "float16": "unit",
        "float64": "unit",
    }

    for dtype, rule in rules.items():
        stored = pixels.to_pixels(np.zeros((2, 2), dtype), None, source="")
        assert stored.rule == rule
        assert stored.rule in pixels.PIXEL_RULES


@settings(deadline=None, max_examples=100)
@given(st.integers(-1000, 1255), st.integers(1, 3))
def test_levels_are_what_exact_arithmetic_says(numerator: int, scale: int) -> None:
    value = numerator / (255 * scale)
    level = round(value * 255)  # round half to even, as rint

    stored = pixels.to_pixels(np.array([[value]]), None, source="")

    assert stored.values[0, 0] == min(max(level, 0), 255)
    assert stored.clipped == (level < 0 or level > 255)


def test_large_images_follow_the_same_rule_in_every_block() -> None:
    values = np.linspace(-0.5, 1.5, 200_001).reshape(1, -1)
    stored = pixels.to_pixels(values, None, source="")

    expected = np.clip(np.rint(values * 255), 0, 255)
    np.testing.assert_array_equal(stored.values, expected)
    outside = (np.rint(values * 255) < 0) | (np.rint(values * 255) > 255)
    assert stored.clipped == outside.sum()


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "uint64", "float16"])
def test_a_range_applies_to_every_dtype(dtype: str) -> None:
    values = np.array([[0, 1]]).astype(dtype)
    stored = pixels.to_pixels(values, (0.0, 1.0), source="")

    assert stored.values.tolist() == [[0, 255]]
    back = pixels.from_pixels(
        stored.values, dtype=dtype, rule=stored.rule, limits=stored.range
    )
    np.testing.assert_array_equal(back, values)
    assert back.dtype == values.dtype


@pytest.mark.parametrize(
    ("dtype", "numbers", "limits"),
    [
        ("float16", [65504, -65504], (0, 1e6)),
        ("uint64", [2**64 - 1, 2], "minmax"),
        ("int64", [-(2**63), 2**63 - 1], "minmax"),
        ("int8", [127, -128], (-1000, 1000)),
        ("longdouble", ["1e4000", "1"], "minmax"),
        ("longdouble", ["1e4000", "-1e4000"], None),
    ],
)
def test_extremes_of_a_type_come_back_without_a_warning(
    dtype: str, numbers: Any, limits: Any
) -> None:
    array = np.array([numbers], dtype)
    stored = pixels.to_pixels(array, limits, source="x")
    name, found = array.dtype.name, stored.range
    back = pixels.from_pixels(stored.values, dtype=name, rule=stored.rule, limits=found)

    assert back.dtype == array.dtype
    assert np.isfinite(back).all()
    if limits == "minmax" and array.dtype.kind in "iu":
        assert back.tolist() == array.tolist()


def test_a_range_narrower_than_its_floats_can_tell_wraps_nothing() -> None:
    array = np.array([1e6 - 0.0625, 1e6, 1e6 + 0.0625], np.float32)

    stored = pixels.to_pixels(array, (1e6 + 0.01, 1e6 + 0.02), source="an array")

    assert stored.values.tolist() == [0, 0, 255]
    assert stored.clipped == 3
