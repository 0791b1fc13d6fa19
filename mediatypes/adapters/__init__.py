"""Turn other libraries' objects into plain data.

An adapter is named by text and loaded when its library's object is met, so reading
this table imports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

import numpy as np

from mediatypes._core.arrays import Plain, has_no_axes, is_array, is_sequence
from mediatypes._core.optional import type_name
from mediatypes.adapters.figures import as_figure, is_figure
from mediatypes.adapters.lookup import Adapter, is_of, load
from mediatypes.adapters.refusal import Refusal
from mediatypes.errors import MediaTypesError, ShapeError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "as_array",
    "as_figure",
    "as_items",
    "as_picture",
    "frame_module",
    "is_figure",
    "is_numbers",
    "is_picture",
    "load",
    "series_module",
]


_TENSORFLOW: Final = ("Tensor", "Variable", "RaggedTensor", "SparseTensor")

_ARRAYS: Final = (
    Adapter("numpy.ma", ("MaskedArray",), "numpy"),
    Adapter("numpy", ("ndarray",), "numpy"),
    Adapter("PIL.Image", ("Image",), "pillow"),
    Adapter("torch", ("Tensor",), "torch"),
    Adapter("jax", ("Array",), "jax"),
    Adapter("tensorflow", _TENSORFLOW, "tensorflow"),
    Adapter("cupy", ("ndarray",), "cupy"),
    Adapter("mlx.core", ("array",), "mlx"),
    Adapter("pandas", ("Series", "Index"), "pandas"),
    Adapter("polars", ("Series",), "polars"),
    Adapter("pyarrow", ("Array", "ChunkedArray"), "pyarrow"),
    Adapter("array", ("array",), "numpy"),
    Adapter("builtins", ("memoryview",), "numpy"),
)
"""What holds numbers; the first row that fits is followed."""

_FRAMES: Final = (
    Adapter("pandas", ("DataFrame",), "pandas"),
    Adapter("polars", ("DataFrame", "LazyFrame"), "polars"),
    Adapter("pyarrow", ("Table", "RecordBatch"), "pyarrow"),
)
"""What has named columns, so that it is no array though it can become one."""

_PICTURE: Final = Adapter("PIL.Image", ("Image",), "pillow")
_SHORT: Final = {
    "bfloat16": np.float32,
    **dict.fromkeys(["int2", "int4"], np.int8),
    **dict.fromkeys(["uint2", "uint4"], np.uint8),
}
"""Types that NumPy has none for, and the least of its own that has all their values."""
_STEPS: Final = ("detach", "cpu", "numpy")
"""Methods that lead from a tensor to its numbers."""
_HINTS: Final = (
    ("toarray", "Pass x.toarray()."),
    ("keys", "Pass list(x.values())."),
    ("isdisjoint", "Pass sorted(x)."),
    ("__iter__", "Pass list(x)."),
)
"""What to pass instead, by a method that the value has."""
_MAX_REASON: Final = 120
"""Characters of another library's message that are repeated."""
_BUILT_IN: Final = frozenset(
    [
        *(type(None), bool, int, float, complex, str, bytes, memoryview),
        *(list, tuple, dict, set),
    ]
)
"""Built-in types, so that most values of a row are told at once."""


def is_picture(value: object) -> bool:
    """Whether `value` is a Pillow image."""
    return is_of(value, _PICTURE)


def frame_module(value: object) -> str | None:
    """Return the adapter of a frame with named columns, None if `value` is none."""
    if type(value) in _BUILT_IN or is_array(value):
        return None
    return next((x.module for x in _FRAMES if is_of(value, x)), None)


def series_module(value: object) -> str | None:
    """Return the adapter of a column of a frame, None if `value` is none."""
    if type(value) in _BUILT_IN or is_array(value):
        return None
    modules = [frame.module for frame in _FRAMES]
    found = (x.module for x in _ARRAYS if x.module in modules and is_of(value, x))
    return next(found, None)


def is_numbers(value: object) -> bool:
    """Whether `value` is an array or tensor of any library, with one axis or more.

    Pictures, figures, frames with named columns, lists and arrays of objects are not.
    """
    if type(value) in _BUILT_IN or has_no_axes(value):
        return False
    if str(getattr(value, "dtype", "")) == "object":
        return False
    if isinstance(value, type) or is_picture(value):
        return False
    if frame_module(value) is not None:
        return False
    if any(is_of(value, adapter) for adapter in _ARRAYS):
        return True
    held = hasattr(value, "__array__") or hasattr(value, "__dlpack__")
    return (held and not _is_single(value)) or _is_tensor(value)


def _is_single(value: object) -> bool:
    """Whether `value`, where its shape is not told, is one number."""
    if hasattr(value, "shape"):
        return False
    try:
        return np.ndim(cast("Any", value)) == 0
    except Exception:  # noqa: BLE001 - of any library; the constructor says what it is
        return False


