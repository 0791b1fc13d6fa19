"""Objects of libraries that CI does not install, as these libraries describe them."""

from __future__ import annotations

import array
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mediatypes import errors
from mediatypes.adapters import as_array, is_numbers
from mediatypes.media import Array, Audio, Histogram, Image
from mediatypes.recorder.row import build

NUMBERS = np.arange(6, dtype=np.float32).reshape(2, 3)


def view(array: Any) -> memoryview:
    return memoryview(array)


class Tensor:
    """As TensorFlow's: numbers by ``numpy()``, a shape that is no tuple."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)
        self.shape = self.values.shape

    def numpy(self) -> Any:
        return self.values


class Symbolic(Tensor):
    def numpy(self) -> Any:
        msg = "numpy() is only available when eager execution is enabled."
        raise NotImplementedError(msg)


class Ragged(Tensor):
    def to_tensor(self) -> Any:
        return self


class Sparse(Tensor):
    dense_shape = (2, 3)


class OnGpu:
    """As CuPy's: refuses to become an array on its own."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)
        self.shape = self.values.shape

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        msg = "Implicit conversion to a NumPy array is not allowed."
        raise TypeError(msg)

    def get(self) -> Any:
        return self.values


class Lazy:
    """As MLX's: bfloat16 has to be cast first."""

    def __init__(self, values: Any, dtype: str = "mlx.core.float32") -> None:
        self.values = np.asarray(values)
        self.shape = self.values.shape
        self.dtype = dtype

    def astype(self, dtype: Any) -> Lazy:
        assert dtype == "its float32"
        return Lazy(self.values, "mlx.core.float32")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        assert self.dtype == "mlx.core.float32"
        return self.values


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    members: dict[str, dict[str, Any]] = {
        "tensorflow": {
            "Tensor": Tensor,
            "Variable": Tensor,
            "RaggedTensor": Ragged,
            "SparseTensor": Sparse,
        },
        "cupy": {"ndarray": OnGpu},
        "mlx.core": {"array": Lazy, "float32": "its float32"},
    }
    for name, content in members.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("make", [Tensor, OnGpu, Lazy])
def test_each_library_hands_over_its_numbers(make: Any) -> None:
    plain = as_array(make(NUMBERS), media="Image", field="pixels")

    np.testing.assert_array_equal(plain.array, NUMBERS)
    assert not plain.channels_first
    assert is_numbers(make(NUMBERS))
    assert isinstance(build({"k": make(NUMBERS)}).items[0].value, Array)
    assert build({"k": make(np.float32(2.5))}).data == {"k": 2.5}


@pytest.mark.usefixtures("libraries")
def test_bfloat16_of_mlx_is_cast_by_mlx() -> None:
    plain = as_array(Lazy(NUMBERS, "mlx.core.bfloat16"), media="Image", field="pixels")

    np.testing.assert_array_equal(plain.array, NUMBERS)


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (Symbolic(NUMBERS), "outside of tf.function"),
        (Ragged(NUMBERS), r"x\.to_tensor\(\)"),
        (Sparse(NUMBERS), r"tf\.sparse\.to_dense\(x\)"),
    ],
)
@pytest.mark.parametrize("media", [Image, Histogram, Array])
def test_a_tensor_without_numbers_is_refused_with_a_hint(
    value: Any, hint: str, media: Any
) -> None:
    with pytest.raises(errors.UnsupportedInputError, match=hint) as caught:
        media(value)
    assert caught.value.media == media.__name__


def test_a_sparse_matrix_is_refused_with_a_hint() -> None:
    matrix = SimpleNamespace(toarray=lambda: NUMBERS, shape=(2, 3))

    with pytest.raises(errors.UnsupportedInputError, match=r"Pass x\.toarray\(\)"):
        Array(matrix)


def test_whatever_a_foreign_method_raises_is_one_sentence_of_ours() -> None:
    class Broken:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            raise KeyError("a\nb" * 999)

    with pytest.raises(errors.UnsupportedInputError, match="Image: pixels") as caught:
        Image(Broken())
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        (pd.Series([1, None], dtype="Int64"), "int64", [1, 0]),
        (pd.Series([True, None], dtype="boolean"), "bool", [True, False]),
        (pd.Series(["a", None], dtype="string"), "<U1", ["a", ""]),
        (pd.Series(["a", None], dtype="category"), "<U1", ["a", ""]),
        (pd.Series([3, 1], dtype="category"), "int64", [3, 1]),
        (pd.Index([1.5, 2]), "float64", [1.5, 2]),
        (pd.Series([2, 3], dtype="uint8"), "uint8", [2, 3]),
        (array.array("h", [1, -2]), "int16", [1, -2]),
        (view(np.array([[1, 2]], ">i2")), ">i2", [[1, 2]]),
        (np.ma.array([1, 2], mask=[False, True]), "int64", [1, 0]),
        (np.ma.array(["a", "b"], mask=[False, True]), "<U1", ["a", ""]),
        (np.ma.array([1, 2]), "int64", [1, 2]),
        ([np.float32(1), np.array(2)], "float64", [1, 2]),
        ((pd.Series([1, 2]), [3, 4]), "int64", [[1, 2], [3, 4]]),
    ],
)
def test_values_keep_their_type_and_what_is_missing_is_zero(
    value: Any, dtype: str, expected: Any
) -> None:
    plain = as_array(value, media="Array", field="data")

    assert plain.array.dtype == dtype
    assert plain.array.tolist() == expected
    missing = sum(item in (0, False, "") for item in np.ravel(expected).tolist())
    masked = 0 if plain.masked is None else int(plain.masked.sum())
    assert masked == missing


