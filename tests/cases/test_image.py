"""Public fault reports about pictures, each as what must hold here."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import textwrap
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Pillow
from PIL import ImageCms

import mediatypes as mt
from mediatypes import errors
from mediatypes.recorder.row import build
from tests.cases.foreign import OnlyArray
from tests.cases.record import Record, parse, pcm_of, pixels_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

few = settings(max_examples=25)

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6))
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]

FLOATS: list[np.dtype[Any]] = [np.dtype(x) for x in ("f2", "f4", "f8")]
EXACT: list[np.dtype[Any]] = [np.dtype(x) for x in ("u1", "u2")]
CLIPPED: list[np.dtype[Any]] = [
    np.dtype(x) for x in INTEGERS if x not in {"uint8", "uint16"}
]


def stored(*arguments: Any, **options: Any) -> NDArray[Any]:
    """Return what Pillow finds in the file of an image that is made like this."""
    return pixels_of(mt.Image(*arguments, **options).encode().data)


def noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(0, 256, shape, np.uint8)


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# Values


def test_8_bit_pixels_are_not_scaled_again_alone_or_in_a_list(run: mt.Run) -> None:
    """Case 1, pytorch/pytorch#31459: uint8 was copied to floats and scaled."""
    pixels = np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)

    run.log({"one": mt.Image(pixels), "many": [mt.Image(pixels), mt.Image(pixels)]})

    record = Record(run)
    for found in (*record.pictures("one"), *record.pictures("many")):
        np.testing.assert_array_equal(found, pixels)
    assert len(record.entries("many")) == 2


@pytest.mark.parametrize("dtype", INTEGERS)
def test_whole_numbers_of_0_and_1_stay_0_and_1(dtype: str) -> None:
    """Case 2, wandb/wandb#843: a dark picture was taken for one from 0 to 1."""
    labels = np.array([[0, 1], [1, 0]], dtype)

    assert stored(labels).tolist() == [[0, 1], [1, 0]]
    assert mt.Image(labels).problems == ()


@few
@given(
    pixels=hnp.arrays(np.uint8, SHAPES),
    top=st.integers(0, 255),
)
def test_no_maximum_changes_what_a_level_means(
    pixels: NDArray[np.uint8], top: int
) -> None:
    """Case 2, scikit-image/scikit-image#1623: the rule follows the dtype alone."""
    dimmed = np.minimum(pixels, np.uint8(top))

    np.testing.assert_array_equal(stored(dimmed), dimmed)


def test_bools_are_black_and_white_at_any_width() -> None:
    """Case 3, python-pillow/Pillow#3109: bits were read as bytes, or left at 1."""
    np.testing.assert_array_equal(
        stored(np.eye(9, dtype=bool)), np.eye(9, dtype=np.uint8) * 255
    )
    white = stored(Pillow.new("1", (9, 3), 1))
    assert white.shape == (3, 9)
    assert (white == 255).all()


@few
@given(bits=hnp.arrays(np.bool_, SHAPES))
def test_bits_are_the_same_from_numpy_and_from_pillow(bits: NDArray[np.bool_]) -> None:
    """Case 3, numpy/numpy#5861: both ways in give one picture, of each pattern."""
    expected = np.where(bits, 255, 0)
    np.testing.assert_array_equal(stored(bits), expected)
    np.testing.assert_array_equal(stored(Pillow.fromarray(bits)), expected)


def test_integers_outside_are_clipped_and_said_once(run: mt.Run) -> None:
    """Case 4, mlflow/mlflow#3728: -1 became white, 300 became 44."""
    image = mt.Image(np.array([[-1, 0, 255, 300]], np.int32))

    with pytest.warns(mt.MediaTypesWarning, match="2 of 4 values") as caught:
        run.log({"k": image})
    run.log({"k": image})

    assert len(caught) == 1
    record = Record(run)
    assert record.pictures("k")[0].tolist() == [[0, 0, 255, 255]]
    assert record.entry("k")["source"]["clipped"] == 2


@few
@given(
    values=hnp.arrays(
        st.sampled_from(CLIPPED),
        SHAPES,
    )
)
def test_no_integer_ever_wraps_around(values: NDArray[Any]) -> None:
    """Case 4, python-pillow/Pillow#9022: each level is the nearest one there is."""
    expected = [[min(max(int(x), 0), 255) for x in row] for row in values]

    assert stored(values).tolist() == expected


