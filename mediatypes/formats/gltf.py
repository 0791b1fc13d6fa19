"""glTF 2.0: meshes in a tree of nodes, as JSON beside its data or in one GLB file."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["Scene", "decode", "is_glb", "is_gltf"]

_HEAD: Final = 12
_CHUNK: Final = 8
_JSON: Final = b"JSON"
_BIN: Final = b"BIN\0"
_TYPES: Final = {
    5120: "i1",
    5121: "u1",
    5122: "<i2",
    5123: "<u2",
    5125: "<u4",
    5126: "<f4",
}
_WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_TRIANGLES: Final = 4
_POINTS: Final = 0
_MOST_NODES: Final = 10_000
_MOST_ELEMENTS: Final = 1 << 26
_MISFITS: Final = (
    *(KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError),
    *(RecursionError, binascii.Error),
)


class Scene(NamedTuple):
    """What is in a file."""

    vertices: NDArray[np.float64]
    """In the space of the scene, shape (vertices, 3)."""
    faces: NDArray[np.int64]
    colours: NDArray[np.float64]
    """0 to 255 from the material's base colour, shape (vertices, 3)."""
    vertex_count: int
    face_count: int
    needs: tuple[str, ...]
    reasons: tuple[str, ...]


def is_glb(data: bytes) -> bool:
    """Whether `data` begins like a GLB file."""
    return data[:4] == b"glTF"


def is_gltf(data: bytes) -> bool:
    """Whether `data` seems to be the JSON of a scene."""
    return data.lstrip()[:1] == b"{" and b'"asset"' in data


def decode(data: bytes, beside: Mapping[str, bytes]) -> Scene:
    """Return the scene of a file.

    Parameters
    ----------
    data
        A GLB file, or the JSON.
    beside
        Files that were given with it, by name.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is none, or its numbers do not fit one another.
    """
    text, binary = _split(data) if is_glb(data) else (data, None)
    try:
        tree = json.loads(text)
        if str(tree["asset"]["version"]).partition(".")[0] != "2":
            raise _damaged(f"its version is {tree['asset']['version']!r:.20}")
        return _Reader(tree, binary, beside).scene()
    except _MISFITS as error:
        if isinstance(error, DecodeError):
            raise
        raise _damaged(f"its members do not fit ({type(error).__name__})") from error


def _split(data: bytes) -> tuple[bytes, bytes | None]:
    """Return the JSON and the data of a GLB file."""
    if len(data) < _HEAD + _CHUNK or int.from_bytes(data[4:8], "little") != 2:  # noqa: PLR2004 - version
        raise _damaged("it has no header of version 2")
    if int.from_bytes(data[8:12], "little") != len(data):
        raise _damaged("its length is not the one that it says")
    chunks: list[bytes] = []
    position = _HEAD
    for kind in (_JSON, _BIN):
        size = int.from_bytes(data[position : position + 4], "little")
        if data[position + 4 : position + _CHUNK] != kind:
            break
        start = position + _CHUNK
        position = start + size
        if position > len(data):
            raise _damaged("a chunk is longer than the file")
        chunks.append(data[start:position])
    if not chunks:
        raise _damaged("it has no JSON")
    return chunks[0], chunks[1] if len(chunks) > 1 else None


