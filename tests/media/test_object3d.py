from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import trimesh
from PIL import Image as Pillow
from scipy.spatial.transform import Rotation

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes._core.projection import of_category
from mediatypes._core.solid import EDGES
from mediatypes.media import Object3D
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "object3d"
BIN: Final = FIXTURES / "box.bin"
MTL: Final = FIXTURES / "box_materials.mtl"
PARTS: Final[dict[str, dict[str, Path]]] = {
    "box.gltf": {"box.bin": BIN},
    "box_materials.obj": {"box_materials.mtl": MTL},
}
MESHES: Final = sorted(
    p.name for p in FIXTURES.iterdir() if p.suffix not in {".bin", ".mtl"}
)


class TestObject3D(testing.MediaTests):
    media_type = Object3D

    def values(self) -> SearchStrategy[Any]:
        return testing.values_of(Object3D)

    def source(self) -> Any:
        return np.array([[0.0, 1.0, np.nan], [2.0, 3.0, 4.0]])


def points(width: int, dtype: str = "float64", count: int = 50) -> Any:
    random = np.random.default_rng(0)
    found = random.normal(size=(count, width)) * 9
    if width == 6:
        found[:, 3:] = random.integers(0, 256, (count, 3))
    return found.astype(dtype)


def read_by_trimesh(value: Object3D) -> Any:
    file = io.BytesIO(value.encode().data)
    return trimesh.load(file, file_type=value.file_type, process=False)


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "int32", "uint16"]
)
@pytest.mark.parametrize("width", [3, 4])
def test_points_are_read_back_exactly_in_their_dtype(width: int, dtype: str) -> None:
    given = points(width, dtype)
    found: Any = round_trip(Object3D(given))

    assert found.to_numpy().dtype == given.dtype
    np.testing.assert_array_equal(found.to_numpy(), given)
    assert (found.vertices, found.faces, found.file_type) == (50, 0, "ply")


def test_another_program_reads_the_points_and_their_colours() -> None:
    given = points(6)
    cloud = read_by_trimesh(Object3D(given))

    np.testing.assert_array_equal(cloud.vertices, given[:, :3])
    np.testing.assert_array_equal(cloud.colors[:, :3], given[:, 3:])


def test_any_number_is_a_category() -> None:
    given = np.array([[0, 0, 0, 1], [0, 0, 1, 14], [0, 1, 0, -3], [1, 0, 0, 70_000]])

    np.testing.assert_array_equal(Object3D(given).to_numpy(), given)


@pytest.mark.parametrize("category", [1.3e306, -1.7e308, 2.0**53 + 2])
def test_a_huge_category_has_a_colour(category: float) -> None:
    found = of_category(np.array([category, 3.0, np.nan]))

    assert np.all((found >= 40) & (found <= 220))
    assert np.array_equal(found[1:], of_category(np.array([3.0, 0.0])))
    points = np.array([[0, 0, 0, category], [1, 1, 1, 3]])
    assert round_trip(mt.Object3D(points)) == mt.Object3D(points)


def test_colours_are_rounded_and_clipped_and_it_is_said() -> None:
    value = Object3D([[0, 0, 0, -1.0, 300.0, 0.4], [0, 0, 0, 255, 128, float("nan")]])

    assert value.to_numpy()[:, 3:].tolist() == [[0, 255, 0], [255, 128, 0]]
    assert (value.source.clipped, value.source.nonfinite) == (2, 1)
    text = " ".join(value.problems)
    assert all(word in text for word in ("rounded", "2 colour values", "1 number"))


def test_points_that_are_not_finite_are_kept_and_counted() -> None:
    given = np.array([[np.nan, 0, 0], [np.inf, 1, -np.inf], [0, 0, 1]])

    with mt.init() as run, pytest.warns(mt.MediaTypesWarning, match="scan.*3 numbers"):
        run.log({"scan": Object3D(given)})
    found = mt.open_run(run.dir).media("scan")[0][0]
    np.testing.assert_array_equal(found.to_numpy(), given)
    assert found.source.nonfinite == 3


@pytest.mark.parametrize("shape", [(3,), (2, 2), (2, 5), (1, 2, 3), (0,), ()])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(errors.ShapeError, match="Object3D: points must be points × 3"):
        Object3D(np.zeros(shape))


def test_other_elements_are_refused_and_no_points_are_said() -> None:
    with pytest.raises(errors.DtypeError, match="complex128"):
        Object3D(np.zeros((2, 3), complex))
    with pytest.raises(errors.DtypeError, match="Object3D: points must be real"):
        Object3D(np.zeros((2, 3), "U3"))
    assert Object3D(np.zeros((0, 3))).problems == ("there were no points",)