@pytest.mark.parametrize(
    "data", [[[0, 127], [128, 255]], np.array([[0, 127], [128, 255]], np.int64)]
)
def test_wide_integers_within_a_byte_are_exact(data: Any, run: mt.Run) -> None:
    """Case 5, huggingface/datasets#8520: lists of numbers are 64 bits wide."""
    run.log({"k": mt.Image(data)})

    assert Record(run).pictures("k")[0].tolist() == [[0, 127], [128, 255]]


@pytest.mark.parametrize("values", [[0.0, 40.0, 80.0], [0.0, 128.0, 255.0]])
def test_large_floats_are_clipped_never_wrapped_and_the_option_is_named(
    values: list[float], run: mt.Run
) -> None:
    """Case 6, huggingface/datasets#5365: depths came out inverted, with no word."""
    depth = np.array([values], np.float32)

    with pytest.warns(mt.MediaTypesWarning, match="value_range"):
        run.log({"k": mt.Image(depth)})
    run.log({"said": mt.Image(depth, value_range=(0, values[-1]))})

    record = Record(run)
    assert record.pictures("k")[0].tolist() == [[0, 255, 255]]
    assert record.pictures("said")[0].tolist() == [[0, 128, 255]]
    assert record.entry("k")["source"]["range"] == [0.0, 1.0]


@few
@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-3, 1e6), data=st.data())
def test_brighter_numbers_are_never_darker_pixels(
    low: float, width: float, data: st.DataObject
) -> None:
    """Case 6, wandb/wandb#6287: whatever the scale, the order of values is kept."""
    element = st.floats(-1e9, 1e9, width=32)
    row = sorted(data.draw(st.lists(element, min_size=1, max_size=9)))
    for limits in (None, "minmax", (low, low + width)):
        levels = stored(np.array([row], np.float32), value_range=limits)[0].tolist()
        assert levels == sorted(levels)


def test_the_same_numbers_are_the_same_picture_from_any_container() -> None:
    """Case 7, wandb/wandb#6287: only one of two containers was stretched."""
    numbers = np.random.default_rng(0).uniform(0.2, 0.7, (8, 5, 3)).astype("f4")
    expected = np.rint(numbers.astype("f8") * 255)
    ways = (numbers, numbers.tolist(), OnlyArray(numbers), numbers.astype("f8"))

    files = {mt.Image(way).encode().data for way in ways}

    assert len(files) == 1
    np.testing.assert_array_equal(pixels_of(files.pop()), expected)


def test_what_is_not_finite_is_counted_and_the_rest_is_right(run: mt.Run) -> None:
    """Case 8, pytorch/pytorch#34954: one NaN blackened everything."""
    with pytest.warns(mt.MediaTypesWarning) as caught:
        run.log({"k": mt.Image(np.array([[np.nan, 0.0, 1.0, np.inf, -np.inf]]))})

    assert len(caught) == 1
    assert "3 of 5 values" in str(caught[0].message)
    record = Record(run)
    assert record.pictures("k")[0].tolist() == [[0, 0, 255, 255, 0]]
    assert record.entry("k")["source"]["nonfinite"] == 3


@few
@given(
    values=hnp.arrays(st.sampled_from(FLOATS), SHAPES),
    limits=st.sampled_from([None, "minmax", (0.0, 2.0)]),
)
def test_no_float_makes_numpy_warn_or_an_image_fail(
    values: NDArray[Any], limits: Any
) -> None:
    """Case 8, FluxML/FluxTraining.jl#58: any float at all, under every scale."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = stored(values, value_range=limits)

    assert found.shape == values.shape
    if limits is None:
        sure = (values >= 0) & (values <= 1)
        wanted = np.rint(values[sure].astype("f8") * 255)
        np.testing.assert_array_equal(found[sure], wanted)


def test_a_strict_run_refuses_what_is_not_finite(tmp_path: Path) -> None:
    """Case 8, wandb/wandb#2722: strict turns the warning into an error."""
    run = mt.init(dir=tmp_path / "strict", strict=True, reinit="create_new")

    with pytest.raises(errors.RangeError, match=r"'k'.*1 of 1 value"):
        run.log({"k": mt.Image([[np.nan]])})

    assert Record(run).rows == []


