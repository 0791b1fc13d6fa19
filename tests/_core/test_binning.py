from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes._core import binning, bins

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


def numbers(dtype: str, seed: int, spread: float, offset: float) -> NDArray[Any]:
    """Return some thousand numbers of a type, in no order."""
    random = np.random.default_rng(seed)
    if dtype in FLOATS:
        drawn = random.normal(offset * spread, spread, 3_000)
        most = float(np.finfo(dtype).max)
        return np.asarray(drawn.clip(-most, most).astype(dtype))
    info = np.iinfo(dtype)
    least, most = max(info.min, -int(1e6 * spread)), min(info.max, int(1e6 * spread))
    return np.asarray(random.integers(least, most, 3_000, dtype, endpoint=True))


def with_ties(values: NDArray[Any], edges: NDArray[Any]) -> NDArray[Any]:
    """Return `values`, and all edges with their neighbours, as far as they fit."""
    near = np.concatenate(
        [edges, np.nextafter(edges, -np.inf), np.nextafter(edges, np.inf)]
    )
    inside = near[(near >= values.min()) & (near <= values.max())]
    with np.errstate(over="ignore", invalid="ignore"):
        return np.concatenate([values, inside.astype(values.dtype)])


@settings(deadline=None, max_examples=200)
@given(
    dtype=st.sampled_from(FLOATS + INTEGERS),
    seed=st.integers(0, 100),
    spread=st.sampled_from([1e-30, 1e-3, 0.7, 1.0, 1e4, 1e30]),
    offset=st.sampled_from([0, 0, 1, -3, 50, 1e4]),
    count=st.sampled_from([1, 2, 3, 7, 10, 64, 100, 255, 256, 257, 512]),
    limits=st.sampled_from([None, None, (0, 1), (-0.5, 0.3), (-1e5, 1e5), (0, 1e-7)]),
)
def test_counts_and_edges_are_those_of_numpy_with_ties_at_the_edges(
    dtype: str,
    seed: int,
    spread: float,
    offset: float,
    count: int,
    limits: tuple[float, float] | None,
) -> None:
    values = numbers(dtype, seed, spread, offset)
    with np.errstate(all="ignore"):
        try:
            edges = np.histogram_bin_edges(values, count, limits)
            if not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
                return  # numpy's own are no bins; ours are widened
            values = with_ties(values, edges)
            expected, edges = np.histogram(values, count, limits)
        except (ValueError, IndexError):
            return
        if not (np.diff(edges) > 0).all():
            return

    found = bins.count(values, count, limits)

    np.testing.assert_array_equal(found.counts, expected)
    np.testing.assert_array_equal(found.edges, edges)
    assert found.edges.dtype == edges.dtype


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8"])
def test_blocks_add_up(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binning, "_BLOCK", 1_000)
    values = numbers(dtype, 1, 0.01, 0)
    edges = np.histogram_bin_edges(values, 64)

    found = binning.count_equal(values, edges, values.min(), values.max())

    assert found is not None
    np.testing.assert_array_equal(found, np.histogram(values, 64)[0])


def test_plain_numbers_take_the_fast_way() -> None:
    for values in (numbers("float32", 1, 1, 0), numbers("float64", 1, 1, 1e4)):
        edges = np.histogram_bin_edges(values, 64)
        assert (
            binning.count_equal(values, edges, values.min(), values.max()) is not None
        )


def test_floats_too_coarse_for_fine_bins_are_left_to_numpy() -> None:
    values = np.linspace(1e6, 1e6 + 8, 2_000, dtype=np.float32)
    edges = np.histogram_bin_edges(values, 64)

    assert binning.count_equal(values, edges, values.min(), values.max()) is None


@pytest.mark.parametrize("dtype", ["int8", "uint8", "float16", "int16"])
def test_numbers_of_few_patterns_are_listed_once(dtype: str) -> None:
    values = np.tile(numbers(dtype, 3, 0.01, 0), 30)

    found = binning.distinct(values)

    assert found is not None
    expected = np.unique(values, return_counts=True)
    order = np.argsort(found[0])
    np.testing.assert_array_equal(found[0][order], expected[0])
    np.testing.assert_array_equal(found[1][order], expected[1])


@settings(deadline=None, max_examples=60)
@given(
    dtype=st.sampled_from(["float32", "float64", "int64", "uint8"]),
    seed=st.integers(0, 100),
    spread=st.sampled_from([1e-3, 1.0, 1e4]),
    offset=st.sampled_from([0, 1, 50, 1e4, 1e7]),
    outlier=st.booleans(),
)
def test_moments_are_those_of_exact_sums(
    dtype: str, seed: int, spread: float, offset: float, *, outlier: bool
) -> None:
    values = numbers(dtype, seed, spread, offset)
    if outlier:
        values[17] = values.max() // 2 + values.max() // 4 if dtype == "uint8" else 100
    whole = [float(x) for x in values]
    total = math.fsum(whole)
    mean = total / len(whole)
    std = math.sqrt(math.fsum((x - mean) ** 2 for x in whole) / len(whole))

    found = bins.count(values, 4, None).statistics

    assert found["sum"] == pytest.approx(total, rel=1e-12, abs=1e-12 * spread)
    assert found["mean"] == pytest.approx(mean, rel=1e-12, abs=1e-12 * spread)
    assert found["std"] == pytest.approx(std, rel=1e-9)


def test_the_sum_of_whole_numbers_is_exact() -> None:
    values = np.random.default_rng(0).integers(0, 1_000_000, 100_001)

    assert bins.count(values, 8, None).statistics["sum"] == int(values.sum())


def test_equal_numbers_have_no_deviation() -> None:
    values = np.full(5_000, 0.1, np.float32)

    assert bins.count(values, 8, None).statistics["std"] == 0


def test_no_thread_of_a_blas_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    for name in ("dot", "vdot", "inner", "matmul"):
        monkeypatch.setattr(np, name, refuse)
    bins.count(numbers("float64", 1, 1, 0), 64, None)