def test_integers_that_no_double_holds_are_said() -> None:
    assert "2**53" in Object3D([[2**53 + 1, 0, 0]]).problems[0]
    assert Object3D([[2**53, 0, 0]]).problems == ()


@pytest.mark.parametrize(
    "turn", [(1, 0, 0, 0), (0.9, 0.1, -0.2, 0.3), (-0.1, 0.7, 0.7, 0.1)]
)
def test_a_box_is_turned_as_its_quaternion_says(turn: tuple[float, ...]) -> None:
    quaternion = np.array(turn) / np.linalg.norm(turn)
    center, size = np.array([1.0, 2.0, 3.0]), np.array([4.0, 2.0, 1.0])
    box = {"center": center, "size": size, "orientation": quaternion}
    found = Object3D(np.zeros((1, 3)), boxes=[box]).boxes[0]

    w, x, y, z = quaternion
    signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])
    wanted = Rotation.from_quat([x, y, z, w]).apply(signs * size / 2) + center
    key = [tuple(row) for row in np.round(found["corners"], 9)]
    assert sorted(key) == sorted(tuple(row) for row in np.round(wanted, 9))
    assert found["orientation"] == quaternion.tolist()


def test_corners_are_those_that_edges_join() -> None:
    box = {"center": (0, 0, 0), "size": (2, 4, 6)}
    corners = np.array(Object3D(np.zeros((1, 3)), boxes=[box]).boxes[0]["corners"])

    for first, last in EDGES:
        assert np.count_nonzero(corners[first] != corners[last]) == 1


@pytest.mark.parametrize(
    ("box", "match"),
    [
        (
            {"corners": np.zeros((7, 3))},
            r"boxes\[0\]\['corners'\] must be 8 × 3 numbers",
        ),
        ({"corners": np.full((8, 3), np.nan)}, "all finite"),
        ({"center": (0, 0, 0)}, "one without 'size'"),
        ({"center": (0, 0, 0), "size": (1, -1, 1)}, "0 or more"),
        (
            {"center": (0, 0, 0), "size": (1, 1, 1), "orientation": (1, 1, 0, 0)},
            "1.41421",
        ),
        (
            {"center": (0, 0, 0), "size": (1, 1, 1), "orientation": (0, 0, 0, 0)},
            "length 0",
        ),
        ({"center": "abc", "size": (1, 1, 1)}, "3 numbers"),
        ({"corners": np.zeros((8, 3)), "colour": (0, 0, 0)}, "one with 'colour'"),
        ({"corners": np.zeros((8, 3)), "color": (0, 0, 256)}, "0 to 255"),
        ({"corners": np.zeros((8, 3)), "score": float("nan")}, "finite"),
        ({"corners": np.zeros((8, 3)), "label": object()}, "must be text"),
        (3, "a mapping"),
    ],
)
def test_an_incomplete_box_is_refused(box: Any, match: str) -> None:
    with pytest.raises(errors.InvalidMediaError, match=match):
        Object3D(np.zeros((1, 3)), boxes=[box])


def test_an_incomplete_vector_is_refused() -> None:
    for vectors in ([{"start": (0, 0, 0)}], [{"start": (0, 0), "end": (0, 0, 1)}], 3):
        with pytest.raises(errors.InvalidMediaError, match="vectors"):
            Object3D(np.zeros((1, 3)), vectors=vectors)


def test_the_calls_that_people_know_work() -> None:
    cloud = points(4)
    box = {
        "corners": np.zeros((8, 3)).tolist(),
        "label": "car",
        "color": [0, 255, 0],
        "score": 0.5,
    }
    arrow = {"start": [0, 0, 0], "end": [1, 1, 1]}
    whole = Object3D.from_point_cloud(cloud, [box], [arrow])

    assert (
        Object3D(
            {
                "type": "lidar/beta",
                "points": cloud,
                "boxes": np.array([box]),
                "vectors": np.array([arrow]),
            }
        )
        == whole
    )
    assert (whole.boxes, whole.vectors) == ([box], [arrow])
    assert Object3D.from_numpy(cloud, caption="c") == Object3D(cloud, "c")
    assert Object3D.from_file(FIXTURES / "box.obj") == Object3D(
        str(FIXTURES / "box.obj")
    )
    with (FIXTURES / "box.glb").open("rb") as file:
        assert Object3D(file) == Object3D(FIXTURES / "box.glb")
    with pytest.raises(errors.OptionError, match="lidar/beta"):
        Object3D.from_point_cloud(cloud, [], point_cloud_type="radar")
    with pytest.raises(errors.OptionError, match="a mapping with 'points'"):
        Object3D({"boxes": []})