def test_half_precision_floats_are_pictures() -> None:
    """Case 9, wandb/wandb#3528: the codec knows no half precision."""
    assert stored(np.array([[0, 0.5, 1]], np.float16)).tolist() == [[0, 128, 255]]


# Containers and axes


def test_anything_that_gives_an_array_is_a_picture() -> None:
    """Case 11, neptune-ai/neptune-client#1474: new array classes were refused."""
    pixels = noise(4, 3, 3)

    np.testing.assert_array_equal(stored(OnlyArray(pixels)), pixels)


def test_channels_first_keeps_height_and_width_apart() -> None:
    """Case 12, open-edge-platform/datumaro#1979: the picture was transposed."""
    pixels = np.zeros((3, 2, 5), np.uint8)
    pixels[0, 0, 4] = 255

    found = stored(pixels, layout="CHW")

    assert found.shape == (2, 5, 3)
    assert found[0, 4].tolist() == [255, 0, 0]
    assert np.count_nonzero(found) == 1
    with pytest.raises(errors.LayoutError, match=r'\(3, 2, 5\).*layout="CHW"'):
        mt.Image(pixels)


def test_an_unknown_shape_is_refused_before_anything_is_written(run: mt.Run) -> None:
    """Case 14, Physical-Intelligence/openpi#877: the error came late and reversed."""
    before = listed(run.dir)

    with pytest.raises(errors.ShapeError) as caught:
        mt.Image(np.zeros((224, 9, 224), np.uint8))

    text = str(caught.value)
    assert "(224, 9, 224)" in text
    assert "height × width × 1, 2, 3 or 4 channels" in text
    assert isinstance(caught.value, ValueError)
    assert listed(run.dir) == before


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "bool", "float32"])
def test_one_channel_is_grey_with_or_without_its_axis(dtype: str) -> None:
    """Case 15, wandb/wandb#202: the two forms were treated apart."""
    flat = noise(28, 20).astype(dtype)

    with_axis, without = mt.Image(flat[..., None]), mt.Image(flat)

    assert with_axis.encode().data == without.encode().data
    with Pillow.open(io.BytesIO(without.encode().data)) as picture:
        assert picture.size == (20, 28)
        assert len(picture.getbands()) == 1


def test_two_channels_are_grey_and_alpha() -> None:
    """Case 16, PaddlePaddle/VisualDL#88: two channels failed inside the codec."""
    pixels = np.array([[[10, 255], [20, 0]]], np.uint8)

    with Pillow.open(io.BytesIO(mt.Image(pixels).encode().data)) as picture:
        assert picture.mode == "LA"
        np.testing.assert_array_equal(np.asarray(picture), pixels)


def test_four_channels_keep_their_alpha() -> None:
    """Case 17, pytorch/pytorch#104029: alpha was dropped or refused."""
    pixels = np.array([[[1, 2, 3, 0], [4, 5, 6, 128]]], np.uint8)

    with Pillow.open(io.BytesIO(mt.Image(pixels).encode().data)) as picture:
        assert picture.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(picture), pixels)


@pytest.mark.parametrize("shape", [(16, 1, 17, 16), (16, 17, 16, 3), (1, 1, 4, 4)])
def test_a_batch_is_refused_and_the_two_ways_are_named(shape: tuple[int, ...]) -> None:
    """Case 18, neuraloperator/neuraloperator#609: only the first one was kept."""
    with pytest.raises(errors.ShapeError) as caught:
        mt.Image(np.zeros(shape, np.float32))

    assert "Image.batch(x)" in str(caught.value)
    assert "Image.grid(x, columns=8)" in str(caught.value)


def test_a_batch_becomes_as_many_pictures_as_it_holds() -> None:
    """Case 18, wolny/pytorch-3dunet#8: none of them is lost on the way."""
    batch = noise(16, 17, 16, 1)

    found = mt.Image.batch(batch)

    assert len(found) == 16
    for image, pixels in zip(found, batch, strict=True):
        np.testing.assert_array_equal(pixels_of(image.encode().data), pixels[..., 0])


# Pillow