def _is_tensor(value: object) -> bool:
    """Whether `value` has the methods of a tensor, of whatever library."""
    return all(callable(getattr(value, name, None)) for name in _STEPS)


def as_array(value: object, *, media: str, field: str) -> Plain:
    """Return `value` as a NumPy array, with the name and habits of its type.

    The array may still share memory with `value`.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If `value` is nothing that holds numbers.
    mediatypes.errors.ShapeError
        If `value` is nested sequences of unequal lengths.
    """
    if _is_plain(value):
        return Plain(value, "numpy.ndarray")  # the common case, ten times as fast
    plain = _called(_converted, value, media, field)
    if plain is None:
        raise UnsupportedInputError(
            media,
            field,
            expected="an array of numbers",
            received=type_name(value),
            hint=next((hint for name, hint in _HINTS if hasattr(value, name)), ""),
        )
    return plain


def _is_plain(value: object) -> TypeGuard[NDArray[Any]]:
    """Whether `value` is NumPy's own array of numbers in the machine's order."""
    if type(value) is not np.ndarray:
        return False
    dtype: np.dtype[Any] = value.dtype
    return dtype.isbuiltin == 1 and dtype.kind != "O"


def _converted(value: Any) -> Plain | None:
    """Return `value` as an array, or None if it is nothing that holds numbers."""
    for adapter in _ARRAYS:
        if is_of(value, adapter):
            to_plain = cast("Callable[[object], Plain]", load(adapter.module).to_plain)
            return _widened(to_plain(value))
    if is_sequence(value):
        return _widened(Plain(_stacked(value), type_name(value)))
    if _is_tensor(value):
        return _widened(load("torch").to_plain_alike(value))
    if hasattr(value, "__array__"):
        return _widened(Plain(np.asarray(value), type_name(value)))
    if hasattr(value, "__dlpack__"):
        return _widened(Plain(np.from_dlpack(value), type_name(value)))
    return None


def _widened(plain: Plain) -> Plain:
    """Return `plain` in a type of NumPy's own that has all its values."""
    name = plain.array.dtype.name
    wide = np.float32 if name.startswith("float8_") else _SHORT.get(name)
    if wide is None:
        return plain
    with np.errstate(all="ignore"):
        return plain._replace(array=plain.array.astype(wide))


def _stacked(items: list[Any] | tuple[Any, ...]) -> NDArray[Any]:
    """Return nested sequences as an array, tensors of any library among them."""
    if not items or type(items[0]) in _BUILT_IN - {list, tuple}:
        return np.asarray(items)
    return np.asarray([_part(item) for item in items])


def _part(item: Any) -> Any:
    if is_sequence(item):
        return _stacked(item)
    if type(item) in _BUILT_IN:
        return item
    plain = _converted(item)
    if plain is None:
        raise Refusal("an array, or sequences of numbers", f"a {type_name(item)} in it")
    return plain.array


def as_picture(value: object) -> tuple[Plain, tuple[str, ...]]:
    """Return `value` as the pixels it holds or is drawn as, and what was left out.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is neither an array nor a figure.
    """
    if not _is_plain(value) and is_figure(value):
        drawn = load("matplotlib").render(as_figure(value))
        return Plain(drawn.pixels, drawn.source), drawn.reasons
    return as_array(value, media="Image", field="pixels"), ()


def _called(
    convert: Callable[[Any], Plain | None], value: object, media: str, field: str
) -> Plain | None:
    try:
        return convert(value)
    except Refusal as refusal:
        raise UnsupportedInputError(
            media,
            field,
            expected=refusal.expected,
            received=refusal.received,
            source=type_name(value),
            hint=refusal.hint,
        ) from refusal.__cause__
    except (MediaTypesError, MemoryError):
        raise
    except Exception as error:
        kind = ShapeError if is_sequence(value) else UnsupportedInputError
        reason = str(error).split("\n", 1)[0][:_MAX_REASON].rstrip(". ")
        raise kind(
            media,
            field,
            expected="an array, or nested sequences of equal lengths",
            received=f"something NumPy refuses ({reason or type(error).__name__})",
            source=type_name(value),
        ) from error


def as_items(value: object, *, media: str, field: str) -> tuple[list[Any], bool]:
    """Return the items of a batch, and whether their channels come first.

    A batch is a list or tuple of pictures, or an array of shape (items, height, width)
    or (items, height, width, channels), in the order of its library.

    Raises
    ------
    mediatypes.errors.ShapeError
        If an array has other axes.
    """
    if is_sequence(value) and value and not is_sequence(value[0]):
        return list(value), False
    plain = as_array(value, media=media, field=field)
    if plain.array.ndim not in (3, 4):
        raise ShapeError(
            media,
            field,
            expected="items × height × width, or also × channels",
            received=f"shape {plain.array.shape}",
            source=plain.source,
        )
    if plain.masked is None:
        return list(plain.array), plain.channels_first
    return list(np.ma.array(plain.array, mask=plain.masked)), plain.channels_first
