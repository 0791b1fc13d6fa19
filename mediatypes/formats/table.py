"""The file of a table: one JSON object of columns, types and rows."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from mediatypes._core.arrays import is_array, read_only
from mediatypes._core.columns import NUMBERS, Column
from mediatypes._core.times import TIME, has_zone, parsed, written
from mediatypes.errors import DecodeError, ManifestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["decode", "encode", "pack"]

_ROWS: Final = 8_192
"""Rows that are turned into JSON at once, so that memory stays bounded."""
_MAX_EXACT: Final = 2**53
_PLAIN_TYPES: Final = frozenset([bool, str, type(None)])
"""Types of cells that JSON writes as they are."""
_MEMBERS: Final[dict[str, set[type]]] = {"b": {bool}, "f": {float, int}}
"""What JSON has for elements, by their kind; whole numbers elsewhere."""
_MISFITS: Final = (ValueError, TypeError, OverflowError, KeyError, OSError, Warning)
"""What other values than those of its type make of a column."""

_encode: Final = msgspec.json.Encoder().encode


class _File(msgspec.Struct):
    columns: list[str]
    types: list[str]
    data: list[list[Any]]


class _Piece(msgspec.Struct, omit_defaults=True):
    """A column in one array with all the others."""

    name: str
    type: str
    sizes: tuple[int, ...]
    """Bytes of its numbers and of the mask of the missing ones, or of its JSON."""


def pack(
    names: Sequence[str], columns: Sequence[Column], of_cell: Callable[[Any], Any]
) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """Return all that `encode` needs: one array of bytes, and what is in it.

    Parameters
    ----------
    names, columns
        Of the table, as many names as columns, all columns of one length.
    of_cell
        Returns the JSON of a cell.
    """
    contents: list[Any] = []
    pieces: list[dict[str, Any]] = []
    for name, column in zip(names, columns, strict=True):
        found = _contents(column, of_cell)
        sizes = tuple(len(content) for content in found)
        pieces.append(msgspec.to_builtins(_Piece(name, column.dtype, sizes)))
        contents += found
    data = b"".join(contents)
    flat = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    return flat, {"columns": pieces}


def _contents(column: Column, of_cell: Callable[[Any], Any]) -> list[Any]:
    values: Any = column.values
    if is_array(values):
        found = [values.astype(values.dtype.newbyteorder("<"), copy=False)]
        found += [] if column.missing is None else [column.missing]
        return [array.view(np.uint8) for array in found]
    if set(map(type, values)) <= _PLAIN_TYPES:
        return [_encode(values)]
    return [_encode([of_cell(cell) for cell in values])]


def encode(flat: NDArray[np.uint8], *, columns: list[dict[str, Any]]) -> bytes:
    """Return the file of a table: ``{"columns": […], "types": […], "data": [[…]]}``.

    Parameters
    ----------
    flat, columns
        As `pack` returned them.
    """
    pieces = msgspec.convert(columns, list[_Piece])
    found: list[Column] = []
    start = 0
    for piece in pieces:
        ends = np.cumsum([start, *piece.sizes]).tolist()
        contents = [flat[i:j] for i, j in pairwise(ends)]
        found.append(_unpacked(piece.type, contents))
        start = ends[-1]
    head = {"columns": [x.name for x in pieces], "types": [x.type for x in pieces]}
    return b"".join([_encode(head)[:-1], b',"data":[', *_rows(found), b"]}\n"])


def _unpacked(dtype: str, contents: list[Any]) -> Column:
    time = TIME.fullmatch(dtype)
    if dtype not in NUMBERS and time is None:
        return Column(msgspec.json.decode(contents[0], type=list[msgspec.Raw]))
    plain = dtype if time is None else f"{time[1]}64[{time[2]}]"
    values = contents[0].view(np.dtype(plain).newbyteorder("<"))
    missing = contents[1].view(np.bool_) if len(contents) > 1 else None
    return Column(values, missing, None if time is None else time[3])


def _rows(columns: Sequence[Column]) -> Iterator[bytes]:
    length = columns[0].length if columns else 0
    for start in range(0, length, _ROWS):
        stop = min(start + _ROWS, length)
        parts = [_json(column, start, stop) for column in columns]
        rows = _encode(list(zip(*parts, strict=True)))[1:-1]
        yield b",%b" % rows if start else rows


def _json(column: Column, start: int, stop: int) -> list[Any]:
    """Return the cells from `start` to `stop` as JSON has them."""
    part: Any = column.values[start:stop]
    if not is_array(part):
        cells: list[Any] = part
        return cells
    if part.dtype.kind in "Mm":
        return written(part, aware=column.zone is not None)
    found: list[Any] = part.tolist()
    for at in _odd_places(part):
        number = found[at]
        found[at] = {"$f" if isinstance(number, float) else "$i": str(number)}
    if column.missing is not None:
        for gap in np.flatnonzero(column.missing[start:stop]).tolist():
            found[gap] = None
    return found


def _odd_places(part: NDArray[Any]) -> list[int]:
    """Return where numbers are that JSON needs a tag for."""
    if part.dtype.kind == "f":
        odd = ~np.isfinite(part)
    elif part.dtype.itemsize == 8 and part.dtype.kind in "iu":  # noqa: PLR2004 - bytes
        odd = part > _MAX_EXACT
        if part.dtype.kind == "i":
            odd |= part < -_MAX_EXACT
    else:
        return []
    return np.flatnonzero(odd).tolist() if odd.any() else []


def decode(
    data: bytes, of_json: Callable[[Any], Any]
) -> tuple[list[str], list[Column]]:
    """Return names and columns of a file.

    Parameters
    ----------
    data
        Of the file.
    of_json
        Returns the cell of JSON.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is not what `encode` writes.
    """
    try:
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"table: {error}"[:200]
        raise DecodeError(msg) from error
    width = len(file.columns)
    if len(set(file.columns)) != width or len(file.types) != width:
        msg = "table: names and types of columns do not agree"
        raise DecodeError(msg)
    if any(len(row) != width for row in file.data):
        msg = "table: not every row has a value for each column"
        raise DecodeError(msg)
    try:
        found = [
            _column([row[place] for row in file.data], dtype, of_json)
            for place, dtype in enumerate(file.types)
        ]
    except (ManifestError, RecursionError) as error:
        msg = f"table: {error}"[:200]
        raise DecodeError(msg) from error
    return file.columns, found


def _column(values: list[Any], dtype: str, of_json: Callable[[Any], Any]) -> Column:
    """Return the column that a file has under a type."""
    try:
        if dtype in NUMBERS:
            return _numbers(values, np.dtype(dtype), of_json)
        time = TIME.fullmatch(dtype)
        if time is not None:
            return _times(values, *time.groups())
    except _MISFITS as error:
        msg = f"a column of {dtype} has other values: {error}"[:200]
        raise DecodeError(msg) from error
    if set(map(type, values)) <= {*_PLAIN_TYPES, int, float}:
        return Column(values)
    return Column([of_json(value) for value in values])


def _times(values: list[Any], family: str, unit: str, zone: str | None) -> Column:
    if zone is not None and (family == "timedelta" or not has_zone(zone)):
        msg = f"a time zone {zone!r}"
        raise ValueError(msg)
    return Column(parsed(values, family, unit), None, zone)


def _numbers(
    values: list[Any], dtype: np.dtype[Any], of_json: Callable[[Any], Any]
) -> Column:
    kinds = set(map(type, values))
    missing = None
    if type(None) in kinds:
        missing = read_only(np.array([x is None for x in values], np.bool_))
        values = [dtype.type(0).item() if x is None else x for x in values]
    if dict in kinds:
        values = [of_json(x) if isinstance(x, dict) else x for x in values]
    if not set(map(type, values)) <= _MEMBERS.get(dtype.kind, {int}):
        msg = f"not all are {dtype}"
        raise ValueError(msg)
    with np.errstate(over="ignore"):
        array = np.array(values, dtype)
    if dtype.kind == "f" and not _agrees(array, values):
        msg = f"not all fit into {dtype}"
        raise ValueError(msg)
    return Column(read_only(array), missing)


def _agrees(array: NDArray[Any], values: list[Any]) -> bool:
    """Whether no number became infinite in a narrower type."""
    wide = np.flatnonzero(np.isinf(array)).tolist()
    return all(math.isinf(values[at]) for at in wide)