def test_hidden_colours_do_not_show_in_a_jpeg(run: mt.Run) -> None:
    """Case 19, wandb/wandb#9527: what nobody could see came to light."""
    clear = Pillow.new("RGBA", (1, 1), (10, 20, 30, 0))

    with pytest.warns(mt.MediaTypesWarning, match="alpha was laid on white"):
        run.log({"k": mt.Image(clear, file_type="jpg")})

    record = Record(run)
    assert record.pictures("k")[0].tolist() == [[[255, 255, 255]]]
    assert record.entry("k")["mime"] == "image/jpeg"


MODES = ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa"]
MODES += ["CMYK", "YCbCr", "HSV"]
PLAIN = {"1": "L", "La": "LA", "P": "RGB", "PA": "RGBA", "RGBa": "RGBA"}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_pillow_shows_the_colours_pillow_shows(mode: str) -> None:
    """Case 20, haiwen/seahub#5918: saving a rare mode ended the run."""
    base = Pillow.fromarray(noise(4, 5, 3))
    direct = {"LA": "L", "La": "LA", "PA": "P", "RGBa": "RGBA"}
    picture = base
    for step in (direct.get(direct.get(mode, ""), ""), direct.get(mode, ""), mode):
        picture = picture.convert(step) if step else picture
    assert picture.mode == mode
    target = PLAIN.get(mode, mode if mode in {"L", "LA", "RGBA"} else "RGB")
    expected = np.asarray(picture.convert(target))

    np.testing.assert_array_equal(stored(picture), expected)


def test_ink_is_turned_into_light() -> None:
    """Case 20, NobeKanai/dvtag#2: full cyan ink is cyan light."""
    cyan = Pillow.new("CMYK", (1, 1), (255, 0, 0, 0))

    assert stored(cyan).tolist() == [[[0, 255, 255]]]


