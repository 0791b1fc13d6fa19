"""Masks, boxes, points and lines: what is kept, what is refused, what is shared."""

from __future__ import annotations

import io
import json
import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes import Classes, Image
from mediatypes.errors import (
    DecodeError,
    DtypeError,
    InvalidMediaError,
    ManifestError,
    OptionError,
    ShapeError,
    UnsupportedInputError,
)
from mediatypes.formats import png
from mediatypes.schema import Media as MediaRecord
from mediatypes.testing import round_trip
from tests.naming import named

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GREY = np.arange(24, dtype=np.uint8).reshape(4, 6)
IDS = np.arange(24).reshape(4, 6)
SIDES = {"minX": 0.1, "maxX": 0.3, "minY": 0, "maxY": 1}
BOX = {"position": SIDES, "class_id": 1}


def masked(data: object, **more: Any) -> Image:
    return Image(GREY, masks={"m": {"mask_data": data, **more}})


def boxed(*boxes: object, **more: Any) -> Image:
    return Image(GREY, boxes={"b": {"box_data": list(boxes), **more}})


def ids_in(data: bytes) -> NDArray[Any]:
    """Return what Pillow reads from the file of a mask."""
    with Pillow.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


# Masks


@pytest.mark.parametrize(
    "dtype",
    [
        *("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64"),
        *("int64", "float16", "float32", "float64"),
    ],
)
def test_a_mask_of_any_type_is_a_grey_png_and_reads_back_in_its_type(
    dtype: str,
) -> None:
    ids = (IDS > 7 if dtype == "bool" else IDS).astype(dtype)
    value = masked(ids)
    (part,) = value.encode().parts
    assert (part.name, part.kind, part.mime) == ("masks/m", "mask", "image/png")
    stored = ids_in(part.data)
    assert stored.dtype == np.uint8
    assert np.array_equal(stored, ids)
    for mask in (value.masks["m"], round_trip(value).masks["m"]):  # type: ignore[attr-defined]
        assert mask["mask_data"].dtype == ids.dtype
        assert np.array_equal(mask["mask_data"], ids)
        assert not mask["mask_data"].flags.writeable


def test_ids_above_a_byte_are_stored_in_16_bits() -> None:
    ids = IDS * 2849
    (part,) = masked(ids).encode().parts
    assert part.data[24] == 16
    assert np.array_equal(ids_in(part.data), ids)


@given(hnp.arrays(np.int64, (2, 3), elements=st.integers(0, 65_535)))
def test_every_id_reads_back(ids: NDArray[Any]) -> None:
    value = Image(np.zeros((2, 3)), masks={"m": {"mask_data": ids}})
    back = round_trip(value)
    assert back == value
    assert isinstance(back, Image)
    assert np.array_equal(back.masks["m"]["mask_data"], ids)


@pytest.mark.parametrize(
    "ids",
    [
        *(IDS - 1, IDS.astype(float) + 0.5, np.full((4, 6), np.nan)),
        *(np.full((4, 6), np.inf), IDS + 65_520, IDS.astype(complex), IDS.astype(str)),
        *(IDS.astype("M8[s]"), [[2**70] * 6] * 4),
    ],
)
def test_an_id_that_is_none_is_refused_with_its_mask(ids: Any) -> None:
    with pytest.raises(DtypeError, match=r"masks\['m'\].*0 to 65,535"):
        masked(ids)


@pytest.mark.parametrize("shape", [(6, 4), (4, 5), (24,), (4, 6, 3), (2, 4, 6), (1, 1)])
def test_a_mask_of_another_size_is_refused_with_both_sizes(
    shape: tuple[int, ...],
) -> None:
    with pytest.raises(ShapeError, match=r"masks\['m'\].*\(4, 6\)") as caught:
        masked(np.zeros(shape, int))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("shape", [(4, 6, 1), (1, 4, 6)])
def test_an_axis_of_length_one_is_dropped(shape: tuple[int, ...]) -> None:
    ids = masked(IDS.reshape(shape)).masks["m"]["mask_data"]
    assert np.array_equal(ids, IDS)


