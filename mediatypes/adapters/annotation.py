"""Masks and points of any library as numbers of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import is_sequence, read_only, within_doubles
from mediatypes._core.labels import refuse
from mediatypes._core.optional import type_name
from mediatypes.adapters import as_array, files, is_picture
from mediatypes.errors import (
    DecodeError,
    DtypeError,
    ShapeError,
    UnsupportedInputError,
)
from mediatypes.formats import picture, png

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from mediatypes._core.arrays import Plain

__all__ = [
    "DTYPES",
    "MAX_ID",
    "Ids",
    "Points",
    "decode_ids",
    "ids_of",
    "read_ids",
    "read_lines",
    "read_points",
]

MAX_ID: Final = 65_535
_BYTE: Final = 255
_IDS: Final = f"whole numbers from 0 to {MAX_ID:,}"
_INDEX_MODES: Final = ("1", "L", "P", "I", "I;16", "I;16L", "I;16B")
"""Modes of Pillow whose pixels are one number; of a palette, the index."""
DTYPES: Final = frozenset(
    ["bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))]
    + [f"float{bits}" for bits in (16, 32, 64)]
)
"""Types that ids can have had."""
_FLAT: Final = 2


class Ids(NamedTuple):
    """The ids of a mask."""

    values: NDArray[Any]
    """uint8, or uint16 where an id is above 255; read-only."""
    dtype: str
    """What they were before."""
    masked: bool
    """Whether some were not there, and became 0."""


class Points(NamedTuple):
    """Points, as JSON has them."""

    values: list[list[float | None]]
    low: float
    high: float
    """Least and greatest coordinate, 0 if there is none."""
    missing: int
    """Coordinates that were not finite, and became null."""


def read_ids(field: str, value: object, size: tuple[int, int]) -> Ids:
    """Return the ids of a mask: an array, nested lists, or a Pillow image.

    Parameters
    ----------
    field
        What the mask is called in messages.
    value
        Shape (height, width); one axis of length 1 before or behind them is dropped.
    size
        Height and width of the picture.

    Raises
    ------
    mediatypes.errors.ShapeError
        If there are other axes, or another size.
    mediatypes.errors.DtypeError
        If the ids are not whole numbers from 0 to 65,535.
    """
    if is_picture(value):
        source = type_name(value)
        return _ids(field, _indices(field, value, source), size, source)
    plain = as_array(value, media="Image", field=field)
    masked = plain.masked is not None and bool(plain.masked.any())
    return _ids(field, plain.array, size, plain.source)._replace(masked=masked)


def ids_of(field: str, value: object, size: tuple[int, int]) -> Ids:
    """Return the ids of a picture file: a path, bytes or an open file.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no picture file.
    mediatypes.errors.UnsupportedInputError
        If it has colours, or is no file at all.
    """
    content = files.read(value, "Image")
    if content is None:
        raise UnsupportedInputError(
            "Image",
            field,
            expected="a path, bytes or an open file",
            received=type_name(value),
            hint='Pass {"mask_data": x} for an array.',
        )
    try:
        with picture.opened(content.data) as image:
            array = _indices(field, image, content.source)
    except DecodeError as error:
        expected = "a picture file with one number a pixel"
        raise files.undecodable("Image", expected, content.source, error) from error
    return _ids(field, array, size, content.source)


def _indices(field: str, image: Any, source: str) -> NDArray[Any]:
    found: Image = image
    if found.mode not in _INDEX_MODES:
        raise UnsupportedInputError(
            "Image",
            field,
            expected="a picture with one number a pixel, grey or with a palette",
            received=f"mode {found.mode}",
            source=source,
        )
    try:
        return np.asarray(found)
    except picture.failures() as error:
        raise files.undecodable("Image", "readable", source, error) from error


def _ids(field: str, array: NDArray[Any], size: tuple[int, int], source: str) -> Ids:
    shape = array.shape
    if shape in ((*size, 1), (1, *size)):
        array = array.reshape(size)
    if array.shape != size:
        raise ShapeError(
            "Image",
            field,
            expected=f"of the picture's height × width, {size}",
            received=f"shape {shape}",
            source=source,
            hint="Pass x.argmax(0) for one channel a class."
            if len(shape) > _FLAT and shape[1:] == size
            else "",
        )
    most = _most(field, array, source)
    dtype = np.uint8 if most <= _BYTE else np.uint16
    values = np.array(array, dtype=dtype, order="C", copy=True, subok=False)
    return Ids(read_only(values), array.dtype.name, masked=False)


def _most(field: str, array: NDArray[Any], source: str) -> int:
    """Return the greatest id, or at least what the type allows, of checked ids."""
    kind, dtype = array.dtype.kind, array.dtype
    if kind == "b" or (kind == "u" and dtype.itemsize == 1):
        return _BYTE
    if dtype.name not in DTYPES:
        _refuse_ids(field, f"dtype {dtype}", source)
    low, high = array.min().item(), array.max().item()
    if not (low >= 0 and high <= MAX_ID):  # NaN is neither
        _refuse_ids(field, f"{low} to {high}", source)
    if kind == "f" and not (array == np.rint(array)).all():
        _refuse_ids(field, "fractions", source)
    return int(high)


def _refuse_ids(field: str, received: str, source: str) -> None:
    raise DtypeError("Image", field, expected=_IDS, received=received, source=source)


def decode_ids(data: bytes, size: tuple[int, int], dtype: str) -> NDArray[Any]:
    """Return the ids of a stored mask in the type they had.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no grey PNG of the picture's size; that is known before it is decoded.
    """
    head = png.header(data)
    if (head.height, head.width) != size or head.samples != 1 or dtype not in DTYPES:
        msg = f"mask: {head.height} x {head.width} pixels, not the picture's {size}"
        raise DecodeError(msg)
    if head.is_wide:
        found: NDArray[Any] = png.decode(data)
    else:
        with picture.opened(data) as image:
            found = np.asarray(image) if image.mode == "L" else np.empty(0)
    if found.shape != size:
        msg = "mask: it is not grey"
        raise DecodeError(msg)
    return read_only(found.astype(dtype))


def read_points(field: str, value: object) -> Points:
    """Return points of shape (points, 2), each x and y; none if it is empty.

    Raises
    ------
    mediatypes.errors.ShapeError
        If there are other axes.
    mediatypes.errors.DtypeError
        If they are not real numbers.
    """
    plain = as_array(value, media="Image", field=field)
    array = plain.array
    if array.size == 0 and array.ndim <= _FLAT:
        return Points([], 0, 0, 0)
    if array.ndim != _FLAT or array.shape[1] != 2:  # noqa: PLR2004 - x and y
        raise ShapeError(
            "Image",
            field,
            expected="points × 2, each x and y",
            received=f"shape {array.shape}",
            source=plain.source,
        )
    if array.dtype.kind not in "iuf":
        raise DtypeError(
            "Image",
            field,
            expected="real numbers",
            received=f"dtype {array.dtype}",
            source=plain.source,
        )
    return _points(plain)


def _points(plain: Plain) -> Points:
    array = within_doubles(plain.array).astype(np.float64)
    finite = np.isfinite(array)
    values: list[list[float | None]] = array.tolist()
    if finite.all():
        return Points(values, float(array.min()), float(array.max()), 0)
    for row, column in np.argwhere(~finite).tolist():
        values[row][column] = None
    near = array[finite]
    ends = (float(near.min()), float(near.max())) if near.size else (0.0, 0.0)
    return Points(values, *ends, array.size - near.size)


def read_lines(field: str, value: object) -> list[Points]:
    """Return lines, each of points as for `read_points`, which are its corners."""
    if not is_sequence(value):
        plain = as_array(value, media="Image", field=field)
        if plain.array.ndim == 0:
            refuse(field, "a list of lines", type_name(value))
        value = list(plain.array)
    return [read_points(f"{field}[{i}]", line) for i, line in enumerate(value)]