def test_lab_colours_come_back_as_the_colours_they_were_made_of() -> None:
    """Case 20, haiwen/seahub#5918: LAB, by the colour management that made it."""
    pixels = np.array([[[255, 0, 0], [0, 128, 0], [90, 90, 90], [255, 255, 255]]], "u1")
    lab = ImageCms.profileToProfile(
        Pillow.fromarray(pixels),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert lab is not None

    # LAB of 8 bits tells fewer colours apart than sRGB: a few levels, not a few tens.
    difference = stored(lab).astype(int) - pixels
    assert np.abs(difference).max() <= 6


def test_wide_grey_modes_keep_their_levels(run: mt.Run) -> None:
    """Case 20, haiwen/seahub#5918: 32-bit and float pictures could not be saved."""
    grey = np.array([[0, 255, 256, 65_535]], np.int32)

    assert stored(Pillow.fromarray(grey)).tolist() == grey.tolist()
    for kind in ("<u2", ">u2"):
        narrow = Pillow.fromarray(grey.astype(np.uint16).astype(kind))
        assert stored(narrow).tolist() == grey.tolist()
    floats = Pillow.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert floats.mode == "F"
    assert stored(floats).tolist() == [[0, 128, 255]]
    with pytest.warns(mt.MediaTypesWarning, match="2 of 3"):
        run.log({"k": mt.Image(Pillow.fromarray(np.array([[-1, 7, 65_536]], "i4")))})
    assert Record(run).pictures("k")[0].tolist() == [[0, 7, 65_535]]


def test_palettes_are_shown_by_colour_and_keep_their_holes() -> None:
    """Case 21, luisleo526/doc2mark#4: indices were shown as if they were grey."""
    picture = Pillow.new("P", (2, 1))
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.putpixel((1, 0), 1)

    assert stored(picture).tolist() == [[[255, 0, 0], [0, 255, 0]]]

    picture.info["transparency"] = 1
    assert stored(picture)[..., 3].tolist() == [[255, 0]]


@pytest.mark.parametrize("name", ["xmp", "exif", "XML:com.adobe.xmp", "icc_profile"])
@pytest.mark.parametrize("junk", [b"\xa8\xff", b"Exif\0\0II*\0\xff\xff\xff\xff", b""])
def test_broken_notes_beside_a_picture_do_not_matter(name: str, junk: bytes) -> None:
    """Case 22, huggingface/datasets#7668: unreadable metadata ended the run."""
    pixels = noise(2, 4, 3)
    picture = Pillow.fromarray(pixels)
    picture.info[name] = junk

    np.testing.assert_array_equal(stored(picture), pixels)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("junk", [b"\xa8\xff", b"Exif\0\0II*\0\xff\xff\xff\xff"])
def test_broken_notes_inside_a_file_do_not_matter(
    form: str, junk: bytes, run: mt.Run
) -> None:
    """Case 22, huggingface/datasets#6881: the same for a file that is kept."""
    file = io.BytesIO()
    Pillow.new("RGB", (3, 2), (1, 2, 3)).save(file, form, exif=junk)

    run.log({"k": mt.Image(file.getvalue())})

    record = Record(run)
    assert record.files("k") == [file.getvalue()]
    meta = record.entry("k")["meta"]
    assert (meta["width"], meta["height"]) == (3, 2)


def test_the_file_of_a_picture_may_go_once_it_is_wrapped(
    run: mt.Run, tmp_path: Path
) -> None:
    """Case 23, wandb/wandb#2967: Pillow reads late, and the file was gone by then."""
    pixels, path = noise(3, 4, 3), tmp_path / "soon gone.png"
    Pillow.fromarray(pixels).save(path)
    with Pillow.open(path) as lazy:
        image, same = mt.Image(lazy), mt.Image(path)
    path.unlink()

    run.log({"k": [image, same]})

    for found in Record(run).pictures("k"):
        np.testing.assert_array_equal(found, pixels)


def test_a_picture_that_can_no_longer_be_read_is_refused_clearly(
    tmp_path: Path,
) -> None:
    """Case 23, clearml/clearml#923: a closed or cut file, at the user's own line."""
    path, cut = tmp_path / "whole.png", tmp_path / "cut.png"
    Pillow.fromarray(noise(90, 90, 3)).save(path)
    cut.write_bytes(path.read_bytes()[:900])
    closed = Pillow.open(path)
    closed.close()

    with pytest.raises(errors.MediaTypesError, match=r"^Image: "):
        mt.Image(closed)
    with (
        Pillow.open(cut) as lazy,
        pytest.raises(errors.MediaTypesError, match=r"^Image: "),
    ):
        mt.Image(lazy)


def test_a_buffer_that_is_used_again_does_not_change_what_was_wrapped(
    run: mt.Run,
) -> None:
    """Case 24, derived: by the time of writing the buffer held the next frame."""
    frame, samples = np.zeros((2, 2), np.uint8), np.zeros(4, np.int16)
    numbers = np.zeros(4)
    picture = Pillow.new("L", (2, 2))
    data = bytearray(mt.Image(frame).encode().data)
    image, drawn, kept = mt.Image(frame), mt.Image(picture), mt.Image(data)
    sound, histogram = mt.Audio(samples, 8_000), mt.Histogram(numbers, num_bins=2)

    for buffer in (frame, samples, numbers):
        buffer[...] = 1
    picture.paste(9, (0, 0, 2, 2))
    data[:] = bytes(len(data))
    run.log({"k": [image, drawn, kept], "s": sound, "h": histogram})

    record = Record(run)
    for found in record.pictures("k"):
        assert not found.any()
    assert not pcm_of(record.files("s")[0])[0].any()
    assert record.value("h")["max"] == 0.0


MAKERS: list[Any] = [
    mt.Image,
    lambda x: mt.Image(x, layout="CHW"),
    lambda x: mt.Image(x, value_range="minmax", file_type="webp"),
    lambda x: mt.Audio(x, 8_000, layout="FC"),
    lambda x: mt.Audio(x, 8_000, layout="CF"),
    lambda x: mt.Audio(x, 8_000, layout="FC", subtype="PCM_16"),
    mt.Histogram,
    lambda x: mt.Histogram(np_histogram=(x.reshape(-1), np.arange(x.size + 1))),
]
"""Ways to make a value of an array of two axes."""


def whole(value: Any) -> Any:
    """Return all that is stored of a value."""
    return value.to_inline() if value.is_inline else value.encode()


@few
@given(
    array=hnp.arrays(
        st.sampled_from(["u1", "i2", "i4", "f4", "f8"]).map(np.dtype),
        st.tuples(st.integers(1, 4), st.integers(1, 4)),
        elements=st.integers(0, 1),
    ),
    make=st.sampled_from(MAKERS),
    view=st.sampled_from([lambda x: x, lambda x: x.T, lambda x: x[::-1]]),
)
def test_no_value_changes_its_input_or_changes_with_it(
    array: NDArray[Any], make: Any, view: Any
) -> None:
    """Case 24, derived: a snapshot, of every type and every layout of memory."""
    shown = view(array)
    before = shown.copy()

    value = make(shown)
    np.testing.assert_array_equal(shown, before)
    array[...] = 9

    assert whole(value) == whole(make(before))


# Sizes


def test_a_long_list_of_pictures_is_as_many_files_and_no_strip(run: mt.Run) -> None:
    """Case 25, wandb/wandb#320: a list was joined beyond what the codec can hold."""
    frames = [np.full((400, 400), i, np.uint8) for i in range(200)]

    run.log({"k": [mt.Image(frame) for frame in frames]})

    record = Record(run)
    assert len({entry["path"] for entry in record.entries("k")}) == 200
    assert [int(found[0, 0]) for found in record.pictures("k")] == list(range(200))


@pytest.mark.parametrize("file_type", ["png", "jpg"])
def test_a_side_that_is_too_long_is_refused_where_it_is_wrapped(file_type: str) -> None:
    """Case 25, matplotlib/matplotlib#26751: the limit is named, and at once."""
    assert stored(np.zeros((1, 65_500), np.uint8), file_type="png").shape == (1, 65_500)
    with pytest.raises(errors.ShapeError, match=r"65,500.*\(1, 70000\)"):
        mt.Image(np.zeros((1, 70_000), np.uint8), file_type=file_type)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (np.zeros((0, 5, 3), np.uint8), r"\(0, 5, 3\)"),
        (np.zeros((5, 0), np.float32), r"\(5, 0\)"),
        (Pillow.new("RGB", (0, 50)), r"\(50, 0, 3\)"),
        (Pillow.new("P", (50, 0)), r"\(0, 50"),
        (Pillow.new("1", (0, 0)), r"\(0, 0"),
    ],
)
def test_a_picture_of_nothing_is_refused_with_its_size(
    data: Any, shown: str, run: mt.Run
) -> None:
    """Case 26, python-pillow/Pillow#9389: an empty crop failed inside the codec."""
    with pytest.raises(errors.ShapeError, match=shown):
        mt.Image(data)

    assert Record(run).media_files == []