def test_a_mask_may_be_a_file_or_a_picture(tmp_path: Path) -> None:
    grey = Pillow.fromarray(IDS.astype(np.uint8))
    grey.save(tmp_path / "grey.png")
    wide = Pillow.fromarray((IDS * 300).astype(np.uint16))
    wide.save(tmp_path / "wide.png")
    palette = Pillow.new("P", (6, 4))
    palette.putpalette([7, 200, 30] * 24)
    palette.putdata(list(range(24)))
    palette.save(tmp_path / "palette.png")
    for name, ids in (("grey", IDS), ("wide", IDS * 300), ("palette", IDS)):
        path = tmp_path / f"{name}.png"
        for source in (
            path,
            str(path),
            path.read_bytes(),
            io.BytesIO(path.read_bytes()),
        ):
            value = Image(GREY, masks={"m": {"path": source}})
            assert np.array_equal(value.masks["m"]["mask_data"], ids), name
    for picture in (grey, wide, palette):
        ids = IDS * 300 if picture is wide else IDS
        assert np.array_equal(masked(picture).masks["m"]["mask_data"], ids)


def test_a_mask_file_that_is_none_is_refused(tmp_path: Path) -> None:
    colour = io.BytesIO()
    Pillow.new("RGB", (6, 4)).save(colour, format="PNG")
    for source in (tmp_path / "none.png", b"no picture at all", colour.getvalue(), IDS):
        with pytest.raises((InvalidMediaError, DecodeError), match="Image"):
            Image(GREY, masks={"m": {"path": source}})
    with pytest.raises(UnsupportedInputError, match="mode RGB"):
        masked(Pillow.new("RGB", (6, 4)))


def test_masked_ids_are_0_and_said() -> None:
    value = masked(np.ma.masked_equal(IDS, 5))
    assert value.masks["m"]["mask_data"][0, 5] == 0
    assert any("masked" in text for text in value.problems)


def test_a_mask_is_a_snapshot() -> None:
    ids, labels = IDS.copy(), {1: "cat"}
    given = {"m": {"mask_data": ids, "class_labels": labels}}
    value = Image(GREY, masks=given)
    ids[:] = 0
    labels[1] = "dog"
    given.clear()
    assert np.array_equal(value.masks["m"]["mask_data"], IDS)
    assert value.masks["m"]["class_labels"] == {1: "cat"}
    value.masks["m"]["class_labels"][1] = "dog"
    assert value.masks["m"]["class_labels"] == {1: "cat"}


def test_a_mask_counts_in_the_size_of_the_snapshot() -> None:
    assert masked(IDS).nbytes == GREY.nbytes + IDS.size
    assert masked(IDS * 300).nbytes == GREY.nbytes + 2 * IDS.size


# Boxes


def numbers() -> st.SearchStrategy[int | float]:
    return st.integers(-(2**53), 2**53) | st.floats(
        allow_nan=False, allow_infinity=False
    )


@st.composite
def boxes(draw: st.DrawFn) -> dict[str, Any]:
    """Return boxes in both forms and both domains."""
    number = numbers()
    if draw(st.booleans()):
        x, y = (
            sorted([draw(number), draw(number)]),
            sorted([draw(number), draw(number)]),
        )
        position: dict[str, Any] = dict(
            zip(("minX", "maxX", "minY", "maxY"), (*x, *y), strict=True)
        )
    else:
        position = {"middle": [draw(number), draw(number)]}
        position |= {"width": abs(draw(number)), "height": abs(draw(number))}
    text = st.text(max_size=9)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "domain": st.just("pixel"),
        "class_id": st.integers(-(2**53), 2**53),
        "box_caption": text,
        "scores": st.dictionaries(text, number, max_size=3),
    }
    fixed = {"position": st.just(position)}
    return draw(st.fixed_dictionaries(fixed, optional=optional))


@given(st.lists(boxes(), max_size=3), st.text(min_size=1, max_size=9))
def test_boxes_of_both_forms_and_domains_read_back(
    given_boxes: list[dict[str, Any]], name: str
) -> None:
    if "\0" in name:
        name = "nul"
    labels = {0: "a", -3: "$b"}
    sets = {name: {"box_data": given_boxes, "class_labels": labels}}
    value = Image(GREY, boxes=sets)
    back = round_trip(value)
    assert isinstance(back, Image)
    assert value.boxes == back.boxes == sets
    assert back == value
    assert Image(GREY, boxes=back.boxes) == value