class _Reader:
    """Reads one scene."""

    def __init__(
        self, tree: dict[str, Any], binary: bytes | None, beside: Mapping[str, bytes]
    ) -> None:
        self._tree, self._binary, self._beside = tree, binary, beside
        self._buffers: dict[int, bytes | None] = {}
        self._left = _MOST_ELEMENTS

    def scene(self) -> Scene:
        needs = tuple(dict.fromkeys(self._names()))
        required = [str(name)[:40] for name in self._tree.get("extensionsRequired", [])]
        vertices: list[NDArray[np.float64]] = []
        faces: list[NDArray[np.int64]] = []
        colours: list[NDArray[np.float64]] = []
        start = vertex_count = face_count = 0
        missing = [name for name in needs if name not in self._beside]
        for primitive, matrix in self._primitives():
            count, corners = self._counts(primitive)
            vertex_count += count
            face_count += corners // 3
            if required or missing:
                continue
            points = self._array(primitive["attributes"]["POSITION"]).astype(np.float64)
            vertices.append(points @ matrix[:3, :3].T + matrix[:3, 3])
            faces.append(self._faces(primitive, len(points)) + start)
            colours.append(np.tile(self._colour(primitive), (len(points), 1)))
            start += len(points)
        said = (f"it needs {', '.join(required)}, so no picture was made",)
        return Scene(
            np.concatenate([np.zeros((0, 3)), *vertices]),
            np.concatenate([np.zeros((0, 3), np.int64), *faces]),
            np.concatenate([np.zeros((0, 3)), *colours]),
            vertex_count,
            face_count,
            needs,
            said if required else (),
        )

    def _names(self) -> Iterator[str]:
        for item in [*self._tree.get("buffers", []), *self._tree.get("images", [])]:
            uri = item.get("uri")
            if isinstance(uri, str) and not uri.startswith("data:"):
                yield uri

    def _primitives(self) -> Iterator[tuple[dict[str, Any], NDArray[np.float64]]]:
        """Yield what is drawn, each with its place in the scene."""
        nodes, meshes = self._tree.get("nodes", []), self._tree.get("meshes", [])
        scenes = self._tree.get("scenes", [{"nodes": range(len(nodes))}])
        roots = scenes[self._tree.get("scene", 0)].get("nodes", [])
        waiting = [(_natural(root), np.eye(4)) for root in roots]
        seen = set[int]()
        while waiting:
            number, above = waiting.pop()
            if number in seen or len(seen) > _MOST_NODES:
                raise _damaged("its nodes are no tree, or too many")
            seen.add(number)
            node = nodes[number]
            matrix = above @ _matrix(node)
            waiting += [(_natural(child), matrix) for child in node.get("children", [])]
            if "mesh" in node:
                for primitive in meshes[_natural(node["mesh"])]["primitives"]:
                    yield primitive, matrix

    def _counts(self, primitive: dict[str, Any]) -> tuple[int, int]:
        accessors = self._tree["accessors"]
        count = _natural(
            accessors[_natural(primitive["attributes"]["POSITION"])]["count"]
        )
        if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
            return count, 0
        if "indices" in primitive:
            return count, _natural(accessors[_natural(primitive["indices"])]["count"])
        return count, count

    def _faces(self, primitive: dict[str, Any], count: int) -> NDArray[np.int64]:
        if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
            return np.zeros((0, 3), np.int64)
        ids = np.arange(count)
        if "indices" in primitive:
            ids = self._array(primitive["indices"]).astype(np.int64).ravel()
        if ids.size and ids.max() >= count:
            raise _damaged("a face names a vertex that is not there")
        return ids[: ids.size // 3 * 3].reshape(-1, 3)

    def _colour(self, primitive: dict[str, Any]) -> list[float]:
        materials: list[dict[str, Any]] = self._tree.get("materials", [])
        material: dict[str, Any] = {}
        if "material" in primitive:
            material = materials[_natural(primitive["material"])]
        metal: dict[str, Any] = material.get("pbrMetallicRoughness", {})
        linear: list[float] = metal.get("baseColorFactor", [0.8, 0.8, 0.8])[:3]
        # The factor is linear light (§5.22); a picture has the curve of sRGB.
        return [255 * min(1.0, max(0.0, float(x))) ** (1 / 2.2) for x in linear]

    def _array(self, number: Any) -> NDArray[Any]:
        """Return what an accessor reads, shape (count, width)."""
        accessor = self._tree["accessors"][_natural(number)]
        count, width = _natural(accessor["count"]), _WIDTHS[accessor["type"]]
        dtype = np.dtype(_TYPES[accessor["componentType"]])
        self._left -= count
        if self._left < 0:
            raise _damaged("it is drawn more often than is sensible")
        if "bufferView" not in accessor:
            return np.zeros((count, width), dtype)
        view = self._tree["bufferViews"][_natural(accessor["bufferView"])]
        data = self._buffer(_natural(view["buffer"]))
        start = _natural(view.get("byteOffset", 0))
        data = data[start : start + _natural(view["byteLength"])]
        data = data[_natural(accessor.get("byteOffset", 0)) :]
        item = width * dtype.itemsize
        stride = _natural(view.get("byteStride", 0)) or item
        if count and (count - 1) * stride + item > len(data):
            raise _damaged("an accessor reads beyond its buffer")
        rows = np.lib.stride_tricks.as_strided(
            np.frombuffer(data, np.uint8), (count, item), (stride, 1), writeable=False
        )
        return np.ascontiguousarray(rows).view(dtype).reshape(count, width)

    def _buffer(self, number: int) -> bytes:
        if number not in self._buffers:
            uri = self._tree["buffers"][number].get("uri")
            self._buffers[number] = self._binary if uri is None else self._loaded(uri)
        found = self._buffers[number]
        if found is None:
            raise _damaged("a buffer is not there")
        return found

    def _loaded(self, uri: str) -> bytes | None:
        if uri.startswith("data:"):
            return base64.b64decode(uri.partition(",")[2], validate=True)
        return self._beside.get(uri)


def _natural(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise _damaged(f"a number is {value!r:.20}")
    return value


def _matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    """Return where a node stands in the one above, §3.5.3."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    found = np.eye(4)
    x, y, z, w = (float(part) for part in node.get("rotation", (0, 0, 0, 1)))
    length = math.hypot(x, y, z, w) or 1.0
    x, y, z, w = x / length, y / length, z / length, w / length
    turn = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    found[:3, :3] = np.array(turn) * np.array(node.get("scale", (1, 1, 1)), np.float64)
    found[:3, 3] = node.get("translation", (0, 0, 0))
    return found


def _damaged(why: str) -> DecodeError:
    return DecodeError(f"gltf: {why}.")