# Files


@pytest.mark.parametrize("name", ["x.png", "x", "x.jpeg", "x.txt"])
def test_the_name_of_a_file_says_what_its_bytes_are(
    name: str, run: mt.Run, tmp_path: Path
) -> None:
    """Case 27, treeverse/dvclive#743: a JPEG went by the name of a PNG."""
    path = tmp_path / name
    Pillow.new("RGB", (4, 4), (200, 10, 10)).save(path, "JPEG")

    run.log({"k": mt.Image(path)})

    record = Record(run)
    entry = record.entry("k")
    assert record.files("k") == [path.read_bytes()]
    assert entry["path"].endswith(".jpg")
    assert entry["mime"] == "image/jpeg"
    assert record.files("k")[0][:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe"]
)
def test_a_file_that_is_no_picture_is_refused_at_once(
    content: bytes, tmp_path: Path
) -> None:
    """Case 27, wandb/wandb#6280: nobody learns at the end that it never was one."""
    path = tmp_path / "x.png"
    path.write_bytes(content)

    with pytest.raises(errors.DecodeError) as caught:
        mt.Image(path)

    assert isinstance(caught.value, ValueError)
    assert "x.png" in str(caught.value)


@few
@given(
    pixels=hnp.arrays(
        st.sampled_from(EXACT),
        st.one_of(SHAPES, st.tuples(*[st.integers(1, 6)] * 2, st.sampled_from([1, 3]))),
    )
)
def test_nothing_is_lost_or_resized_unless_asked_for(pixels: NDArray[Any]) -> None:
    """Case 28, clearml/clearml#1142: small pictures were blurred by a lossy codec."""
    image = mt.Image(pixels)

    assert image.encode().mime == "image/png"
    if pixels.dtype == np.uint8 or pixels.shape[2:] != (3,):
        found = pixels_of(image.encode().data)
        np.testing.assert_array_equal(found.reshape(pixels.shape), pixels)


