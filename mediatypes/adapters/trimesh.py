"""Meshes of trimesh."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Exported", "export"]


class Exported(NamedTuple):
    """What a mesh or cloud of trimesh is."""

    data: bytes | None
    """A GLB file, of a mesh or a scene."""
    points: Any = None
    """Shape (points, 3), of a cloud without colours, or (points, 6)."""


def export(value: Any) -> Exported:
    """Return a mesh or scene as a GLB file, a cloud as its points."""
    import numpy as np

    if type(value).__name__ != "PointCloud":
        return Exported(value.export(file_type="glb"))
    points = np.asarray(value.vertices)
    colours = np.asarray(value.colors)
    if colours.shape[:1] != points.shape[:1]:
        return Exported(None, points)
    return Exported(None, np.concatenate([points, colours[:, :3]], axis=1))
