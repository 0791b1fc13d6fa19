"""Public fault reports about masks and boxes, each as what must hold here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes import errors
from tests.cases.foreign import FakeTensor, OnlyArray
from tests.cases.record import Record, pixels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

GREY = np.zeros((4, 4), np.uint8)
CORNERS = {"minX": 1, "maxX": 3, "minY": 0, "maxY": 2}


def part(record: Record, key: str, name: str) -> NDArray[Any]:
    """Return what Pillow finds in a part of the last entry under `key`."""
    (found,) = [x for x in record.entry(key)["parts"] if x["name"] == name]
    return pixels_of((record.dir / found["path"]).read_bytes())


@pytest.mark.parametrize(
    "wrap", [FakeTensor, OnlyArray, np.asarray, lambda array: array.tolist()]
)
def test_a_mask_of_bools_is_kept_from_any_container(run: mt.Run, wrap: Any) -> None:
    """Case 33, wandb/wandb#9461: a picture might be a tensor, but its mask not."""
    labels = {0: "background", 1: "nodule"}
    mask = {"mask_data": wrap(np.eye(4, dtype=bool)), "class_labels": labels}
    run.log({"x": mt.Image(FakeTensor(GREY), masks={"truth": mask})})

    record = Record(run)
    assert np.array_equal(part(record, "x", "masks/truth"), np.eye(4))
    stored = record.entry("x")["meta"]["masks"]["truth"]["class_labels"]
    assert {int(key): name for key, name in stored.items()} == labels
    (back,) = mt.open_run(run.dir).media("x")[0]
    assert back.masks["truth"]["class_labels"] == labels
    assert np.array_equal(back.masks["truth"]["mask_data"], np.eye(4))


def test_a_binary_mask_keeps_both_labels_and_the_mapping_is_left_alone() -> None:
    """Case 33, wandb/wandb#1178: only the first class of two was listed."""
    labels = {np.int64(0): "a", 1: "b"}
    given = {"truth": {"mask_data": np.eye(4, dtype=int), "class_labels": labels}}
    image = mt.Image(GREY, masks=given)
    assert image.masks["truth"]["class_labels"] == {0: "a", 1: "b"}
    assert given.keys() == {"truth"}
    assert given["truth"]["class_labels"] is labels


@pytest.mark.parametrize("shape", [(15, 4, 4), (2, 2), (1, 1, 15), (4, 4, 15), (16,)])
def test_a_mask_of_another_shape_is_refused_with_both_shapes(
    shape: tuple[int, ...],
) -> None:
    """Case 34, milesial/Pytorch-UNet#318: one channel a class broke inside Pillow."""
    with pytest.raises(errors.ShapeError) as caught:
        mt.Image(GREY, masks={"p": {"mask_data": np.zeros(shape, int)}})
    assert all(text in str(caught.value) for text in ("'p'", "(4, 4)", str(shape)))


def test_two_masks_keep_two_legends(run: mt.Run) -> None:
    """Case 35, wandb/weave#3693: legends of equal ids were one, the last one."""
    ids = np.arange(16).reshape(4, 4)
    masks: dict[str, dict[str, Any]] = {
        name: {"mask_data": ids, "class_labels": {1: word}}
        for name, word in (("a", "cat"), ("b", "dog"))
    }
    run.log({"x": mt.Image(GREY, masks=masks)})

    record = Record(run)
    meta = record.entry("x")["meta"]["masks"]
    assert meta["a"]["class_labels"] == {"1": "cat"}
    assert meta["b"]["class_labels"] == {"1": "dog"}
    for name in masks:
        assert np.array_equal(part(record, "x", f"masks/{name}"), ids)


def test_boxes_of_numpy_numbers_are_plain_numbers_in_the_record(run: mt.Run) -> None:
    """Case 36, wandb/wandb#3982: numbers of a detector had no JSON form."""
    box = {
        "position": {
            "minX": np.int32(1),
            "maxX": np.float32(3),
            "minY": np.int64(0),
            "maxY": 2,
        },
        "domain": "pixel",
        "class_id": np.uint8(0),
        "scores": {"p": np.float16(0.5)},
    }
    run.log({"x": mt.Image(GREY, boxes={"pred": {"box_data": [box]}})})

    (found,) = Record(run).entry("x")["meta"]["boxes"]["pred"]["box_data"]
    numbers = [*found["position"].values(), found["class_id"], found["scores"]["p"]]
    assert numbers == [1, 3.0, 0, 2, 0, 0.5]
    assert [type(number) for number in numbers] == [int, float, int, int, int, float]


def test_pixels_without_a_domain_are_kept_and_the_domain_is_named(run: mt.Run) -> None:
    """Case 37, wandb/wandb#882: pixels were read as fractions in silence."""
    position = {"minX": 10, "maxX": 50, "minY": 0, "maxY": 9}
    image = mt.Image(
        GREY, boxes={"p": {"box_data": [{"position": position, "class_id": 0}]}}
    )
    with pytest.warns(mt.MediaTypesWarning, match="domain"):
        run.log({"x": image})
    entry = Record(run).entry("x")
    assert entry["meta"]["boxes"]["p"]["box_data"][0]["position"] == position
    assert any("domain" in reason for reason in entry["source"]["reasons"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"class_labels": {}}, "box_data"),
        ({"box_data": [{"class_id": 0}]}, "position"),
        ({"box_data": [{"position": CORNERS | {"minX": 4}}]}, "minX"),
        ({"box_data": [{"position": CORNERS | {"minX": float("nan")}}]}, "nan"),
        ({"box_data": [{"position": {"minX": 1}, "maxX": 3}]}, "maxX"),
    ],
)
def test_a_malformed_box_is_refused_where_the_fault_is(
    given: dict[str, Any], words: str
) -> None:
    """Case 37, wandb/wandb#4265: a brace in the wrong place raised something else."""
    with pytest.raises(errors.InvalidMediaError, match=words) as caught:
        mt.Image(GREY, boxes={"p": given})
    assert "boxes['p']" in str(caught.value)
