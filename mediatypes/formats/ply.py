"""PLY, the Stanford polygon format: points and faces with properties of any name.

Turk, "The PLY Polygon File Format" (1994): a header in ASCII, then the elements one
after the other, as text or in either byte order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Ply", "decode", "encode"]

_MAGIC: Final = b"ply"
_END: Final = re.compile(rb"end_header[ \t]*\r?\n")
_MAX_HEADER: Final = 1 << 16
_MAX_PROPERTIES: Final = 256
_ORDERS: Final = {
    "binary_little_endian": "<",
    "binary_big_endian": ">",
    "ascii": "=",
}
_TYPES: Final = dict(
    pair.split("=")
    for pair in (
        *("char=i1", "uchar=u1", "short=i2", "ushort=u2"),
        *("int=i4", "uint=u4", "float=f4", "double=f8"),
        *("int8=i1", "uint8=u1", "int16=i2", "uint16=u2"),
        *("int32=i4", "uint32=u4", "float32=f4", "float64=f8"),
    )
)
_NAMES: Final = {code: name for name, code in reversed(list(_TYPES.items()))}
_TRIANGLE: Final = 3
_MOST_CORNERS: Final = 64


class _Element(NamedTuple):
    name: str
    size: int
    properties: list[tuple[str, str, str]]
    """Name, type, and type of the count for a list, else ``""``."""


class Ply(NamedTuple):
    """What a file holds."""

    vertices: NDArray[Any]
    """A record for each vertex, with the properties as fields."""
    faces: NDArray[np.int64] | None
    """Triangles, shape (faces, 3); None where the faces differ in their corners."""
    face_count: int


def encode(vertices: NDArray[Any]) -> bytes:
    """Return records of one axis as a binary file of vertices.

    Examples
    --------
    >>> len(encode(np.zeros(1, [("x", "<f4")])))
    85
    """
    fields: Any = vertices.dtype.fields
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        f"element vertex {len(vertices)}",
    ]
    names = vertices.dtype.names or ()
    lines += [f"property {_NAMES[fields[name][0].str[1:]]} {name}" for name in names]
    return ("\n".join([*lines, "end_header", ""])).encode() + vertices.tobytes()


def decode(data: bytes) -> Ply:
    """Return the vertices and triangles of a file.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no PLY file, or holds less than its header says.
    """
    end = _END.search(data, 0, _MAX_HEADER)
    if not data.startswith(_MAGIC) or end is None:
        raise _damaged("it has no header")
    order, elements = _header(data[: end.start()].decode("latin-1"))
    position = end.end()
    vertices: NDArray[Any] | None = None
    faces: NDArray[np.int64] | None = None
    words = data[position:].split() if order == "=" else None
    position = 0 if words is not None else position
    for element in elements:
        is_list = any(counted for *_, counted in element.properties)
        if element.name == "face" and is_list:
            faces = _triangles(element, order, data, position, words)
            break  # what may follow has no known place
        if is_list:
            break
        dtype = np.dtype([(n, order + kind) for n, kind, _ in element.properties])
        found, position = _records(element, dtype, data, position, words)
        if element.name == "vertex":
            vertices = found
    if vertices is None or not {"x", "y", "z"} <= set(vertices.dtype.names or ()):
        raise _damaged("it has no vertices")
    count = next((e.size for e in elements if e.name == "face"), 0)
    return Ply(vertices, faces, count)


def _header(text: str) -> tuple[str, list[_Element]]:
    order, elements = "", list[_Element]()
    for line in text.splitlines()[1:]:
        words = line.split()
        if not words or words[0] in {"comment", "obj_info"}:
            continue
        match words:
            case ["format", name, "1.0"] if name in _ORDERS:
                order = _ORDERS[name]
            case ["element", name, count] if count.isascii() and count.isdigit():
                elements.append(_Element(name, int(count[:19]), []))
            case ["property", "list", counted, kind, name] if elements:
                known = {counted, kind} <= set(_TYPES)
                _add(elements[-1], name, kind, counted, known=known)
            case ["property", kind, name] if elements:
                _add(elements[-1], name, kind, "", known=kind in _TYPES)
            case _:
                raise _damaged(f"its header says {line[:40]!r}")
    if not order:
        raise _damaged("its header names no format")
    return order, elements


def _add(element: _Element, name: str, kind: str, counted: str, *, known: bool) -> None:
    named = {n for n, *_ in element.properties}
    if not known or name in named or len(named) >= _MAX_PROPERTIES:
        raise _damaged(f"its header has a property {name[:40]!r} of type {kind[:20]!r}")
    element.properties.append((name, _TYPES[kind], _TYPES.get(counted, "")))


def _records(
    element: _Element,
    dtype: np.dtype[Any],
    data: bytes,
    position: int,
    words: list[bytes] | None,
) -> tuple[NDArray[Any], int]:
    """Return the records of an element without lists, and where the next one is."""
    if words is None:
        last = position + element.size * dtype.itemsize
        if last > len(data) or not dtype.itemsize:
            raise _short(element)
        return np.frombuffer(data, dtype, element.size, position), last
    width = len(element.properties)
    last = position + element.size * width
    if last > len(words) or not width:
        raise _short(element)
    columns = _numbers(words[position:last]).reshape(-1, width)
    found = np.empty(element.size, dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        for place, (name, *_) in enumerate(element.properties):
            found[name] = columns[:, place]
    return found, last


def _numbers(words: list[bytes]) -> NDArray[np.float64]:
    try:
        return np.array(words, "S").astype(np.float64)
    except ValueError as error:
        raise _damaged(str(error)[:60]) from error


def _triangles(
    element: _Element, order: str, data: bytes, position: int, words: list[bytes] | None
) -> NDArray[np.int64] | None:
    """Return the faces as triangles if all have the same number of corners."""
    if len(element.properties) != 1 or not element.size:
        return None
    _, kind, counted = element.properties[0]
    if words is not None:
        width = int(_numbers(words[position : position + 1] or [b"0"])[0])
        taken = words[position : position + element.size * (1 + width)]
        if width > _MOST_CORNERS or len(taken) < element.size * (1 + width):
            return None
        rows = _numbers(taken).reshape(-1, 1 + width)
        counts, corners = rows[:, 0], rows[:, 1:]
    else:
        first = data[position : position + np.dtype(counted).itemsize]
        width = int(np.frombuffer(first, order + counted)[0]) if len(first) else 0
        if not 0 <= width <= _MOST_CORNERS:
            return None
        dtype = np.dtype([("n", order + counted), ("corners", order + kind, (width,))])
        if position + element.size * dtype.itemsize > len(data):
            return None
        found = np.frombuffer(data, dtype, element.size, position)
        counts, corners = found["n"], found["corners"]
    if width < _TRIANGLE or not (counts == width).all():
        return None
    fan = [corners[:, [0, i, i + 1]] for i in range(1, width - 1)]
    return np.concatenate(fan).astype(np.int64)


def _short(element: _Element) -> DecodeError:
    return _damaged(f"it ends before its {element.size:,} elements {element.name!r}")


def _damaged(why: str) -> DecodeError:
    return DecodeError(f"ply: {why}.")