def test_numbers_of_any_library_are_plain_numbers() -> None:
    position = {
        "middle": np.array([0.5, 0.25], np.float32),
        "width": np.float16(0.5),
        "height": np.array(1),
    }
    box = {"position": position, "class_id": np.uint8(3), "scores": {"p": np.int64(1)}}
    (found,) = boxed(box).boxes["b"]["box_data"]
    assert found == {
        "position": {"middle": [0.5, 0.25], "width": 0.5, "height": 1},
        "class_id": 3,
        "scores": {"p": 1},
    }
    kinds = {type(x) for x in (*found["position"]["middle"], found["class_id"])}
    assert kinds == {float, int}
    assert box["position"] is position


def test_none_is_the_same_as_left_out() -> None:
    nothing = dict.fromkeys(["domain", "class_id", "box_caption", "scores"])
    assert boxed({**nothing, "position": SIDES}) == boxed({"position": SIDES})
    assert Image(GREY, boxes=None, masks=None).boxes == {}


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ({}, "position"),
        ({"position": {}}, "minX"),
        ({"position": SIDES | {"width": 1}}, "minX"),
        ({"position": {"minX": 0, "maxX": 1, "minY": 0}}, "maxY"),
        ({"position": SIDES | {"minX": 2}}, "at most maxX"),
        ({"position": SIDES | {"minX": float("nan")}}, "finite number; got nan"),
        ({"position": SIDES | {"maxX": float("inf")}}, "finite number; got inf"),
        ({"position": SIDES | {"maxX": np.float32("nan")}}, "finite"),
        ({"position": SIDES | {"minX": "0"}}, "a number; got '0'"),
        ({"position": SIDES | {"minX": True}}, "a number"),
        ({"position": SIDES | {"minX": 2**70}}, "finite number"),
        ({"position": {"middle": [1], "width": 1, "height": 1}}, "two numbers"),
        ({"position": {"middle": 1, "width": 1, "height": 1}}, "two numbers"),
        ({"position": {"middle": [1, 1], "width": -1, "height": 1}}, "0 or more"),
        ({"position": [0, 0, 1, 1]}, "mapping"),
        ({"position": SIDES, "domain": "pixels"}, '"pixel"'),
        ({"position": SIDES, "class_id": 1.5}, "whole number"),
        ({"position": SIDES, "class_id": True}, "whole number"),
        ({"position": SIDES, "class_id": "1"}, "whole number"),
        ({"position": SIDES, "scores": {"p": float("nan")}}, "scores"),
        ({"position": SIDES, "scores": {1: 2}}, "text"),
        ({"position": SIDES, "scores": [0.5]}, "scores"),
        ({"position": SIDES, "box_caption": ["a"]}, "box_caption"),
        ({"position": SIDES, "caption": "a"}, "one with 'caption'"),
        ([0, 0, 1, 1], "mapping"),
        (None, "mapping"),
    ],
)
def test_a_malformed_box_is_refused_with_its_place(box: object, words: str) -> None:
    with pytest.raises(InvalidMediaError) as caught:
        boxed(BOX, box)
    assert caught.value.media == "Image"
    assert "boxes['b']['box_data'][1]" in str(caught.value)
    assert words in str(caught.value)


def test_boxes_far_outside_are_kept_warned_of_and_name_the_domain(
    tmp_path: Path,
) -> None:
    far = boxed({"position": {"minX": 10, "maxX": 50, "minY": 0, "maxY": 9}})
    near = boxed({"position": {"minX": -0.2, "maxX": 1.1, "minY": 0, "maxY": 1}})
    pixels = boxed(
        {"position": {"middle": [90, 9], "width": 9, "height": 9}, "domain": "pixel"}
    )
    assert near.problems == pixels.problems == ()
    run = mt.init(dir=tmp_path, reinit="create_new")
    with pytest.warns(mt.MediaTypesWarning, match='\'x\'.*"domain": "pixel"'):
        run.log({"x": far})
    run.finish()
    (back,) = mt.open_run(run.dir).media("x")[0]
    assert back == far
    assert back.source.reasons


# Points and lines