def test_importing_is_silent_and_light() -> None:
    """Case 29, wandb/wandb#10786: a name that was gone broke the import itself."""
    code = """
    import sys
    import mediatypes
    heavy = {"PIL", "matplotlib", "pandas", "torch", "soundfile", "seaborn"}
    assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_deprecated_name_is_used_for_a_picture_or_figure(tmp_path: Path) -> None:
    """Case 29, pytorch/vision#9151: each picture printed a deprecation."""
    code = """
    import numpy as np, PIL.Image, matplotlib.pyplot as plt, mediatypes as mt
    run = mt.init(dir="runs")
    forms = ["png", "jpg", "webp", "bmp", "gif", "tiff"]
    x = np.zeros((4, 4), np.uint8)
    run.log({"k": [mt.Image(x, file_type=form) for form in forms]})
    run.log({"k": [mt.Image(PIL.Image.new(m, (4, 4))) for m in ("1", "P", "I", "F")]})
    plt.plot([1, 2])
    run.log({"p": plt})
    run.finish(quiet=True)
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code)]
    environment = {**os.environ, "MPLBACKEND": "Agg"}

    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )

    assert (done.returncode, done.stderr) == (0, "")


# Memory


def views(array: NDArray[Any]) -> list[NDArray[Any]]:
    """Return `array` as memory that is not laid out the plain way, and as it is."""
    locked = array.copy()
    locked.flags.writeable = False
    return [
        array,
        array[::-1],
        array[:, ::-1],
        array[..., ::-1],
        array[::1, ::2],
        np.asfortranarray(array),
        np.swapaxes(array, 0, 1),
        np.broadcast_to(array[:1], array.shape),
        array.astype(array.dtype.newbyteorder(">")),
        array.astype(array.dtype.newbyteorder("<")),
        locked,
    ]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32", "bool"])
def test_a_view_is_stored_as_the_picture_it_shows(dtype: str) -> None:
    """Case 30, numpy/numpy#14627: views were scrambled or refused."""
    array = (np.arange(8).reshape(2, 4) % (2 if dtype == "bool" else 8)).astype(dtype)
    scale = 255 if dtype == "bool" else 1
    for view in views(array):
        np.testing.assert_array_equal(stored(view), view.astype(int) * scale)
    colours = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    for view in views(colours):
        if view.shape[-1] == 3:
            np.testing.assert_array_equal(stored(view), view)
    assert stored(np.array([[0, 1]], ">f4")).tolist() == [[0, 255]]


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_views_are_heard_and_counted_as_what_they_show(dtype: str) -> None:
    """Case 30, numpy/numpy#7877: the same for sounds and histograms."""
    array = np.arange(24).reshape(6, 4).astype(dtype)
    for view in views(array):
        plain = np.ascontiguousarray(view).astype(dtype)
        sound = mt.Audio(view, 8_000, layout="FC")
        assert sound.encode().data == mt.Audio(plain, 8_000, layout="FC").encode().data
        np.testing.assert_array_equal(sound.to_numpy(), plain)
        counts, edges = np.histogram(plain, 4)
        histogram = mt.Histogram(view, num_bins=4)
        np.testing.assert_array_equal(histogram.counts, counts)
        np.testing.assert_array_equal(histogram.edges, edges)


# Lists


def test_each_picture_of_a_list_has_a_size_of_its_own(run: mt.Run) -> None:
    """Case 31, wandb/wandb#1477: all had the size of the first."""
    sizes = [(3, 2), (5, 7)]

    run.log({"k": [mt.Image(np.zeros((h, w), np.uint8)) for w, h in sizes]})

    record = Record(run)
    found = [(x["meta"]["width"], x["meta"]["height"]) for x in record.entries("k")]
    assert found == sizes
    assert [picture.shape[::-1] for picture in record.pictures("k")] == sizes


def test_no_list_is_too_long(run: mt.Run) -> None:
    """Case 32, wandb/wandb#2559: what came after the 108th was left out."""
    levels = [i % 256 for i in range(300)]

    run.log({"k": [mt.Image(np.full((1, 1), x, np.uint8)) for x in levels]})

    record = Record(run)
    assert [entry["i"] for entry in record.entries("k")] == list(range(300))
    assert [int(found[0, 0]) for found in record.pictures("k")] == levels