def test_a_cloud_in_json_is_a_cloud(tmp_path: Path) -> None:
    path = tmp_path / "a.pts.json"
    path.write_text(json.dumps({"type": "lidar/beta", "points": [[1, 2, 3.5]]}))

    assert Object3D(path).to_numpy().tolist() == [[1, 2, 3.5]]
    assert Object3D(b"[[1, 2, 3]]", file_type="pts.json").vertices == 1
    with pytest.raises(errors.DecodeError, match="a point cloud in JSON"):
        Object3D(b"[[1, 2", file_type="pts.json")


@pytest.mark.parametrize("name", MESHES)
def test_a_mesh_of_another_program_is_kept_and_has_its_vertices(name: str) -> None:
    value = Object3D(FIXTURES / name, parts=PARTS.get(name))

    assert value.encode().data == (FIXTURES / name).read_bytes()
    corners = {tuple(map(float, row)) for row in value.to_numpy()}
    assert corners == {(x, y, z) for x in (0, 1) for y in (0, 2) for z in (0, 3)}
    assert value.faces in {6, 12}
    assert round_trip(value) == value
    whole: Any = round_trip(value)
    assert whole.to_numpy().shape == value.to_numpy().shape


@pytest.mark.parametrize("name", [n for n in MESHES if n not in PARTS])
def test_trimesh_counts_the_same_vertices_and_faces(name: str) -> None:
    value = Object3D(FIXTURES / name)
    theirs: Any = trimesh.load(FIXTURES / name, process=False, force="mesh")

    assert value.faces * (2 if value.faces == 6 else 1) == len(theirs.faces)
    assert np.ptp(value.to_numpy(), axis=0).tolist() == theirs.extents.tolist()


@pytest.mark.parametrize("name", PARTS)
def test_a_file_that_names_others_is_refused_without_them(name: str) -> None:
    (needed,) = PARTS[name]
    with pytest.raises(
        errors.OptionError, match=f"none named '{needed}'.*Pass parts=.*GLB"
    ):
        Object3D(FIXTURES / name)
    with pytest.raises(errors.OptionError, match=r"one named 'other\.bin'"):
        Object3D(FIXTURES / name, parts=PARTS[name] | {"other.bin": b""})
    value = Object3D(FIXTURES / name, parts=PARTS[name])
    assert value.parts == {needed: PARTS[name][needed].read_bytes()}
    assert Object3D(value) == value


def test_a_texture_behind_a_material_is_named_too() -> None:
    with pytest.raises(errors.OptionError, match=r"none named 'wood\.png'"):
        Object3D(
            b"mtllib a.mtl\nv 0 0 0\n",
            file_type="obj",
            parts={"a.mtl": b"map_Kd -s 1 1 1 wood.png\n"},
        )


def test_a_file_of_another_format_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    path.write_bytes(b"words")
    with pytest.raises(errors.DecodeError, match=r"a STL file.*stl: it is neither"):
        Object3D(path)
    with pytest.raises(errors.DecodeError, match="file_type"):
        Object3D(b"words")
    with pytest.raises(errors.OptionError, match="'babylon'"):
        Object3D(b"words", file_type="babylon")
    with pytest.raises(errors.MissingFileError):
        Object3D(tmp_path / "none.glb")
    for name in ("box.glb", "box_binary.ply", "box_binary.stl", "box.gltf"):
        data = (FIXTURES / name).read_bytes()
        suffix = name.rpartition(".")[2]
        assert Object3D(data, parts=PARTS.get(name)).file_type == suffix


def glb(tree: dict[str, Any], data: bytes = b"") -> bytes:
    """Return a GLB file by its specification, without our own code."""
    text = json.dumps({"asset": {"version": "2.0"}} | tree).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(data), b"BIN\0") + data if data else b""
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def triangle(node: dict[str, Any], **changes: Any) -> bytes:
    accessor = {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}
    tree = {
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0} | node],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [accessor | changes],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"byteLength": 36}],
    }
    return glb(tree, struct.pack("<9f", 1, 0, 0, 0, 1, 0, 0, 0, 1))


def test_a_node_is_placed_as_trimesh_places_it() -> None:
    turn = Rotation.from_euler("xyz", [0.3, -0.4, 0.5]).as_quat().tolist()
    data = triangle({"translation": [1, 2, 3], "rotation": turn, "scale": [2, 3, 4]})
    theirs: Any = trimesh.load(
        io.BytesIO(data), file_type="glb", process=False, force="mesh"
    )

    np.testing.assert_allclose(Object3D(data).to_numpy(), theirs.vertices, atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 4},
        {"count": -1},
        {"count": 3.0},
        {"count": 2**70},
        {"type": "MAT9"},
        {"byteOffset": 4},
        {"bufferView": 7},
        {"componentType": 1},
    ],
)
def test_an_accessor_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(errors.DecodeError, match="GLB file"):
        Object3D(triangle({}, **changes))


