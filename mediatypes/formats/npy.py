"""NPY, the file format of one array: numpy.lib.format, without pickles.

The header is read here, not by ``numpy.load``, so that a file that claims more than it
holds is an error before anything is allocated.
"""

from __future__ import annotations

import ast
import io
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np

from mediatypes.errors import DecodeError, EncodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["decode", "encode", "encode_flat"]

_MAGIC: Final = b"\x93NUMPY"
_LENGTH: Final = {b"\x01\x00": 2, b"\x02\x00": 4, b"\x03\x00": 4}
"""Bytes of the header's length, by version."""
_VERSIONS: Final = ((1, 0), (2, 0), (3, 0))
_MAX_HEADER: Final = 1 << 20
_MEMBERS: Final = frozenset(["descr", "fortran_order", "shape"])


class _Header(NamedTuple):
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    is_fortran: bool
    end: int
    """Where the elements begin."""


def encode(array: NDArray[Any]) -> bytes:
    """Return `array` as a file, in the first version of the format that can hold it.

    Raises
    ------
    mediatypes.errors.EncodeError
        If it holds objects, or its header would be longer than 1 MiB.
    """
    out, reason = io.BytesIO(), ""
    for version in _VERSIONS:
        try:
            np.lib.format.write_array(out, array, version, allow_pickle=False)
        except ValueError as error:
            reason = str(error)
            out.seek(0)
            continue
        data = out.getvalue()
        if len(data) - array.nbytes <= _MAX_HEADER:
            return data
        reason = "header too long"
        break
    msg = f"npy: {reason}"
    raise EncodeError(msg)


def encode_flat(data: NDArray[np.uint8], descr: str, shape: Sequence[int]) -> bytes:
    """Return the array whose elements are the bytes `data` as a file.

    Parameters
    ----------
    data
        One axis, in C order.
    descr
        Its dtype, as the header of the file has it.
    shape
        Of the array.
    """
    written: Any = ast.literal_eval(descr) if descr.startswith("[") else descr
    dtype = np.lib.format.descr_to_dtype(written)
    empty = np.empty(tuple(shape), dtype)
    return encode(data.view(dtype).reshape(empty.shape) if data.size else empty)


def decode(data: bytes) -> NDArray[Any]:
    """Return the array of a file, read-only, over the bytes of the file itself.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is damaged or truncated, or asks to unpickle objects.
    """
    try:
        head = _header(data)
        count = math.prod(head.shape)
        if count * head.dtype.itemsize != len(data) - head.end:
            raise DecodeError(_MISFIT)
        flat = np.frombuffer(data, head.dtype, count, head.end) if count else None
        if flat is None:
            flat = np.empty(0, head.dtype)
        return flat.reshape(head.shape, order="F" if head.is_fortran else "C")
    except _FAILURES as error:
        msg = f"npy: {str(error) or type(error).__name__}"
        raise DecodeError(msg) from error


_OTHER: Final = "its header has other members"
_MISFIT: Final = "the header and the number of bytes do not agree"
_FAILURES: Final = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(SyntaxError, RecursionError, MemoryError, OverflowError),
)
"""What NumPy and Python's parser raise on damaged headers."""


def _header(data: bytes) -> _Header:
    width = _LENGTH.get(data[6:8])
    if data[:6] != _MAGIC or width is None:
        msg = "it does not begin like one"
        raise DecodeError(msg)
    start = 8 + width
    end = start + int.from_bytes(data[8:start], "little")
    if end > min(len(data), _MAX_HEADER):
        msg = "its header is truncated or too long"
        raise DecodeError(msg)
    text = data[start:end].decode("utf-8" if data[6] > 2 else "latin-1")  # noqa: PLR2004 - version 3
    found: Any = ast.literal_eval(text.strip())
    if not isinstance(found, dict):
        raise DecodeError(_OTHER)
    members = cast("dict[str, Any]", found)
    if members.keys() != _MEMBERS:
        raise DecodeError(_OTHER)
    dtype = np.lib.format.descr_to_dtype(members["descr"])
    shape, is_fortran = members["shape"], members["fortran_order"]
    if type(shape) is not tuple or not all(map(_is_size, cast("Any", shape))):
        msg = "its shape is no tuple of sizes"
        raise DecodeError(msg)
    if dtype.hasobject or not dtype.itemsize:
        msg = f"its elements are of type {dtype}"
        raise DecodeError(msg)
    return _Header(dtype, cast("tuple[int, ...]", shape), bool(is_fortran), end)


def _is_size(side: object) -> bool:
    return type(side) is int and side >= 0