def test_points_and_lines_read_back_as_float64() -> None:
    points = np.array([[1, 2], [3, 4]], np.int16)
    value = Image(
        GREY,
        points={"p": {"point_data": points, "labels": ["a", 2], "domain": "pixel"}},
        lines={
            "l": {
                "line_data": [points, [[0.5, 0.25]], []],
                "labels": ["abc"] * 3,
            }
        },
    )
    for item in (value, round_trip(value), pickle.loads(pickle.dumps(value))):
        assert isinstance(item, Image)
        assert item == value
        found = item.points["p"]
        assert found["labels"] == ["a", "2"]
        assert found["domain"] == "pixel"
        assert found["point_data"].dtype == np.float64
        assert np.array_equal(found["point_data"], points)
        lines = item.lines["l"]["line_data"]
        assert [line.shape for line in lines] == [(2, 2), (1, 2), (0, 2)]
        assert lines[1].tolist() == [[0.5, 0.25]]


@given(
    hnp.arrays(
        st.sampled_from(["f4", "f8", "i4"]), st.tuples(st.integers(0, 4), st.just(2))
    )
)
def test_points_of_any_numbers_read_back(points: NDArray[Any]) -> None:
    value = Image(GREY, points={"p": {"point_data": points}})
    back = round_trip(value)
    assert isinstance(back, Image)
    assert back == value
    expected = points.astype(float)
    expected[~np.isfinite(expected)] = np.nan
    for item in (value, back):
        assert np.array_equal(item.points["p"]["point_data"], expected, equal_nan=True)
    missing = not np.isfinite(points).all()
    assert any("NaN" in text for text in value.problems) == missing


def test_an_array_of_lines_is_as_many_lines() -> None:
    value = Image(GREY, lines={"l": {"line_data": np.zeros((3, 5, 2))}})
    assert [x.shape for x in value.lines["l"]["line_data"]] == [(5, 2)] * 3


@pytest.mark.parametrize(
    "given_sets",
    [
        {"points": {"p": {"point_data": np.zeros((3, 3))}}},
        {"points": {"p": {"point_data": np.zeros(4)}}},
        {"points": {"p": {"point_data": [[1, 2], [3]]}}},
        {"points": {"p": {"point_data": [["a", "b"]]}}},
        {"points": {"p": {"point_data": [[1j, 2]]}}},
        {"points": {"p": {"point_data": [[1, 2]], "labels": []}}},
        {"points": {"p": {"point_data": [[1, 2]], "labels": "a"}}},
        {"points": {"p": {"point_data": [[1, 2]], "domain": "px"}}},
        {"points": {"p": {"line_data": []}}},
        {"points": {"p": np.zeros((3, 2))}},
        {"lines": {"l": {"line_data": 3}}},
        {"lines": {"l": {"line_data": [[1, 2]]}}},
        {"lines": {"l": {"line_data": [[[1, 2]]], "labels": ["a", "b"]}}},
        {"lines": [1]},
        {"masks": {"m": IDS}},
        {"masks": {"m": {}}},
        {"masks": {"m": {"mask_data": IDS, "labels": {}}}},
        {"masks": {"m": {"mask_data": IDS, "class_labels": ["a"]}}},
        {"masks": {"m": {"mask_data": IDS, "class_labels": {"1": "a"}}}},
        {"masks": {"m": {"mask_data": IDS, "class_labels": {1: object()}}}},
        {"masks": {"": {"mask_data": IDS}}},
        {"masks": {"\0": {"mask_data": IDS}}},
        {"masks": {"\ud800": {"mask_data": IDS}}},
        {"masks": {1: {"mask_data": IDS}}},
        {"masks": {"m" * 4097: {"mask_data": IDS}}},
        {"masks": [IDS]},
        {"boxes": {"b": {"box_data": "boxes"}}},
        {"boxes": {"b": {"box_data": {}}}},
        {"boxes": {"b": [BOX]}},
        {"classes": ["cat"]},
        {"classes": [{"id": 1}]},
        {"classes": [{"id": 1, "name": "a", "supercategory": "b"}]},
        {"classes": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]},
        {"classes": [{"id": 0.5, "name": "a"}]},
        {"classes": 3},
    ],
    ids=named,
)
def test_a_malformed_annotation_is_refused_by_name(given_sets: dict[str, Any]) -> None:
    (group,) = given_sets
    with pytest.raises(InvalidMediaError) as caught:
        Image(GREY, **given_sets)
    assert caught.value.media == "Image"
    assert group in str(caught.value)