def test_what_is_packed_is_kept_without_a_picture() -> None:
    tree = {"extensionsRequired": ["KHR_draco_mesh_compression"]}
    value = Object3D(glb(tree))

    assert value.encode().parts == ()
    assert "KHR_draco_mesh_compression" in value.problems[0]


make_cloud: Any = trimesh.PointCloud


def test_objects_of_trimesh_are_known_without_importing_it() -> None:
    mesh = trimesh.creation.box((1, 2, 3))
    cloud = make_cloud(points(3), colors=np.tile([1, 2, 3, 255], (50, 1)))

    value = Object3D(mesh)
    assert (value.file_type, value.faces) == ("glb", 12)
    assert np.ptp(value.to_numpy(), axis=0).tolist() == [1, 2, 3]
    assert Object3D(mesh.scene()).faces == 12
    assert Object3D(cloud).to_numpy()[0].tolist() == [*points(3)[0], 1, 2, 3]
    assert Object3D(make_cloud(points(3))).to_numpy().shape == (50, 3)


def picture(value: Object3D) -> Any:
    part = next(part for part in value.encode().parts if part.name == "picture")
    with Pillow.open(io.BytesIO(part.data)) as found:
        return np.asarray(found).astype(int)


def test_the_small_picture_shows_what_is_nearer() -> None:
    """The eye looks along +y, from the left and above: a red point hides a blue one."""
    eye = np.array([np.sin(np.radians(35)), -np.cos(np.radians(35)), 0])
    eye = eye * np.cos(np.radians(25)) + [0, 0, np.sin(np.radians(25))]
    cloud = [[*eye, 255, 0, 0], [*-eye, 0, 0, 255]]
    for rows in (cloud, cloud[::-1]):
        found = picture(Object3D(rows))
        assert found[120, 160].tolist() == [255, 0, 0]


def test_the_small_picture_is_small_and_shows_boxes() -> None:
    many = Object3D(np.random.default_rng(0).normal(size=(300_000, 3)))
    parts = {part.name: part for part in many.encode().parts}
    assert len(parts["picture"].data) < 100_000

    box = {"center": (0, 0, 0), "size": (2, 2, 2), "color": (0, 200, 0)}
    found = picture(Object3D(np.zeros((1, 3)), boxes=[box]))
    green = (found[..., 1] > found[..., 0] + 60) & (found[..., 1] > found[..., 2] + 60)
    assert green.sum() > 500


def test_nothing_to_draw_is_paper() -> None:
    for rows in (np.zeros((0, 3)), np.full((2, 3), np.nan)):
        assert (picture(Object3D(rows)) == 255).all()


def test_a_huge_or_tiny_cloud_has_a_picture() -> None:
    for scale in (1e300, 1e-300):
        assert (picture(Object3D(points(3) * scale)) < 255).any()


def test_a_notebook_shows_the_small_picture() -> None:
    text = Object3D(points(3), caption="<b>scan")._repr_html_()

    assert "<img src='data:image/png;base64," in text
    assert "&lt;b&gt;scan" in text


def test_a_run_gives_back_clouds_and_meshes_with_their_parts() -> None:
    box = {"corners": np.eye(8, 3).tolist(), "label": "x"}
    values = [
        Object3D(points(6), boxes=[box]),
        Object3D(FIXTURES / "box.gltf", parts=PARTS["box.gltf"]),
    ]
    with mt.init() as run:
        run.log({"shapes": values, "rows": mt.Table(["shape"], [[values[0]]])})

    read = mt.open_run(run.dir)
    assert list(read.media("shapes")[0]) == values
    assert read.media("rows")[0][0].data[0][0] == values[0]


def test_words_and_marks_of_another_value_are_taken_over() -> None:
    first = Object3D(
        points(3), caption="c", id="i", boxes=[{"center": (0, 0, 0), "size": (1, 1, 1)}]
    )

    assert Object3D(first) == first
    assert Object3D(first, "d").caption == "d"
    assert Object3D(first, boxes=[]).boxes == []
    assert Object3D(first) != Object3D(points(3))
    assert Object3D(first) != 3


def test_a_signalling_nan_in_a_file_is_a_nan_like_any_other() -> None:
    head = (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 2\n"
        b"property float x\nproperty float y\nproperty float z\nend_header\n"
    )
    value = Object3D(head + struct.pack("<6I", 0x7FA00000, *[0] * 5), file_type="ply")

    assert np.isnan(value.to_numpy()).tolist() == [[True, False, False], [False] * 3]