def test_missing_floats_are_nan() -> None:
    for value in (pd.Series([1.5, None]), np.ma.array([1.5, 2], mask=[False, True])):
        found = as_array(value, media="Array", field="data").array
        assert np.isnan(found).tolist() == [False, True]


def test_missing_values_are_counted_by_every_type() -> None:
    mask = [[False, True], [False, False]]
    whole = np.ma.array(np.array([[9, 9], [3, 4]], np.int16), mask=mask)
    rational = np.ma.array([[0.5, 0.5], [0.25, 1]], mask=mask)

    assert Image(whole).source.nonfinite == Image(rational).source.nonfinite == 1
    assert Audio(whole, 8_000).source.nonfinite == 1
    assert Audio(rational, 8_000).source.nonfinite == 1
    assert Image(whole).to_numpy().tolist() == [[9, 0], [3, 4]]
    assert Audio(rational, 8_000).to_numpy().tolist() == [[0.5, 0], [0.25, 1]]
    for values in (whole, rational):
        histogram = Histogram(values)
        assert histogram.statistics["count"] == histogram.counts.sum() == 3
        assert histogram.statistics["nan"] == histogram.source.nonfinite == 1
        assert histogram.statistics["min"] == values.min()


def test_a_batch_keeps_what_is_masked() -> None:
    batch = np.ma.array(np.full((2, 3, 3), 9), mask=False)
    batch[1, 0, 0] = np.ma.masked

    assert [item.source.nonfinite for item in Image.batch(batch)] == [0, 1]


def test_masked_fields_of_records_are_refused() -> None:
    records = np.ma.array(np.zeros(2, [("a", "f4")]), mask=[(True,), (False,)])

    with pytest.raises(errors.UnsupportedInputError, match=r"x\.filled\(\)"):
        Array(records)


@pytest.mark.parametrize("content", [b"\x89PNG", bytearray(b"\x89PNG")])
def test_a_flat_view_of_bytes_is_a_file_to_pictures_and_sounds(content: Any) -> None:
    for media in (Image, Audio):
        with pytest.raises(errors.DecodeError):
            media(memoryview(content))


def test_a_view_of_numbers_is_an_array_to_every_type() -> None:
    samples = view(np.arange(4, dtype=np.int16))
    pixels = view(np.zeros((2, 3), np.uint8))

    assert Audio(samples, 8_000).to_numpy().tolist() == [0, 1, 2, 3]
    assert Image(pixels).to_numpy().shape == (2, 3)
    assert Histogram(samples).counts.sum() == 4


def test_frames_with_named_columns_are_no_arrays() -> None:
    assert not is_numbers(pd.DataFrame({"a": [1]}))
    assert is_numbers(pd.Series([1]))


@pytest.mark.parametrize("field", ["counts", "weights"])
def test_counts_and_weights_that_are_masked_are_refused(field: str) -> None:
    masked = np.ma.array([1, 2], mask=[True, False])
    pair: Any = (masked, [0, 1, 2])
    arguments: dict[str, Any] = {"np_histogram": pair}
    if field == "weights":
        arguments = {"sequence": [1, 2], "weights": masked}

    with pytest.raises(errors.OptionError, match=f"Histogram: {field} must be known"):
        Histogram(**arguments)


def test_numbers_wider_than_a_double_are_counted_or_infinite() -> None:
    wide = np.array(["1e4000", "1"], np.longdouble)
    histogram = Histogram(wide)

    beyond = int(np.isfinite(wide[0]))  # a longdouble is a double on some machines
    assert histogram.statistics["count"] == 1
    assert histogram.statistics["posinf"] == beyond or not beyond


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (range(3), r"list\(x\)"),
        ({1, 2}, r"sorted\(x\)"),
        ((x for x in [1]), r"list\(x\)"),
        ({"a": 1}, r"list\(x\.values\(\)\)"),
    ],
)
def test_what_can_become_a_list_is_refused_with_a_hint(value: Any, hint: str) -> None:
    with pytest.raises(errors.UnsupportedInputError, match=hint):
        Histogram(value)


def holding_itself() -> list[Any]:
    ring: Any = np.empty(1, object)
    ring[0] = ring
    loop: list[Any] = []
    loop.append(loop)
    masked = np.ma.array(np.empty(2, object), mask=[True, False])
    return [ring, loop, masked]


@pytest.mark.parametrize("value", holding_itself(), ids=["array", "list", "masked"])
@pytest.mark.parametrize("media", [Image, Histogram, Array])
def test_what_holds_itself_or_objects_is_refused(value: Any, media: Any) -> None:
    with pytest.raises(errors.InvalidMediaError):
        media(value)
    with pytest.raises(errors.InvalidMediaError):
        build({"k": value})