# Classes


def test_classes_are_a_mapping_of_ids_to_names() -> None:
    listed = Classes([{"id": 7, "name": "car"}, {"id": np.int64(0), "name": "road"}])
    assert listed == Classes({7: "car", 0: "road"}) == Classes(listed)
    assert dict(listed) == {7: "car", 0: "road"}
    assert listed[0] == "road"
    assert pickle.loads(pickle.dumps(listed)) == listed
    assert repr(listed) == "Classes(2 classes)"
    with pytest.raises(KeyError):
        listed[1]


def test_labels_that_are_the_classes_of_the_picture_are_not_repeated() -> None:
    names = Classes({0: "road", 1: "car"})
    sets: dict[str, dict[str, Any]] = {
        "a": {"mask_data": IDS, "class_labels": names},
        "b": {"mask_data": IDS},
        "c": {"mask_data": IDS, "class_labels": {1: "dog"}},
    }
    value = Image(GREY, classes=names, masks=sets, boxes={"b": {"box_data": [BOX]}})
    meta = value.encode().meta
    assert meta["classes"] == {"0": "road", "1": "car"}
    labelled = [name for name, mask in meta["masks"].items() if "class_labels" in mask]
    assert labelled == ["c"]
    for item in (value, round_trip(value)):
        assert isinstance(item, Image)
        assert item.classes == names
        found = [mask["class_labels"] for mask in item.masks.values()]
        assert found == [dict(names), dict(names), {1: "dog"}]
        assert item.boxes["b"]["class_labels"] == dict(names)


def test_many_classes_are_one_file_of_the_run(tmp_path: Path) -> None:
    names = {number: f"class number {number}" for number in range(1_203)}
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        for step in range(3):
            run.log(
                {
                    "x": Image(
                        GREY + step,
                        classes=names,
                        masks={"m": {"mask_data": IDS, "class_labels": names}},
                    )
                }
            )
            run.checkpoint()
    files = list(run.dir.rglob("media/**/*.json"))
    assert len(files) == 1
    assert json.loads(files[0].read_text())["7"] == "class number 7"
    (log,) = (run.dir / "log").iterdir()
    lines = log.read_bytes().splitlines()
    assert max(len(x) for x in lines if b'"k":"environment"' not in x) < 2_000
    for step, (item,) in mt.open_run(run.dir).media("x").items():
        assert item == Image(
            GREY + step, classes=names, masks={"m": {"mask_data": IDS}}
        )
        assert item.masks["m"]["class_labels"] == names


def test_many_boxes_do_not_make_a_line_too_long(tmp_path: Path) -> None:
    many = [BOX | {"box_caption": f"box {i}"} for i in range(5_000)]
    rng = np.random.default_rng(0)
    dots = rng.random((50_000, 2))
    value = Image(
        GREY,
        boxes={name: {"box_data": many} for name in ("../b", "$c")},
        points={"p": {"point_data": dots}, "q": {"point_data": dots[:3]}},
        masks={
            "m": {"mask_data": IDS, "class_labels": dict.fromkeys(range(900), "x" * 9)}
        },
    )
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": value})
    (log,) = (run.dir / "log").iterdir()
    assert max(map(len, log.read_bytes().splitlines())) < 10_000
    ((back,),) = mt.open_run(run.dir).media("x").values()
    assert back == value
    assert back.boxes == value.boxes
    assert back.encode() == value.encode()


# The picture and its annotations together


def annotated() -> Image:
    return Image(
        GREY,
        caption="all",
        classes={1: "cat"},
        masks={"m": {"mask_data": IDS}, "$n": {"mask_data": IDS > 3}},
        boxes={"b": {"box_data": [BOX]}},
        points={"p": {"point_data": [[0, 1]]}},
        lines={"l": {"line_data": [[[0, 1], [1, 0]]]}},
    )


def test_an_image_of_an_image_keeps_its_annotations() -> None:
    value = annotated()
    for source in (value, round_trip(value)):
        assert Image(source) == value
        for other in (
            Image(source, file_type="webp"),
            Image(source, mode="RGB"),
            Image(source, caption="x"),
            Image(source, value_range=(0, 30)),
        ):
            assert other.boxes == value.boxes
            assert other.masks.keys() == value.masks.keys()
            assert np.array_equal(other.masks["m"]["mask_data"], IDS)
            assert round_trip(other) == other


