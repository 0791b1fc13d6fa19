"""Turn other libraries' objects into plain data.

An adapter is named by text and loaded when its library's object is met, so reading
this table imports nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np

from mediatypes._core.arrays import Plain, is_array, is_sequence
from mediatypes._core.optional import loaded, type_name
from mediatypes.errors import ShapeError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "as_array",
    "as_figure",
    "as_items",
    "as_picture",
    "is_figure",
    "is_picture",
    "load",
]


class _Adapter(NamedTuple):
    library: str
    types: tuple[str, ...]
    module: str


_ARRAYS: Final = (
    _Adapter("PIL.Image", ("Image",), "pillow"),
    _Adapter("torch", ("Tensor",), "torch"),
)

_FIGURES: Final = (
    _Adapter("matplotlib.artist", ("Artist",), "matplotlib"),
    _Adapter("seaborn.axisgrid", ("Grid", "JointGrid"), "matplotlib"),
    _Adapter("seaborn._core.plot", ("Plot",), "matplotlib"),
)

_PICTURE: Final = _ARRAYS[0]
_SHORT_FLOATS: Final = frozenset(["bfloat16"])
"""Floats that NumPy has no type for, but that arrays of other libraries come in."""


def load(module: str) -> Any:
    """Import ``mediatypes.adapters.<module>``, by text so that no contract sees it."""
    return importlib.import_module(f"mediatypes.adapters.{module}")


def _is_of(value: object, adapter: _Adapter) -> bool:
    library = loaded(adapter.library)
    if library is None:
        return False
    found = [getattr(library, name, None) for name in adapter.types]
    return isinstance(value, tuple(kind for kind in found if isinstance(kind, type)))


def is_picture(value: object) -> bool:
    """Whether `value` is a Pillow image."""
    return _is_of(value, _PICTURE)


def is_figure(value: object) -> bool:
    """Whether `value` is, or belongs to, a matplotlib or seaborn figure.

    ``pyplot`` itself counts: it stands for its current figure. So does an array of
    Axes, as ``plt.subplots`` returns.
    """
    if value is loaded("matplotlib.pyplot") and value is not None:
        return True
    if is_array(value):
        return value.dtype == object and value.size > 0 and is_figure(value.flat[0])
    return any(_is_of(value, adapter) for adapter in _FIGURES)


def as_figure(value: object) -> Any:
    """Return the matplotlib figure that `value` is or belongs to.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If there is none.
    """
    if is_figure(value):
        return load("matplotlib").to_figure(value)
    raise UnsupportedInputError(
        "Plot",
        "figure",
        expected="pyplot, a matplotlib Figure, Axes or Artist, or a seaborn grid",
        received=type_name(value),
    )


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
    if is_array(value):
        return Plain(np.asarray(value), "numpy.ndarray")
    for adapter in _ARRAYS:
        if _is_of(value, adapter):
            to_plain = cast("Callable[[object], Plain]", load(adapter.module).to_plain)
            return to_plain(value)
    if is_sequence(value) or hasattr(value, "__array__"):
        array = _called(np.asarray, value, media, field)
    elif hasattr(value, "__dlpack__"):
        array = _called(np.from_dlpack, value, media, field)
    else:
        raise UnsupportedInputError(
            media, field, expected="an array of numbers", received=type_name(value)
        )
    if array.dtype.name in _SHORT_FLOATS:
        array = array.astype(np.float32)
    return Plain(array, type_name(value))


def as_picture(value: object) -> tuple[Plain, tuple[str, ...]]:
    """Return `value` as the pixels it holds or is drawn as, and what was left out.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is neither an array nor a figure.
    """
    if is_figure(value):
        drawn = load("matplotlib").render(as_figure(value))
        return Plain(drawn.pixels, drawn.source), drawn.reasons
    return as_array(value, media="Image", field="pixels"), ()


def _called(
    convert: Callable[[Any], NDArray[Any]], value: object, media: str, field: str
) -> NDArray[Any]:
    try:
        return convert(value)
    except (ValueError, TypeError, RuntimeError, OverflowError, BufferError) as error:
        kind = ShapeError if is_sequence(value) else UnsupportedInputError
        reason = str(error).split("\n", 1)[0].rstrip(".")
        raise kind(
            media,
            field,
            expected="an array, or nested sequences of equal lengths",
            received=f"something NumPy refuses ({reason})",
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
    return list(plain.array), plain.channels_first
