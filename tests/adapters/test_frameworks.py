"""The same numbers are the same file, whatever holds them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow

from mediatypes import errors
from mediatypes.adapters import as_array
from mediatypes.media import Array, Audio, Histogram, Image, Table, wrap
from mediatypes.recorder.row import build

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.frameworks

torch: Any = pytest.importorskip("torch")
jax: Any = pytest.importorskip("jax")
polars: Any = pytest.importorskip("polars")
pyarrow: Any = pytest.importorskip("pyarrow")

SHAPES: Final = ((1, 1), (5, 7), (4, 6, 1), (4, 6, 2), (4, 6, 3), (4, 6, 4))
PIXELS: Final = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64"),
)
SAMPLES: Final = ("uint8", "int16", "int32", "float16", "float32", "float64")
SIGNAL: Final = ((1,), (0,), (40,), (40, 1), (40, 2), (40, 5))
MODES: Final = {
    ("uint8", 2, 0): "L",
    ("uint8", 3, 2): "LA",
    ("uint8", 3, 3): "RGB",
    ("uint8", 3, 4): "RGBA",
    ("bool", 2, 0): "1",
    ("uint16", 2, 0): "I;16",
    ("float32", 2, 0): "F",
}
"""The mode of Pillow that holds (dtype, axes, channels) as it is."""
AS_LIST: Final = {"bool", "uint8", "int64", "float64"}
"""Types whose numbers a list keeps: Python has one integer and one float."""


def numbers(dtype: str, shape: tuple[int, ...]) -> Any:
    """Return numbers that every type can store, the same at every call."""
    rng = np.random.default_rng(len(shape) + sum(shape))
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.startswith("float"):
        return (rng.integers(0, 257, shape) / 256).astype(dtype)
    high = min(np.iinfo(dtype).max, 65_535 if dtype == "uint16" else 255)
    return rng.integers(0, high + 1, shape).astype(dtype)


def in_memory_map(array: Any) -> Any:
    np.save("numbers.npy", array)
    return np.load("numbers.npy", mmap_mode="r" if array.size else None)


def in_torch(array: Any, *, is_sound: bool = False) -> Any:
    """Return a tensor, its channels first as torch has them, a view that is odd."""
    if is_sound and array.ndim == 2:
        return torch.from_numpy(array.T.copy())
    if not is_sound and array.ndim == 3:
        return torch.from_numpy(array.copy()).permute(2, 0, 1)
    return torch.from_numpy(array.copy())


def in_jax(array: Any) -> Any:
    with jax.enable_x64(True):  # noqa: FBT003 - as jax has it
        return jax.numpy.asarray(array)


def in_pillow(array: Any) -> Any:
    channels = array.shape[2] if array.ndim == 3 else 0
    if (array.dtype.name, array.ndim, channels) not in MODES:
        return array
    return Pillow.fromarray(array)


def big_endian(array: Any) -> Any:
    return array.astype(array.dtype.newbyteorder(">"))


def with_steps(array: Any) -> Any:
    """Return a view of every second element of something larger, backwards."""
    larger = np.zeros([2 * side for side in array.shape], array.dtype)
    view = larger[tuple(slice(None, None, -2) for _ in array.shape)]
    view[...] = array
    return view


CONTAINERS: Final[dict[str, Callable[[Any], Any]]] = {
    "list": lambda array: array.tolist() if array.dtype.name in AS_LIST else array,
    "torch": in_torch,
    "parameter": lambda array: (
        torch.nn.Parameter(in_torch(array)) if array.dtype.kind == "f" else array
    ),
    "jax": in_jax,
    "pillow": in_pillow,
    "memory map": in_memory_map,
    "big-endian": big_endian,
    "steps": with_steps,
    "fortran": np.asfortranarray,
    "memoryview": lambda array: memoryview(array) if array.ndim > 1 else array,
    "read-only": lambda array: np.frombuffer(array.tobytes(), array.dtype).reshape(
        array.shape
    ),
}


def stored(value: Any) -> Any:
    """Return what is written for a value, but for the name of the dtype it had."""
    if isinstance(value, Histogram):
        return {**value.to_inline(), "source": None}
    encoded = value.encode()
    return encoded.data, encoded.extension, encoded.meta


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dtype", PIXELS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_pixels_are_the_same_file(
    container: str, dtype: str, shape: tuple[int, ...]
) -> None:
    array = numbers(dtype, shape)

    held = Image(CONTAINERS[container](array))

    assert stored(held) == stored(Image(array))


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dtype", SAMPLES)
@pytest.mark.parametrize("shape", SIGNAL)
def test_the_same_samples_are_the_same_file(
    container: str, dtype: str, shape: tuple[int, ...]
) -> None:
    array = numbers(dtype, shape)
    if container == "torch":
        held = in_torch(array, is_sound=True)
    elif container in {"pillow", "parameter"} or (container, dtype) == (
        "list",
        "uint8",
    ):
        held = array
    else:
        held = CONTAINERS[container](array)

    found = stored(Audio(held, 8_000))

    assert found == stored(Audio(array, 8_000))


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dtype", PIXELS)
@pytest.mark.parametrize("shape", [(0,), (1,), (30,), (3, 4), (2, 3, 4)])
def test_the_same_numbers_are_the_same_histogram_and_array(
    container: str, dtype: str, shape: tuple[int, ...]
) -> None:
    array = numbers(dtype, shape)
    held = array
    if container == "torch":
        held = torch.from_numpy(array.copy())
    elif container not in {"pillow", "parameter"}:
        held = CONTAINERS[container](array)

    assert stored(Histogram(held)) == stored(Histogram(array))
    if container == "list":  # an empty one has no type
        held = np.asarray(held, dtype)
    assert stored(Array(held)) == stored(Array(array))


# Numbers that NumPy has no type for


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_short_floats_are_float32_of_the_same_value(name: str) -> None:
    values = [0.0, 0.5, 1.0, -2.0]
    tensors = [
        torch.tensor(values).to(getattr(torch, name)),
        jax.numpy.asarray(values, getattr(jax.numpy, name)),
        np.asarray(jax.numpy.asarray(values, getattr(jax.numpy, name))),
    ]

    for tensor in tensors:
        found = Array(tensor)
        assert found.dtype == np.float32
        assert found.to_numpy().tolist() == values
        assert Histogram(tensor).statistics["sum"] == -0.5
        assert Audio(tensor[:3], 8_000).to_numpy().tolist() == values[:3]
        assert Image(tensor.reshape(2, 2)).source.clipped == 1


@pytest.mark.parametrize("name", ["int4", "uint4"])
def test_short_integers_are_bytes_of_the_same_value(name: str) -> None:
    found = Array(jax.numpy.asarray([0, 1, 7], getattr(jax.numpy, name)))

    assert found.to_numpy().tolist() == [0, 1, 7]
    assert found.dtype.itemsize == 1


@pytest.mark.parametrize(
    ("scalar", "expected"),
    [
        (torch.tensor(1.5), 1.5),
        (torch.tensor(1.5, requires_grad=True), 1.5),
        (torch.tensor(1.5, dtype=torch.bfloat16), 1.5),
        (torch.tensor(3), 3),
        (torch.tensor(data=True), True),
        (jax.numpy.float32(0.5), 0.5),
        (jax.numpy.bfloat16(0.5), 0.5),
        (jax.numpy.asarray(7), 7),
        (pyarrow.scalar(3), 3),
        (pyarrow.scalar(None), None),
        ([torch.tensor(1), jax.numpy.float32(2)], [1, 2]),
    ],
)
def test_a_tensor_without_axes_is_a_number(scalar: Any, expected: Any) -> None:
    row = build({"k": scalar})

    assert row.data == {"k": expected}
    assert not row.items


# What is no array of numbers


def made_of_torch() -> list[tuple[Any, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls some of these prototypes
        return [
            (torch.zeros(2, 2).to_sparse(), r"x\.to_dense\(\)"),
            (torch.zeros(2, 2).to_sparse_csr(), r"x\.to_dense\(\)"),
            (torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.quint8), "quant"),
            (torch.nested.nested_tensor([torch.zeros(1)]), "to_padded_tensor"),
            (torch.zeros(2, device="meta"), "meta device"),
            (torch.nn.parameter.UninitializedParameter(), "uninitialized"),
        ]


@pytest.mark.parametrize(("value", "hint"), made_of_torch())
@pytest.mark.parametrize("media", [Image, Histogram, Array])
def test_a_tensor_without_plain_numbers_is_refused(
    value: Any, hint: str, media: Any
) -> None:
    with pytest.raises(errors.UnsupportedInputError, match=hint) as caught:
        media(value)
    assert caught.value.media == media.__name__

    with pytest.raises(errors.UnsupportedInputError, match=r"data\['k'\]"):
        build({"k": value})


def test_a_traced_array_and_random_keys_are_refused() -> None:
    def step(x: Any) -> Any:
        with pytest.raises(errors.UnsupportedInputError, match="outside of jit"):
            Array(x)
        with pytest.raises(errors.UnsupportedInputError, match="outside of jit"):
            build({"k": x.sum()})
        return x

    jax.jit(step)(jax.numpy.zeros(2))
    with pytest.raises(errors.UnsupportedInputError, match="key_data"):
        Array(jax.random.key(0))


def test_a_list_of_losses_with_gradients_is_a_histogram() -> None:
    losses = [torch.tensor(x, requires_grad=True) for x in (0.5, 1.0, 1.5)]

    assert Histogram(losses).statistics["mean"] == 1.0


# Columns


@pytest.mark.parametrize("make", [polars.Series, pyarrow.array])
@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, None, 3], "int64", [1, 0, 3]),
        ([True, None], "bool", [True, False]),
        (["a", None, "bc"], "<U2", ["a", "", "bc"]),
        ([1.5, 2.5], "float64", [1.5, 2.5]),
        ([2**62, 2**62 + 1, None], "int64", [2**62, 2**62 + 1, 0]),
    ],
)
def test_columns_keep_their_type_and_null_is_counted(
    make: Any, values: Any, dtype: str, expected: Any
) -> None:
    plain = as_array(make(values), media="Array", field="data")

    assert plain.array.dtype == dtype
    assert plain.array.tolist() == expected
    found = Array(make(values))
    assert found.source.nonfinite == values.count(None)
    assert isinstance(wrap(make(values)), Array)


@pytest.mark.parametrize("make", [polars.Series, pyarrow.array])
def test_null_among_floats_is_nan(make: Any) -> None:
    found = Array(make([1.5, None]))

    assert np.isnan(found.to_numpy()).tolist() == [False, True]
    assert found.source.nonfinite == 1


def test_arrow_in_pieces_in_codes_and_with_axes() -> None:
    pieces = pyarrow.chunked_array([[1, None], [3]])
    codes = pyarrow.array(["a", "b", "a"]).dictionary_encode()
    rows = pyarrow.FixedShapeTensorArray.from_numpy_ndarray(np.arange(6).reshape(3, 2))

    assert Array(pieces).to_numpy().tolist() == [1, 0, 3]
    assert Array(codes).to_numpy().tolist() == ["a", "b", "a"]
    assert Array(rows).to_numpy().tolist() == [[0, 1], [2, 3], [4, 5]]


def test_polars_with_axes() -> None:
    kind = polars.Array(polars.Int8, 2)

    assert Array(polars.Series([[1, 2], [3, 4]], dtype=kind)).shape == (2, 2)


@pytest.mark.parametrize(
    "frame", [polars.DataFrame({"a": [1]}), pyarrow.table({"a": [1]})]
)
def test_a_frame_is_a_table_and_no_array(frame: Any) -> None:
    assert isinstance(wrap(frame), Table)
