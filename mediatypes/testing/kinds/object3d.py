"""Strategies of point clouds and meshes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from mediatypes.media import Object3D
from mediatypes.testing.strategies import PIXELS, arrays, words

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["object3d"]


@st.composite
def object3d(draw: DrawFn) -> Object3D:
    """Return clouds of every dtype, some with boxes and vectors, and small meshes."""
    if draw(st.integers(0, 3)) == 0:
        return Object3D(draw(_mesh()), file_type="stl", **draw(words()))
    shapes = st.tuples(st.integers(0, 6), st.sampled_from([3, 4, 6]))
    points = draw(arrays(PIXELS, shapes))
    choices: dict[str, SearchStrategy[Any]] = {
        "boxes": st.lists(_box(), max_size=2),
        "vectors": st.lists(_vector(), max_size=2),
    }
    marks = draw(st.fixed_dictionaries({}, optional=choices))
    return Object3D(points, **draw(words()), **marks)


def _three() -> SearchStrategy[list[float]]:
    return st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3)


def _labels() -> dict[str, SearchStrategy[Any]]:
    colour = st.lists(st.integers(0, 255), min_size=3, max_size=3)
    return {"color": colour, "label": st.text(max_size=9), "score": st.floats(0, 1)}


def _box() -> SearchStrategy[dict[str, Any]]:
    corners = st.fixed_dictionaries(
        {"corners": st.lists(_three(), min_size=8, max_size=8)}, optional=_labels()
    )
    size = st.lists(st.floats(0, 9), min_size=3, max_size=3)
    turn = st.floats(-3, 3).map(lambda a: (np.cos(a), 0.0, np.sin(a), 0.0))
    placed = st.fixed_dictionaries(
        {"center": _three(), "size": size},
        optional={"orientation": turn} | _labels(),
    )
    return corners | placed


def _vector() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"start": _three(), "end": _three()}, optional=_labels()
    )


def _mesh() -> SearchStrategy[io.BytesIO]:
    corners = arrays(["float32"], st.tuples(st.integers(0, 3), st.just(12)))
    return corners.map(_stl)


def _stl(rows: Any) -> io.BytesIO:
    faces = b"".join(row.astype("<f4").tobytes() + bytes(2) for row in rows)
    return io.BytesIO(bytes(80) + len(rows).to_bytes(4, "little") + faces)
