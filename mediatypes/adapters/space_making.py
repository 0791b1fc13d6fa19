"""What is stored of points and of files of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import dtype_name
from mediatypes._core.cloud import pack, unpack
from mediatypes._core.options import check_one_of
from mediatypes.adapters import as_array, files, space, space_files
from mediatypes.errors import DecodeError, OptionError, ShapeError
from mediatypes.formats import ply
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.formats.sniff import Format

__all__ = ["CLOUD", "CLOUD_TYPES", "Made", "of_cloud", "of_file", "points_of"]

CLOUD: Final = "points"
"""Rule of what was made from an array."""
CLOUD_TYPES: Final = ("lidar/beta",)
"""What a mapping with points may say that it is."""
_MAX_BYTES: Final = 2**31
_WITH_CATEGORY: Final = 4
_WITH_COLOUR: Final = 6
_WIDTHS: Final = (3, _WITH_CATEGORY, _WITH_COLOUR)


class Made(NamedTuple):
    """A file that is stored, and what is said of it."""

    file: bytes
    form: Format
    facts: dict[str, Any]
    source: Source
    view: NDArray[np.float64] | None = None
    """Points that the small picture is made of."""
    beside: Mapping[str, bytes] = {}
    """Files that belong to it."""


def points_of(given: Mapping[str, Any]) -> object:
    """Return the points of a mapping.

    Raises
    ------
    mediatypes.errors.OptionError
        If it has none, or says that it is something else.
    """
    check_one_of("Object3D", "type", given.get("type"), CLOUD_TYPES)
    if "points" in given:
        return given["points"]
    raise OptionError(
        "Object3D",
        "data",
        expected="a mapping with 'points', and perhaps 'boxes' and 'vectors'",
        received=f"one with {', '.join(map(repr, given))[:60] or 'nothing'}",
    )


def of_cloud(points: object) -> Made:
    """Return points as a PLY file.

    Raises
    ------
    mediatypes.errors.ShapeError
        If they have other axes than the documented ones.
    mediatypes.errors.DtypeError
        If they are no real numbers.
    """
    plain = as_array(points, media="Object3D", field="points")
    array = plain.array
    if array.ndim != 2 or array.shape[1] not in _WIDTHS:  # noqa: PLR2004 - axes
        raise ShapeError(
            "Object3D",
            "points",
            expected="points × 3 (x, y, z), × 4 (and a category), "
            "or × 6 (and red, green, blue)",
            received=f"shape {array.shape}",
            source=plain.source,
        )
    packed, width = pack(plain), array.shape[1]
    source = Source(
        dtype=dtype_name(array.dtype),
        shape=array.shape,
        rule=CLOUD,
        clipped=packed.clipped + plain.clipped,
        nonfinite=packed.nonfinite + plain.zeroed,
        reasons=packed.reasons,
    )
    place = unpack(packed.rows, np.dtype(np.float64))
    view = space.cloud_view(
        place[:, :3],
        place[:, 3:] if width == _WITH_COLOUR else None,
        place[:, 3] if width == _WITH_CATEGORY else None,
    )
    facts = {"vertices": len(array), "faces": 0, "columns": width}
    form = space_files.FORMATS["ply"]
    return Made(ply.encode(packed.rows), form, facts, source, view)


def of_file(content: files.Content, form: str, parts: Mapping[str, Any]) -> Made:
    """Return a file whose bytes are kept, checked.

    Parameters
    ----------
    content
        The file.
    form
        Its format.
    parts
        Files that it names, by the names that they have in it.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is not of that format.
    mediatypes.errors.OptionError
        If it has more than 2 GiB, or names a file that is not given.
    """
    data, source = content
    if len(data) > _MAX_BYTES:
        raise OptionError(
            "Object3D",
            "data",
            expected=f"at most {_MAX_BYTES:,} bytes",
            received=f"{len(data):,} bytes",
            source=source,
        )
    beside = {name: space_files.read_part(name, part) for name, part in parts.items()}
    try:
        found = space_files.describe(data, form, beside)
    except DecodeError as error:
        expected = f"a {form.upper()} file"
        raise files.undecodable("Object3D", expected, source, error) from error
    space_files.check_parts(found.needs, beside, source)
    facts = {"vertices": found.vertex_count, "faces": found.face_count}
    kept = Source(rule="bytes kept", reasons=found.reasons)
    view = space.mesh_view(found, form) if len(found.vertices) else None
    return Made(data, space_files.FORMATS[form], facts, kept, view, beside)
