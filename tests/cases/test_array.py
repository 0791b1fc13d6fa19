"""Public fault reports about bare arrays in ``log``."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

import mediatypes as mt
from tests.cases.foreign import OnlyArray
from tests.cases.record import Record


@pytest.mark.parametrize("length", [1, 32, 33, 100])
@pytest.mark.parametrize("dtype", ["int64", "float32", "bool"])
def test_a_bare_array_keeps_its_values_in_order(
    length: int, dtype: str, run: mt.Run
) -> None:
    """Case 56, wandb/wandb#3114: more than 32 numbers became a histogram."""
    numbers = np.arange(length)[::-1].astype(dtype)

    run.log({"q": numbers, "deep": {"q": numbers.reshape(1, -1)}})

    record = Record(run)
    for key, expected in (("q", numbers), ("deep.q", numbers.reshape(1, -1))):
        (data,) = record.files(key)
        found = np.load(io.BytesIO(data), allow_pickle=False)
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
        assert record.entry(key)["kind"] == "array"
    items: Any = mt.open_run(record.dir).media("q")[0]
    np.testing.assert_array_equal(items[0].to_numpy(), numbers)


def test_a_foreign_array_is_no_histogram_either(run: mt.Run) -> None:
    """Case 56, BitMind-AI/bitmind-subnet#25: nor is one of another library."""
    run.log({"q": OnlyArray(np.arange(100))})

    record = Record(run)
    assert record.entry("q")["kind"] == "array"
    found = np.load(io.BytesIO(record.files("q")[0]), allow_pickle=False)
    np.testing.assert_array_equal(found, np.arange(100))
