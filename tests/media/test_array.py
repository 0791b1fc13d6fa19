from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.media import Array, wrap
from mediatypes.testing import round_trip

FIXTURES = Path(__file__).parents[1] / "fixtures" / "array"
ALIGNED = np.dtype([("a", "u1"), ("b", ">f8", (2,)), ("c", [("é", "<U3")])], align=True)


class TestArray(testing.MediaTests):
    media_type = Array

    def values(self) -> st.SearchStrategy[Any]:
        return testing.array()

    def source(self) -> Any:
        return np.linspace(0, 1, 6, dtype=">f4").reshape(2, 3)[::-1]


def read_back(array: Array) -> Array:
    return cast("Array", round_trip(array))


def anything() -> st.SearchStrategy[Any]:
    """Return arrays of every element type that NPY can hold, of 0 to 4 axes."""
    kinds = (
        hnp.scalar_dtypes()
        | hnp.unicode_string_dtypes(max_len=4)
        | hnp.byte_string_dtypes(max_len=4)
        | hnp.array_dtypes(max_size=3)
    )
    shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    return kinds.flatmap(lambda dtype: hnp.arrays(dtype, shapes))


@settings(max_examples=200)
@given(anything())
def test_every_element_is_read_back_as_it_was(array: Any) -> None:
    read = read_back(Array(array)).to_numpy()

    assert read.shape == array.shape
    assert read.dtype.newbyteorder("=") == Array(array).dtype.newbyteorder("=")
    expected = np.empty(array.shape, read.dtype)
    expected[...] = array
    assert read.tobytes() == expected.tobytes()


@settings(max_examples=200)
@given(anything())
def test_numpy_reads_our_file_without_pickles(array: Any) -> None:
    data = Array(array).encode().data

    read = np.load(io.BytesIO(data), allow_pickle=False)
    assert read.tobytes() == read_back(Array(array)).to_numpy().tobytes()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=">i4").reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3)),
        np.arange(12, dtype="<i4").reshape(2, 6)[:, :3] - [[0], [3]],
        np.arange(6, dtype="<i4")[::-1].reshape(2, 3)[::-1, ::-1],
        np.arange(6, dtype="<i4").reshape(2, 3).view(np.recarray),
        [[0, 1, 2], [3, 4, 5]],
    ],
)
def test_the_same_numbers_are_the_same_file(array: Any) -> None:
    expected = np.arange(6).reshape(2, 3)

    found = Array(np.asarray(array, dtype=np.asarray(array).dtype))

    np.testing.assert_array_equal(found.to_numpy(), expected)
    assert found.dtype.byteorder in "=<|"
    wide = Array(found.to_numpy().astype(np.int64))
    assert wide.encode().data == Array(expected.astype(np.int64)).encode().data


def test_records_are_stored_without_the_gaps_between_fields() -> None:
    array = np.zeros(2, ALIGNED)
    array["b"] = [[1, 2], [3, 4]]
    array["c"]["é"] = ["x", "yz"]

    read = read_back(Array(array)).to_numpy()

    assert read["b"].tolist() == [[1, 2], [3, 4]]
    assert read["c"]["é"].tolist() == ["x", "yz"]
    assert read.dtype.itemsize == 1 + 16 + 12


def test_nan_and_infinity_are_kept_without_a_word() -> None:
    array = Array(np.array([np.nan, np.inf, -0.0]))

    assert round_trip(array) == array
    assert np.signbit(read_back(array).to_numpy()[2])
    assert array.problems == ()


def test_what_is_masked_is_counted_and_said() -> None:
    array = Array(np.ma.array([1, 2, 3], mask=[False, True, False]))

    assert array.to_numpy().tolist() == [1, 0, 3]
    assert array.source.nonfinite == 1
    assert array.problems == ("1 of 3 values were masked; NaN or 0 is stored for them",)


def test_a_masked_float_is_nan() -> None:
    array = Array(np.ma.array([[1.0, 2.0]], mask=[[False, True]])).to_numpy()

    assert np.isnan(array).tolist() == [[False, True]]


