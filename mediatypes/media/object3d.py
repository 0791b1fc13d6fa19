"""Point clouds and meshes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

import numpy as np

from mediatypes._core.arrays import is_mapping, read_only
from mediatypes._core.cloud import HELD, unpack
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_one_of, one_input
from mediatypes._core.solid import parse_solids, parse_vectors, restored
from mediatypes._core.words import plural
from mediatypes.adapters import files, space, space_files
from mediatypes.adapters.space_making import (
    CLOUD,
    CLOUD_TYPES,
    of_cloud,
    of_file,
    points_of,
)
from mediatypes.errors import ManifestError
from mediatypes.formats import ply
from mediatypes.formats.sniff import Format
from mediatypes.media.base import NO_PARTS, FileMedia, png_place
from mediatypes.schema import DraftFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.adapters.space_making import Made
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.typing import ArrayLike, FileLike, PathLike

__all__ = ["Object3D"]

_PICTURE, _SCENE, _BESIDE = "picture", "scene", "files/"
_POINTS_FILE: Final = ".pts.json"


class Object3D(FileMedia):
    """A point cloud, perhaps with boxes and vectors, or a mesh.

    Parameters
    ----------
    data
        One of:

        * an array or tensor of shape (points, 3): x, y and z, which is up; (points, 4):
          also a category, any number; (points, 6): also red, green and blue from 0 to
          255, rounded and clipped. Kept in float32 where that holds every value of the
          dtype, else in float64;
        * a mapping with ``points``, such an array, and perhaps ``boxes``, ``vectors``;
        * a path, bytes, or a file open for reading: GLB, glTF, OBJ, STL or PLY, whose
          bytes are kept, or a point cloud as ``.pts.json``;
        * a mesh, scene or cloud of trimesh;
        * another `Object3D`.
    caption
        Text shown with it.
    file_type
        Of a file: ``"glb"``, ``"gltf"``, ``"obj"``, ``"stl"``, ``"ply"`` or
        ``"pts.json"``. By default as its bytes or its name say.
    boxes
        A list of mappings, each with ``corners``, shape (8, 3): round the bottom, then
        round the top; or with ``center`` and ``size``, three numbers each, and
        perhaps ``orientation``, a unit quaternion (w, x, y, z). Each may have a
        ``color`` of three numbers from 0 to 255, a ``label`` and a ``score``.
    vectors
        A list of mappings with ``start`` and ``end``, three numbers each, and perhaps
        the same words.
    parts
        Files that a glTF or OBJ file names, each by the name that it has there.
    id
        Name of the sample shown, the same at every step.
    meta
        Further facts, as JSON can write them.
    data_or_path
        The same as `data`, by the name that people know.

    Raises
    ------
    mediatypes.errors.ShapeError
        If an array is not of one of the shapes above.
    mediatypes.errors.DtypeError
        If its elements are complex, objects or text.
    mediatypes.errors.OptionError
        If a file names others that `parts` lacks, is of an unknown format, or a box is
        not complete.
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If a file is not what it seems to be.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that can be shown in space.

    Examples
    --------
    >>> import numpy as np
    >>> Object3D(np.zeros((500, 3), np.float32), caption="scan")
    Object3D(500 vertices, ply, caption='scan')
    >>> box = {"center": (0, 0, 1), "size": (4, 2, 1.5), "label": "car"}
    >>> Object3D(np.zeros((500, 6)), boxes=[box]).boxes[0]["corners"][0]
    [-2.0, -1.0, 0.25]
    """

    kind: ClassVar[str] = "object3d"
    _needed: ClassVar[tuple[str, ...]] = ("vertices",)

    def __init__(  # noqa: PLR0913 - the call style people know
        self,
        data: ArrayLike | PathLike | FileLike | bytes | object = ...,
        caption: str | None = None,
        file_type: str | None = None,
        *,
        boxes: Any = None,
        vectors: Any = None,
        parts: Mapping[str, Any] | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
        data_or_path: object = ...,
    ) -> None:
        data = one_input("Object3D", data, data_or_path)
        self._label(caption, id, meta, like=data)
        if isinstance(data, Object3D):
            self._hold_as(data)
            kept = [restored(box) for box in data.boxes]
            boxes = kept if boxes is None else boxes
            vectors = data.vectors if vectors is None else vectors
        else:
            self._set(_parts={})
            given = self._take(data, file_type, dict(parts or {}))
            boxes = given.get("boxes") if boxes is None else boxes
            vectors = given.get("vectors") if vectors is None else vectors
        self._mark(parse_solids(boxes), parse_vectors(vectors))

    def _take(
        self, data: object, file_type: str | None, parts: dict[str, Any]
    ) -> Mapping[str, Any]:
        """Hold what `data` is; return the mapping that it came in, if any."""
        name = space_files.name_of(data)
        exported = None if is_mapping(data) else space.exported(data)
        content = None if is_mapping(data) else files.read(data, "Object3D")
        if exported is not None and exported.data is not None:
            content = files.Content(exported.data, type_name(data))
        elif exported is not None:
            data = exported.points
        if content is None:
            given = data if is_mapping(data) else {"points": data}
            self._keep(of_cloud(points_of(given)))
            return given
        if file_type == _POINTS_FILE[1:] or (
            file_type is None and name.endswith(_POINTS_FILE)
        ):
            given = space_files.cloud_of_json(content)
            self._keep(of_cloud(points_of(given)))
            return given
        form = space_files.form_of(content.data, name, file_type, content.source)
        self._keep(of_file(content, form, parts))
        return {}

    def _keep(self, made: Made) -> None:
        parts: dict[str, Any] = {f"{_BESIDE}{k}": v for k, v in made.beside.items()}
        if made.view is not None:
            parts[_PICTURE] = made.view
        self._hold(made.form, made.facts, made.source, file=made.file)
        self._set(_parts=parts)

    def _mark(self, boxes: list[Any], vectors: list[Any]) -> None:
        """Add boxes and vectors, to the picture as well if it is still to be made."""
        counts = {"boxes": len(boxes), "vectors": len(vectors)}
        facts = {k: v for k, v in self._facts.items() if k not in counts}
        parts = {k: v for k, v in self._parts.items() if k != _SCENE}
        if boxes or vectors:
            parts[_SCENE] = space.scene_json(boxes, vectors)
            view = parts.get(_PICTURE)
            if view is not None and not isinstance(view, bytes):
                marks = space.solids_view(boxes, vectors)
                parts[_PICTURE] = np.concatenate([view, marks])
        self._set(_facts=facts | {k: v for k, v in counts.items() if v}, _parts=parts)

    @classmethod
    def from_numpy(cls, data: ArrayLike | object, **options: Any) -> Self:
        """Return a point cloud, the same as ``Object3D(data)``.

        Parameters
        ----------
        data
            Shape (points, 3), (points, 4) or (points, 6).
        options
            As for `Object3D`.
        """
        made = cast("Any", cls)
        value: Self = made({"points": data}, **options)
        return value

    @classmethod
    def from_file(
        cls,
        data_or_path: PathLike | FileLike | bytes,
        file_type: str | None = None,
        **options: Any,
    ) -> Self:
        """Return the shape in a file, the same as ``Object3D(path)``.

        Parameters
        ----------
        data_or_path
            A path, bytes, or a file open for reading.
        file_type
            Its format, where its bytes and its name do not say.
        options
            As for `Object3D`.
        """
        made = cast("Any", cls)
        value: Self = made(data_or_path, file_type=file_type, **options)
        return value

    @classmethod
    def from_point_cloud(
        cls,
        points: ArrayLike | object,
        boxes: Any = None,
        vectors: Any = None,
        point_cloud_type: str = "lidar/beta",
        **options: Any,
    ) -> Self:
        """Return a point cloud with boxes and vectors.

        Parameters
        ----------
        points
            Shape (points, 3), (points, 4) or (points, 6).
        boxes
            As for `Object3D`.
        vectors
            As for `Object3D`.
        point_cloud_type
            ``"lidar/beta"``: there is no other.
        options
            As for `Object3D`.

        Examples
        --------
        >>> import numpy as np
        >>> arrow = {"start": (0, 0, 0), "end": (0, 0, 1)}
        >>> Object3D.from_point_cloud(np.ones((2, 3)), [], [arrow]).vectors
        [{'start': [0.0, 0.0, 0.0], 'end': [0.0, 0.0, 1.0]}]
        """
        name = "point_cloud_type"
        check_one_of("Object3D", name, point_cloud_type, CLOUD_TYPES)
        made = cast("Any", cls)
        value: Self = made({"points": points}, boxes=boxes, vectors=vectors, **options)
        return value

    @property
    def vertices(self) -> int:
        """How many points there are, or vertices of the meshes."""
        return int(self._facts["vertices"])

    @property
    def faces(self) -> int:
        """How many faces there are; 0 of a point cloud."""
        return int(self._facts.get("faces", 0))

    @property
    def data(self) -> bytes:
        """Bytes of the file that is stored."""
        return self._file or b""

    @property
    def parts(self) -> dict[str, bytes]:
        """Files that belong to it, by the names that they have in it."""
        found = {name: self._parts[name] for name in self._parts if _BESIDE in name}
        return {
            name.removeprefix(_BESIDE): cast("bytes", part)
            for name, part in found.items()
        }

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """Boxes, each with its ``corners``, and what else was given."""
        return self._solids("boxes")

    @property
    def vectors(self) -> list[dict[str, Any]]:
        """Vectors, each with ``start`` and ``end``, and what else was given."""
        return self._solids("vectors")

    def _solids(self, name: str) -> list[dict[str, Any]]:
        part = self._parts.get(_SCENE)
        found: list[dict[str, Any]] = (
            [] if part is None else json.loads(bytes(part))[name]
        )
        return found

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        found = list(self.source.reasons)
        if self.source.nonfinite:
            count = plural(self.source.nonfinite, "number")
            found.append(f"{count} were NaN, infinite or masked, and are not drawn")
        if self.source.clipped:
            count = plural(self.source.clipped, "colour value")
            found.append(f"{count} were outside 0 to 255 and were clipped")
        return (*found, "there were no points") if not self.vertices else tuple(found)

    def to_numpy(self) -> NDArray[Any]:
        """Return the points that were logged, in their dtype and shape.

        Of a mesh, its vertices, shape (vertices, 3), float64, where they can be read.
        """
        source, form = self.source, self._format.name
        if source.rule == CLOUD and source.dtype and source.shape:
            rows = ply.decode(self.data).vertices
            found = unpack(rows, np.dtype(HELD.get(source.dtype, source.dtype)))
            return read_only(found.reshape(source.shape))
        shape = space_files.describe(self.data, form, self.parts)
        return read_only(np.array(shape.vertices, np.float64))

    def _place(self, name: str, part: NDArray[Any] | bytes) -> DraftFile:
        if name == _PICTURE:
            return png_place(name, part, _PICTURE, "view")
        if name == _SCENE:
            return DraftFile(_SCENE, "json", "application/json", name)
        return DraftFile("part", "bin", "application/octet-stream", name)

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its files.

        Raises
        ------
        mediatypes.errors.ManifestError
            If its boxes or vectors cannot be understood.
        """
        self = super().decode(record, data, parts)
        self._hold_parts(record, parts)
        extension = record.path.rpartition(".")[2]
        form = Format(extension, extension, record.mime)
        self._set(_format=space_files.FORMATS.get(extension, form))
        try:
            parse_solids([restored(box) for box in self.boxes])
            parse_vectors(self.vectors)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            msg = f"The boxes of {record.path} cannot be understood: {error!r:.200}."
            raise ManifestError(msg) from error
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Object3D):
            return NotImplemented
        mine, its = (
            {k: v for k, v in one._parts.items() if k != _PICTURE}  # noqa: SLF001 - of its own type
            for one in (self, other)
        )
        words = self.caption, self.id, self.meta, self._file, mine
        return words == (other.caption, other.id, other.meta, other._file, its)

    __hash__ = None

    def __repr__(self) -> str:
        shown = [plural(self.vertices, "vertex").replace("vertexs", "vertices")]
        if self.faces:
            shown.append(plural(self.faces, "face"))
        return self._shown(*shown, self.file_type)