# Captions


def test_a_caption_stays_with_its_own_picture(run: mt.Run) -> None:
    """Case 38, wandb/wandb#3272: a caption was lost, or lent to the neighbour."""
    image = mt.Image(noise(2, 2), caption="c")

    run.log({"one": image, "many": [image, mt.Image(noise(2, 2))]})

    record = Record(run)
    assert record.entry("one")["caption"] == "c"
    assert [x.get("caption") for x in record.entries("many")] == ["c", None]


@few
@given(
    captions=st.lists(st.none() | st.text(max_size=5), min_size=1, max_size=6),
    make=st.sampled_from(
        [
            lambda text: mt.Image([[0]], caption=text),
            lambda text: mt.Audio([0.0], 8_000, caption=text),
        ]
    ),
)
def test_captions_are_kept_one_by_one_in_every_list(
    captions: list[str | None], make: Any
) -> None:
    """Case 38, wandb/wandb#2024: none is dropped, shared or made of nothing."""
    row = build({"k": list(map(make, captions)), "n": {"k": make(captions[0])}})

    found = [(item.key, item.value.caption) for item in row.items]
    assert found == [*(("k", text) for text in captions), ("n.k", captions[0])]


CAPTION = 'é 漢字 🙂 \u202e line1\nline2\t"q" \\ \u0000 \u2028 \u0085 </script>'


def test_any_caption_survives_in_a_process_without_unicode(tmp_path: Path) -> None:
    """Case 39, instaloader/instaloader#11: the locale emptied the sidecar file."""
    code = f"""
    import locale, mediatypes as mt
    assert locale.getpreferredencoding(False).lower() not in ("utf-8", "utf8")
    run = mt.init(dir="runs", name="n")
    run.log({{"k": mt.Image([[0]], caption={CAPTION!a})}})
    run.finish(quiet=True)
    print(run.dir)
    """
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment |= {"PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )

    assert done.returncode == 0, done.stderr
    folder = tmp_path / done.stdout.decode().splitlines()[-1]
    lines = (folder / "manifest.jsonl").read_bytes().decode("utf-8").split("\n")
    assert parse(lines[0])["caption"] == CAPTION
    assert [json.loads(line).get("k") for line in lines if line] == [None, "end"]


def test_half_a_character_in_a_caption_is_replaced_and_said(run: mt.Run) -> None:
    """Case 39, rom1504/img2dataset#347: a name of broken bytes must not end a run."""
    image = mt.Image(noise(2, 2), caption="a\ud800b", id="\udcff", meta={"f": "\udcff"})
    sound = mt.Audio(np.zeros(4, np.int16), 8_000, caption="\udc80")

    with pytest.warns(mt.MediaTypesWarning, match="lone surrogate") as caught:
        run.log({"k": image, "s": sound})

    assert len(caught) == 2
    record = Record(run)
    assert record.entry("k")["caption"] == "a\ufffdb"
    assert record.entry("k")["id"] == "\ufffd"
    assert record.entry("k")["meta"]["user"] == {"f": "\ufffd"}
    assert record.entry("s")["caption"] == "\ufffd"
    np.testing.assert_array_equal(record.pictures("k")[0], noise(2, 2))


@pytest.mark.parametrize(
    ("caption", "shown"),
    [(7, "7"), (None, None), (np.str_("s"), "s"), (np.float32(0.5), "0.5"), ("", "")],
)
def test_a_caption_may_be_a_number_or_none(caption: Any, shown: str | None) -> None:
    """Case 39, wandb/wandb#940: what is not text is written out."""
    assert mt.Image(noise(2, 2), caption=caption).caption == shown
    with pytest.raises(errors.UnsupportedInputError, match="caption"):
        mt.Image(noise(2, 2), caption=["a"])  # type: ignore[arg-type]  # the refusal


@few
@given(caption=st.text(max_size=40))
def test_every_caption_reads_back_as_it_was(caption: str) -> None:
    """Case 39, instaloader/instaloader#11: whatever the characters."""
    image = mt.Image([[0]], caption=caption)

    assert image.caption == caption