def test_the_snapshot_is_taken_at_once() -> None:
    source = np.zeros(3)
    array = Array(source)
    source[:] = 1

    assert array.to_numpy().tolist() == [0, 0, 0]
    assert not array.to_numpy().flags.writeable
    assert not read_back(array).to_numpy().flags.writeable


@pytest.mark.parametrize(
    "junk",
    [
        np.array([None]),
        np.array([{"a": 1}]),
        np.zeros(2, [("a", "O")]),
        np.zeros(2, "V0"),
        [1, None],
    ],
)
def test_elements_that_are_objects_are_refused(junk: Any) -> None:
    with pytest.raises(errors.DtypeError, match="of fixed size"):
        Array(junk)


@pytest.mark.parametrize("junk", ["a.npy", b"\x93NUMPY", bytearray(3), 3, None])
def test_what_is_no_array_is_refused(junk: Any) -> None:
    with pytest.raises(errors.UnsupportedInputError, match="Array: data must be"):
        Array(junk)


def test_lists_of_unequal_lengths_are_refused() -> None:
    with pytest.raises(errors.ShapeError, match="equal lengths"):
        Array([[1], [1, 2]])


def test_another_array_gives_its_words_too() -> None:
    first = Array([1, 2], caption="a", meta={"x": 1})

    assert Array(first) == first
    assert Array(first, caption="b").caption == "b"


def test_arrays_of_other_types_or_shapes_differ() -> None:
    assert Array([1]) != Array([1.0])
    assert Array([[1]]) != Array([1])
    assert Array([1]) != Array([1], caption="x")
    assert Array([1]) != [1]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.zeros(()), "Array(0 axes, float64)"),
        (np.zeros((2, 0), np.int8), "Array(2 × 0, int8)"),
        (np.zeros((1,) * 9), "Array(9 axes, float64)"),
        (np.zeros(2, ALIGNED), "Array(2, records)"),
    ],
)
def test_the_short_form_shows_shape_and_type(array: Any, expected: str) -> None:
    assert repr(Array(array)) == expected


def test_the_record_says_what_the_file_holds() -> None:
    encoded = Array(np.zeros((2, 3), ">f4")).encode()

    assert encoded.meta == {"shape": [2, 3], "dtype": "<f4"}
    assert (encoded.extension, encoded.kind) == ("npy", "array")
    assert encoded.source is not None
    assert encoded.source.dtype == "float32"


def test_a_bare_array_with_an_axis_stands_for_itself() -> None:
    for value in (np.zeros(3), np.zeros(1), np.zeros((0, 2)), np.array(["a"])):
        assert isinstance(wrap(value), Array)
    for other in (np.array(3.0), np.float32(1), [1, 2], np.array([None]), np.ndarray):
        assert wrap(other) is None


def test_a_damaged_file_is_a_decode_error() -> None:
    encoded = Array([1.0, 2.0]).encode()
    record = Array([1.0, 2.0])
    object.__setattr__(record, "_array", None)
    object.__setattr__(record, "_file", encoded.data[:-1])

    with pytest.raises(errors.DecodeError, match="Array: its file cannot be read"):
        record.to_numpy()


def test_an_array_of_a_fixture_is_what_its_table_says() -> None:
    encoded = (FIXTURES / "rows.npy").read_bytes()
    record = Array(np.zeros(0))
    object.__setattr__(record, "_array", None)
    object.__setattr__(record, "_file", encoded)

    assert record.to_numpy().tolist() == [[1, 2, 3], [4, 5, -1]]


def test_a_run_keeps_a_bare_array_exactly() -> None:
    weights = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float16)
    with mt.init() as run:
        run.log({"weights": weights, "parts": [weights[0], weights[1:]]})

    read = mt.open_run(run.dir)
    (first,), parts = read.media("weights")[0], read.media("parts")[0]
    np.testing.assert_array_equal(first.to_numpy(), weights)
    assert first.to_numpy().dtype == np.float16
    assert [part.to_numpy().shape for part in parts] == [(4,), (2, 4)]