def test_annotations_that_are_given_replace_those_of_their_kind() -> None:
    value = annotated()
    other = Image(value, masks={"new": {"mask_data": IDS}}, boxes={})
    assert other.masks.keys() == {"new"}
    assert other.boxes == {}
    assert other.points.keys() == {"p"}
    assert other.caption == "all"
    assert len(other.encode().parts) == 1
    assert round_trip(other) == other


def test_annotations_make_pictures_differ() -> None:
    value = annotated()
    assert value == annotated()
    changes: tuple[dict[str, Any], ...] = (
        {"masks": {"m": {"mask_data": IDS}}},
        {"masks": {"m": {"mask_data": IDS}, "$n": {"mask_data": IDS > 4}}},
        {"boxes": {"b": {"box_data": [BOX, BOX]}}},
        {"points": {"p": {"point_data": [[0, 2]]}}},
        {"lines": {}},
        {"classes": {1: "dog"}},
    )
    for changed in changes:
        assert Image(value, **changed) != value
    assert value != Image(GREY, caption="all")
    assert Image(GREY, caption="all") != value


def test_a_file_keeps_its_bytes_beside_its_annotations() -> None:
    out = io.BytesIO()
    Pillow.fromarray(GREY).save(out, format="PNG")
    value = Image(out.getvalue(), masks={"m": {"mask_data": IDS}})
    assert value.encode().data == out.getvalue()
    assert round_trip(value) == value


def test_nothing_is_drawn_into_the_pixels() -> None:
    assert annotated().encode().data == Image(GREY).encode().data
    assert np.array_equal(annotated().to_numpy(), GREY)


def test_half_a_character_in_a_label_is_replaced_and_said(tmp_path: Path) -> None:
    value = masked(IDS, class_labels={1: "a\ud800"})
    assert value.masks["m"]["class_labels"] == {1: "a\ufffd"}
    run = mt.init(dir=tmp_path, reinit="create_new")
    with pytest.warns(mt.MediaTypesWarning, match="surrogates"):
        run.log({"x": value})
    run.finish()
    ((back,),) = mt.open_run(run.dir).media("x").values()
    assert back == value


def test_every_item_of_a_batch_has_its_own_annotations() -> None:
    stack = np.stack([GREY, GREY])
    masks = [{"m": {"mask_data": IDS}}, None]
    first, second = Image.batch(stack, classes={1: "cat"}, masks=masks)
    assert first.masks.keys() == {"m"}
    assert second.masks == {}
    assert first.classes == second.classes == Classes({1: "cat"})
    for wrong in (masks[0], masks * 2):
        with pytest.raises(ShapeError, match="masks must be a list of one"):
            Image.batch(stack, masks=wrong)


def test_a_grid_loses_no_annotation_in_silence() -> None:
    with pytest.raises(OptionError, match="boxes must be left out"):
        Image.grid(np.stack([GREY, GREY]), boxes=[{}, {}])
    with pytest.raises(OptionError, match="would be lost"):
        Image.grid([annotated(), Image(GREY)])
    whole = Image(Image.grid([GREY, GREY]), boxes={"b": {"box_data": [BOX]}})
    assert whole.boxes["b"]["box_data"] == [BOX]


# Records that lie


def record_of(
    value: Image, **changes: Any
) -> tuple[MediaRecord, dict[str, bytes], bytes]:
    encoded = value.encode()
    record = MediaRecord(
        r=0,
        key="k",
        step=0,
        i=0,
        kind="image",
        path="media/image/k/0.png",
        sha256="",
        size=len(encoded.data),
        mime=encoded.mime,
        meta=encoded.meta | changes,
        source=encoded.source,
    )
    return record, {part.name: part.data for part in encoded.parts}, encoded.data


