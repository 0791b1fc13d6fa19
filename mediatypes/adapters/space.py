"""Files and objects of shapes in space, and small pictures of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core import projection
from mediatypes._core.solid import EDGES
from mediatypes.adapters.lookup import Adapter, is_of, load
from mediatypes.formats import png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes.formats.shape import Shape

__all__ = [
    "UPRIGHT",
    "cloud_view",
    "encode_view",
    "exported",
    "mesh_view",
    "scene_json",
    "solids_view",
]

UPRIGHT: Final = frozenset(["glb", "gltf", "obj"])
"""Formats in which y is up, not z."""
_TRIMESH: Final = Adapter("trimesh", ("Trimesh", "Scene", "PointCloud"), "trimesh")
_GREY: Final = (160.0, 170.0, 185.0)
_MARK: Final = (220.0, 60.0, 50.0)
_ON_EDGE: Final = 60
"""Points that an edge of a box is drawn with."""
_MOST_SOLIDS: Final = 100
"""Boxes and vectors that the small picture shows."""


def exported(value: object) -> Any:
    """Return what an object of trimesh is, or None of any other object."""
    return load(_TRIMESH.module).export(value) if is_of(value, _TRIMESH) else None


def cloud_view(
    points: NDArray[Any],
    colours: NDArray[Any] | None = None,
    categories: NDArray[Any] | None = None,
) -> NDArray[np.float64]:
    """Return some of the points of a cloud, evenly taken, with colours."""
    step = max(1, -(-len(points) // projection.MOST_POINTS))
    taken = points[::step].astype(np.float64)
    if colours is not None:
        shades = colours[::step].astype(np.float64)
    elif categories is not None:
        shades = projection.of_category(categories[::step].astype(np.float64))
    else:
        shades = projection.of_height(taken[:, 2])
    return _joined([taken, shades])


def mesh_view(found: Shape, form: str) -> NDArray[np.float64]:
    """Return points on the surface of a mesh, shaded, or its vertices."""
    vertices = np.asarray(found.vertices, np.float64)
    if form in UPRIGHT:
        vertices = np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], axis=1)
    if found.faces is None or not len(found.faces):
        return cloud_view(vertices, found.colours)
    colours = np.tile(np.array(_GREY), (len(found.faces), 1))
    if found.colours is not None:
        colours = found.colours[found.faces].mean(axis=1)
    return projection.spread(vertices[found.faces], colours, projection.MOST_POINTS)


def solids_view(
    boxes: list[dict[str, Any]], vectors: list[dict[str, Any]]
) -> NDArray[np.float64]:
    """Return points along the edges of boxes and along vectors, with colours."""
    found = [np.zeros((0, 6))]
    along = np.linspace(0, 1, _ON_EDGE)[:, np.newaxis]
    for box in boxes[:_MOST_SOLIDS]:
        corners = np.array(box["corners"])
        shade = np.tile(box.get("color", _MARK), (_ON_EDGE, 1))
        for first, last in EDGES:
            points = corners[first] * (1 - along) + corners[last] * along
            found.append(_joined([points, shade]))
    for vector in vectors[:_MOST_SOLIDS]:
        points = (
            np.array(vector["start"]) * (1 - along) + np.array(vector["end"]) * along
        )
        shade = np.tile(vector.get("color", _MARK), (_ON_EDGE, 1))
        found.append(_joined([points, shade]))
    return np.concatenate(found)


def _joined(parts: list[NDArray[Any]]) -> NDArray[np.float64]:
    return np.concatenate(parts, axis=1).astype(np.float64)


def encode_view(points: NDArray[Any]) -> bytes:
    """Return points with colours as a picture in PNG."""
    return png.encode(projection.draw(points), compression="small")


def scene_json(boxes: list[dict[str, Any]], vectors: list[dict[str, Any]]) -> bytes:
    """Return boxes and vectors as the JSON that is stored."""
    members = {"boxes": boxes, "vectors": vectors}
    return json.dumps(members, allow_nan=False, separators=(",", ":")).encode()
