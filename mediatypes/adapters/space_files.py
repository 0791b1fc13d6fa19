"""Files of shapes in space: their formats, and the files that belong to them."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import is_mapping
from mediatypes._core.optional import type_name
from mediatypes.adapters import files
from mediatypes.errors import DecodeError, OptionError
from mediatypes.formats import gltf, ply, shape
from mediatypes.formats.shape import Shape
from mediatypes.formats.sniff import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "FORMATS",
    "check_parts",
    "cloud_of_json",
    "describe",
    "form_of",
    "name_of",
    "read_part",
]

FORMATS: Final = {
    name: Format(name, name, mime)
    for name, mime in (
        ("glb", "model/gltf-binary"),
        ("gltf", "model/gltf+json"),
        ("obj", "model/obj"),
        ("ply", "model/ply"),
        ("stl", "model/stl"),
    )
}
"""Formats of files, by their extension."""
_MESH_HINT: Final = "Or export it as GLB, which is one file."


def form_of(data: bytes, name: str, wanted: str | None, source: str) -> str:
    """Return the format of a file: as asked for, as its bytes say, or by its name.

    Raises
    ------
    mediatypes.errors.OptionError
        If another is asked for than there are.
    mediatypes.errors.DecodeError
        If it is not known.
    """
    if wanted is not None:
        form = wanted.lower().removeprefix(".")
        if form in FORMATS:
            return form
        raise OptionError(
            "Object3D",
            "file_type",
            expected=f"one of {', '.join(map(repr, FORMATS))}, 'pts.json'",
            received=repr(wanted),
            source=source,
        )
    if gltf.is_glb(data):
        return "glb"
    if data.startswith((b"ply\n", b"ply\r")):
        return "ply"
    guess = "gltf" if gltf.is_gltf(data) else "stl" if _is_stl(data) else ""
    form = PurePath(name).suffix[1:].lower() or guess
    if form in FORMATS:
        return form
    why = DecodeError("log another file as File(path), and bytes with a file_type")
    raise files.undecodable(
        "Object3D", "a GLB, glTF, OBJ, STL or PLY file", source, why
    )


def _is_stl(data: bytes) -> bool:
    return len(data) > 80 and shape.is_binary_stl(data)  # noqa: PLR2004 - its header


@np.errstate(all="ignore")  # a file may hold any numbers
def describe(data: bytes, form: str, beside: Mapping[str, bytes]) -> Shape:
    """Return what is in a file.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is not of the format.
    """
    if form == "stl":
        return shape.stl(data)
    if form == "obj":
        return shape.obj(data, dict(beside))
    if form == "ply":
        return _of_ply(ply.decode(data))
    if gltf.is_glb(data) != (form == "glb"):
        msg = f"{form}: it does not begin like one."
        raise DecodeError(msg)
    scene = gltf.decode(data, beside)
    return Shape(
        scene.vertices,
        scene.faces,
        scene.vertex_count,
        scene.face_count,
        scene.needs,
        scene.colours,
        scene.reasons,
    )


def _of_ply(found: ply.Ply) -> Shape:
    rows = found.vertices
    colours = None
    if {"red", "green", "blue"} <= set(rows.dtype.names or ()):
        colours = _columns(rows, ("red", "green", "blue"))
        if rows.dtype["red"].kind == "f":
            colours *= 255
    points = _columns(rows, ("x", "y", "z"))
    faces = found.faces
    if faces is not None and faces.size and not _is_within(faces, len(points)):
        msg = "ply: a face names a vertex that is not there."
        raise DecodeError(msg)
    return Shape(points, faces, len(points), found.face_count, (), colours)


def _is_within(faces: NDArray[np.int64], count: int) -> bool:
    return bool(faces.min() >= 0 and faces.max() < count)


def _columns(rows: NDArray[Any], names: tuple[str, ...]) -> NDArray[np.float64]:
    return np.stack([rows[name].astype(np.float64) for name in names], axis=1)


def cloud_of_json(content: files.Content) -> Mapping[str, Any]:
    """Return a point cloud in JSON as a mapping with ``points``.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no JSON.
    """
    try:
        found: Any = json.loads(content.data)
    except (ValueError, RecursionError) as error:
        expected = "a point cloud in JSON"
        raise files.undecodable("Object3D", expected, content.source, error) from error
    return found if is_mapping(found) else {"points": found}


def name_of(data: object) -> str:
    """Return the path of a file or open file, ``""`` of what has none."""
    name: Any = data if isinstance(data, str) or hasattr(data, "__fspath__") else None
    if name is None:
        name = getattr(data, "name", "")
    return str(name) if isinstance(name, str) or hasattr(name, "__fspath__") else ""


def read_part(name: str, part: object) -> bytes:
    """Return a file that belongs to another.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is neither a path, bytes nor an open file.
    """
    content = files.read(part, "Object3D")
    if content is not None:
        return content.data
    raise OptionError(
        "Object3D",
        f"parts[{name!r:.60}]",
        expected="a path, bytes or an open file",
        received=type_name(part),
    )


def check_parts(
    needs: tuple[str, ...], beside: Mapping[str, bytes], source: str
) -> None:
    """Raise `OptionError` unless each file is there that another names, and no more."""
    missing = [name for name in needs if name not in beside]
    others = [name for name in beside if name not in needs]
    if not missing and not others:
        return
    shown = f"{(missing or others)[0]!r:.80}"
    raise OptionError(
        "Object3D",
        "parts",
        expected="the files that the file names",
        received=f"none named {shown}" if missing else f"one named {shown}",
        source=source,
        hint=f"Pass parts={{{shown}: path}}. {_MESH_HINT}" if missing else "",
    )
