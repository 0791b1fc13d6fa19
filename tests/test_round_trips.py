"""Values of every kind survive storage, in numbers; run by ``pytest -m slow``.

The suite of each type does the same with fewer examples in every run.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mediatypes as mt
from mediatypes import testing
from mediatypes.media import MEDIA_TYPES
from mediatypes.recorder.row import build
from mediatypes.schema import decode_value

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject, SearchStrategy

MANY: Final = 2_000
FEW: Final = 100

TYPES: Final = {
    kind: testing.values_of(media_type)
    for kind, media_type in MEDIA_TYPES.items()
    if kind != "plot"  # a figure is drawn for each, which takes long
}


def counts() -> list[Any]:
    """Return how many examples are tried: a few always, many in the slow run."""
    return [FEW, pytest.param(MANY, marks=[pytest.mark.slow])]


def tried(count: int) -> settings:
    """Return the settings of a search for `count` examples."""
    return settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,
        ],
    )


def unicode_text() -> SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def logged() -> SearchStrategy[Any]:
    """Return what `log` takes besides media, as plain Python."""
    number = st.integers() | st.floats() | st.booleans() | st.none()
    big = st.integers(-(2**200), 2**200)
    return st.recursive(
        number | big | unicode_text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.tuples(inner, inner)
            | st.dictionaries(unicode_text(), inner, max_size=4)
        ),
        max_leaves=12,
    )


def plain(value: Any) -> Any:
    """Return `value` as it reads back: tuples are lists, NaN equals itself."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return (type(value).__name__, value)


@pytest.mark.parametrize("count", counts())
@pytest.mark.parametrize("kind", TYPES)
def test_media_are_read_back_as_they_were(kind: str, count: int) -> None:
    @tried(count)
    @given(TYPES[kind])
    def check(value: Any) -> None:
        found = testing.round_trip(value)
        assert found == value
        assert found.source == value.source
        assert dict(found.meta) == dict(value.meta)

    check()


@pytest.mark.parametrize("count", counts())
def test_pixels_are_within_half_a_step_of_what_was_logged(count: int) -> None:
    dtypes = ["bool", "uint8", "uint16", "float16", "float32", "float64"]

    @tried(count)
    @given(st.data())
    def check(data: DataObject) -> None:
        side = st.integers(1, 5)
        array = data.draw(testing.arrays(dtypes, st.tuples(side, side)))
        found: Any = testing.round_trip(mt.Image(array))
        assert found.to_numpy().dtype == array.dtype
        if array.dtype.kind != "f":
            np.testing.assert_array_equal(found.to_numpy(), array)
            return
        wide = array.astype(np.float64)
        wanted = np.clip(np.nan_to_num(wide, nan=0, posinf=1, neginf=0), 0, 1)
        step = 0.5 / 255 + (2e-3 if array.dtype == np.float16 else 1e-6)
        assert np.abs(found.to_numpy().astype(np.float64) - wanted).max() <= step

    check()


@pytest.mark.parametrize("count", counts())
def test_samples_are_exactly_those_that_were_logged(count: int) -> None:
    dtypes = ["uint8", "int16", "int32", "float16", "float32", "float64"]

    @tried(count)
    @given(st.data())
    def check(data: DataObject) -> None:
        shape = st.tuples(st.integers(0, 9), st.integers(1, 3))
        array = data.draw(testing.arrays(dtypes, shape))
        sound = mt.Audio(array, 8_000, layout="FC")
        found: Any = testing.round_trip(sound)
        wanted = array
        if array.dtype.kind == "f":
            wanted = np.nan_to_num(array, nan=0, posinf=1, neginf=-1)
        np.testing.assert_array_equal(found.to_numpy(), wanted)
        assert found.to_numpy().dtype == array.dtype

    check()


@pytest.mark.parametrize("count", counts())
def test_logged_values_are_read_back_as_they_were(count: int) -> None:
    @tried(count)
    @given(logged())
    def check(value: Any) -> None:
        row = build({"k": [value]})
        text = json.dumps(row.data, allow_nan=False, ensure_ascii=False)
        found = decode_value(json.loads(text.encode()))["k"]
        assert plain(found) == plain([value])

    check()


@pytest.mark.parametrize("count", counts())
def test_a_run_gives_back_what_was_logged(count: int) -> None:
    values: list[Any] = []

    @tried(count)
    @given(logged())
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    with mt.init() as run:
        for value in values:
            run.log({"k": [value]})
    history = mt.open_run(run.dir).history()

    assert len(history) == len(values)
    for row, value in zip(history, values, strict=True):
        assert plain(row["k"]) == plain([value])


def test_the_tolerance_of_a_float_is_half_of_one_step() -> None:
    levels = np.linspace(0, 1, 10_001)
    found: Any = testing.round_trip(mt.Image(levels.reshape(73, 137)))

    assert np.abs(found.to_numpy().ravel() - levels).max() <= 0.5 / 255 * (1 + 1e-12)
    assert math.isclose(found.to_numpy().max(), 1)