@pytest.mark.parametrize(
    "changes",
    [
        {"boxes": {"b": 3}},
        {"boxes": {"b": {}}},
        {"boxes": {"b": {"box_data": [3]}}},
        {"boxes": {"b": {"box_data": [{"position": 3}]}}},
        {"boxes": {"b": {"box_data": [{"position": {"minX": "a"}}]}}},
        {"boxes": {"b": {"box_data": [BOX | {"scores": 3}]}}},
        {"boxes": {"b": {"box_data": [BOX | {"scores": {"$x": 3}}]}}},
        {"boxes": {"b": {"box_data": [BOX | {"more": 3}]}}},
        {"boxes": {"b": {"box_data": [], "class_labels": {"one": "a"}}}},
        {"boxes": {"b": {"box_data": [], "class_labels": {"1" * 5_000: "a"}}}},
        {"boxes": {"$b": {"box_data": []}}},
        {"boxes": {"": {"box_data": []}}},
        {"boxes": None},
        {"boxes": 3},
        {"points": {"p": {"point_data": [[1]]}}},
        {"points": {"p": {"point_data": "abc"}}},
        {"points": {"p": {"point_data": [[1, 2]], "labels": 3}}},
        {"lines": {"l": {"line_data": 3}}},
        {"lines": {"l": {}}},
        {"classes": {"a": "b"}},
        {"classes": [1]},
        {"classes": "abc"},
        {"masks": {"m": {}}},
        {"masks": {"m": {"dtype": "O"}}},
        {"masks": {"m": {"dtype": "a,b(", "class_labels": {}}}},
        {"masks": {"m": {"dtype": ["int8"]}}},
        {"masks": {"m": {"dtype": "int8", "class_labels": []}}},
        {"masks": {"gone": {"dtype": "int8"}}},
        {"masks": {"$m": {"dtype": "int8"}}},
        {"masks": 3},
    ],
    ids=named,
)
def test_a_record_with_malformed_annotations_is_an_error_of_ours(
    changes: dict[str, Any],
) -> None:
    record, parts, data = record_of(masked(IDS), **changes)
    with pytest.raises(ManifestError):
        Image.decode(record, data, parts)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no PNG",
        png.encode(GREY[:2]),
        png.encode(np.zeros((4, 6, 3), np.uint8)),
        png.encode(GREY)[:-30],
        png.encode(GREY.astype(np.uint16))[:-30],
        png.encode(np.zeros((9_000, 9_000), np.uint8)),
        b"{}",
    ],
    ids=range(8),
)
def test_a_mask_file_that_lies_is_a_decode_error(data: bytes) -> None:
    record, _, pixels = record_of(masked(IDS))
    value = Image.decode(record, pixels, {"masks/m": data})
    assert np.array_equal(value.to_numpy(), GREY)
    with pytest.raises(DecodeError):
        value.masks  # noqa: B018 - it decodes


@pytest.mark.parametrize(
    "parts",
    [
        {"meta/boxes/b": b"{"},
        {"meta/boxes/b": b"3"},
        {"meta/boxes/b": b"\xff"},
        {"meta/boxes/b": b"[" * 100_000},
        {"meta/boxes/b": b'{"box_data":[3]}'},
        {"meta/classes": b"[]"},
        {"meta/classes": b'{"1":[]}'},
        {"meta/masks/other": b'{"dtype":"int8"}'},
        {"meta/lines/": b"{}"},
    ],
    ids=named,
)
def test_a_part_that_holds_no_annotation_is_an_error_of_ours(
    parts: dict[str, bytes],
) -> None:
    record, own, data = record_of(masked(IDS))
    with pytest.raises(ManifestError):
        Image.decode(record, data, own | parts)


def test_a_part_that_is_not_known_is_passed_over() -> None:
    record, own, data = record_of(masked(IDS))
    value = Image.decode(record, data, own | {"later/thing": b"x", "meta/new/a": b"{"})
    assert value.masks.keys() == {"m"}


def test_annotations_cost_no_second_copy_of_the_mask() -> None:
    ids = np.zeros((100, 100), np.uint8)
    value = Image(np.zeros((100, 100), np.uint8), masks={"m": {"mask_data": ids}})
    one, two = value.masks["m"]["mask_data"], value.masks["m"]["mask_data"]
    assert np.shares_memory(one, two)


def test_logging_an_annotated_picture_warns_of_nothing(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with mt.init(dir=tmp_path, reinit="create_new") as run:
            run.log({"x": [annotated(), annotated()]})
            run.summary["best"] = annotated()
    reader = mt.open_run(run.dir)
    assert list(reader.media("x")[0]) == [annotated()] * 2
    assert reader.summary["best"] == annotated()
