"""Files of shapes in space: what is in them, and what they need besides.

Nothing is trusted: each count is held against the bytes that are there before anything
is made of it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Shape", "is_binary_stl", "obj", "stl"]

_STL_HEAD: Final = 84
_STL_FACE: Final = np.dtype([("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")])
_VERTEX: Final = re.compile(
    rb"^[ \t]*vertex[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)", re.MULTILINE
)
_NAMED: Final = re.compile(rb"^[ \t]*mtllib[ \t]+(.*?)[ \t\r]*$", re.MULTILINE)
_MAPS: Final = re.compile(
    rb"^[ \t]*(?:map_\w+|bump|disp|decal|refl)[ \t]+(.*?)[ \t\r]*$", re.MULTILINE
)
_OBJ_POINT: Final = re.compile(
    rb"^[ \t]*v[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)", re.MULTILINE
)
_OBJ_FACE: Final = re.compile(rb"^[ \t]*f[ \t]+(\S.*?)[ \t\r]*$", re.MULTILINE)
_CORNERS: Final = 3


class Shape(NamedTuple):
    """What is in a file."""

    vertices: NDArray[Any]
    """Shape (vertices, 3), floats; empty where it is not known how to read them."""
    faces: NDArray[np.int64] | None
    """Triangles, shape (faces, 3); None if there are none, or others."""
    vertex_count: int
    face_count: int
    needs: tuple[str, ...] = ()
    """Names of other files that belong to it."""
    colours: NDArray[np.float64] | None = None
    """0 to 255, shape (vertices, 3)."""
    reasons: tuple[str, ...] = ()


def is_binary_stl(data: bytes) -> bool:
    """Whether `data` has exactly the bytes of the faces that it says it has."""
    count = int.from_bytes(data[80:_STL_HEAD], "little")
    return len(data) == _STL_HEAD + count * _STL_FACE.itemsize


def stl(data: bytes) -> Shape:
    """Return the triangles of an STL file, binary or text.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is neither.
    """
    if is_binary_stl(data):
        found = np.frombuffer(data, _STL_FACE, offset=_STL_HEAD)
        corners = found["v"].reshape(-1, 3)
    else:
        if data.lstrip()[:5].lower() != b"solid" or b"facet" not in data[:4096]:
            msg = "stl: it is neither the text nor as long as its count of faces says."
            raise DecodeError(msg)
        corners = _floats("stl", _VERTEX.findall(data))
        if len(corners) % _CORNERS:
            msg = "stl: it ends within a face."
            raise DecodeError(msg)
    faces = np.arange(len(corners)).reshape(-1, _CORNERS)
    return Shape(corners, faces, len(corners), len(faces))


def obj(data: bytes, beside: dict[str, bytes]) -> Shape:
    """Return the vertices and faces of an OBJ file.

    Parameters
    ----------
    data
        The file.
    beside
        Files that were given with it, by name; materials among them may name more.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it has no vertices, or a face names one that is not there.
    """
    vertices = _floats("obj", _OBJ_POINT.findall(data))
    if not len(vertices) or b"\0" in data:
        msg = "obj: it has no vertices."
        raise DecodeError(msg)
    lines = _OBJ_FACE.findall(data)
    faces = _obj_faces(lines, len(vertices))
    names = [name for line in _NAMED.findall(data) for name in _libraries(line, beside)]
    for name in names:
        maps = _MAPS.findall(beside.get(name, b""))
        names += [found.split()[-1].decode("utf-8", "replace") for found in maps]
    return Shape(
        vertices, faces, len(vertices), len(lines), tuple(dict.fromkeys(names))
    )


def _libraries(line: bytes, beside: dict[str, bytes]) -> list[str]:
    """Return the names in a line; they are parted by spaces, but may have some."""
    text = line.decode("utf-8", "replace")
    return [text] if text in beside or text.count(".") < 2 else text.split()  # noqa: PLR2004 - two endings are two files


def _obj_faces(lines: list[bytes], count: int) -> NDArray[np.int64]:
    """Return faces as triangles around their first corner, §face elements."""
    found: list[tuple[int, int, int]] = []
    try:
        for line in lines:
            ids = [int(word.partition(b"/")[0]) for word in line.split()]
            found += [(ids[0], *pair) for pair in pairwise(ids[1:])]
        faces = np.array(found, np.int64).reshape(-1, _CORNERS)
    except (ValueError, OverflowError) as error:
        msg = f"obj: a face has a corner that is no number ({str(error)[:60]})."
        raise DecodeError(msg) from error
    # From 1, or from the end; a relative one counts from where it stands in the file,
    # which is the same in all files that have their vertices first.
    faces = np.where(faces > 0, faces - 1, faces + count)
    if faces.size and (faces.min() < 0 or faces.max() >= count):
        msg = "obj: a face names a vertex that is not there."
        raise DecodeError(msg)
    return faces


def _floats(form: str, rows: list[tuple[bytes, ...]]) -> NDArray[np.float64]:
    try:
        return np.array(rows, "S").astype(np.float64).reshape(-1, 3)
    except ValueError as error:
        msg = f"{form}: a coordinate is no number ({str(error)[:60]})."
        raise DecodeError(msg) from error
