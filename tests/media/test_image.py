from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Pillow
from PIL import ImageCms

from mediatypes import errors
from mediatypes.media import Image, wrap
from mediatypes.testing import round_trip
from tests.formats import reference_png
from tests.naming import named

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CHANNELS = [(), (1,), (2,), (3,), (4,)]
EXACT = ["png", "webp", "tiff"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]


def noise(shape: tuple[int, ...], dtype: str = "uint8", top: int = 255) -> NDArray[Any]:
    generator = np.random.default_rng(2)
    return generator.integers(0, top, shape, endpoint=True).astype(dtype)


def opened(image: Image) -> NDArray[Any]:
    """Return what Pillow finds in the stored file."""
    with Pillow.open(io.BytesIO(image.encode().data)) as picture:
        return np.asarray(picture)


def read(image: Image) -> Image:
    """Return `image` as a reader finds it."""
    found = round_trip(image)
    assert isinstance(found, Image)
    return found


def saved(picture: Pillow.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


# What is stored


@pytest.mark.parametrize("channels", CHANNELS)
def test_8_bit_pixels_are_the_ones_that_pillow_reads(channels: tuple[int, ...]) -> None:
    pixels = noise((5, 7, *channels))

    found = opened(Image(pixels))

    np.testing.assert_array_equal(found, pixels.reshape(found.shape))


@pytest.mark.parametrize("channels", CHANNELS)
def test_16_bit_pixels_keep_all_their_bits(channels: tuple[int, ...]) -> None:
    pixels = noise((5, 7, *channels), "uint16", 65_535)
    image = Image(pixels)

    found = reference_png.read(image.encode().data)

    np.testing.assert_array_equal(found, pixels.reshape(found.shape))
    assert found.dtype == np.uint16


def test_16_bit_grey_is_the_one_that_pillow_reads() -> None:
    pixels = noise((5, 7), "uint16", 65_535)

    np.testing.assert_array_equal(opened(Image(pixels)), pixels)


def test_a_dark_image_is_not_brightened() -> None:
    pixels = noise((4, 4, 3), top=1)

    np.testing.assert_array_equal(opened(Image(pixels)), pixels)


def test_bools_are_black_and_white() -> None:
    assert opened(Image(np.array([[True, False]]))).tolist() == [[255, 0]]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_other_integers_from_0_to_255_are_exact(dtype: str) -> None:
    top = min(255, np.iinfo(dtype).max)
    pixels = noise((4, 5, 3), dtype, top)

    np.testing.assert_array_equal(opened(Image(pixels)), pixels)


@pytest.mark.parametrize("dtype", ["int16", "int32", "int64"])
def test_integers_outside_are_clipped_and_never_wrapped(dtype: str) -> None:
    image = Image(np.array([[-1, 0, 255, 256, 300]], dtype))

    assert opened(image).tolist() == [[0, 0, 255, 255, 255]]
    assert image.source.clipped == 3
    assert "3 of 5 values were outside 0 to 255" in image.problems[0]


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_from_0_to_1_are_black_to_white(dtype: str) -> None:
    levels = np.arange(256).reshape(16, 16)
    image = Image((levels / 255).astype(dtype))

    if dtype == "float16":
        assert abs(opened(image).astype(int) - levels).max() <= 1
    else:
        np.testing.assert_array_equal(opened(image), levels)
    assert image.problems == ()


def test_a_float_image_is_not_black_for_one_stray_pixel() -> None:
    image = Image(np.array([[0.0, 0.5, 1.5]]))

    assert opened(image).tolist() == [[0, 128, 255]]
    assert image.source.clipped == 1


def test_two_frames_of_a_series_are_treated_alike() -> None:
    dark, bright = np.full((2, 2), 0.25), np.full((2, 2), 1.0)

    assert opened(Image(dark)).tolist() == [[64, 64]] * 2
    assert opened(Image(bright)).tolist() == [[255, 255]] * 2


@pytest.mark.parametrize("dtype", FLOATS)
def test_values_that_are_no_numbers_follow_the_written_rule(dtype: str) -> None:
    image = Image(np.array([[np.nan, np.inf, -np.inf, 0.5]], dtype))

    assert opened(image).tolist() == [[0, 255, 0, 128]]
    assert (image.source.nonfinite, image.source.clipped) == (3, 0)
    assert image.problems == ("3 of 4 values were NaN, infinite or masked",)


def test_an_overshoot_of_less_than_half_a_step_is_not_counted() -> None:
    step = 1 / 255
    image = Image(np.array([[-0.49 * step, 1 + 0.49 * step, 1 + 0.51 * step]]))

    assert opened(image).tolist() == [[0, 255, 255]]
    assert image.source.clipped == 1


def test_a_value_range_says_what_is_black_and_white() -> None:
    image = Image(np.array([[-1.0, 0.0, 1.0, 2.0]]), value_range=(-1, 1))

    assert opened(image).tolist() == [[0, 128, 255, 255]]
    assert image.source.range == (-1.0, 1.0)
    assert "outside -1 to 1" in image.problems[0]


@pytest.mark.parametrize("option", [{"value_range": "minmax"}, {"normalize": True}])
def test_stretching_happens_only_when_asked(option: dict[str, Any]) -> None:
    pixels = np.array([[10.0, 20.0, np.nan]])

    assert opened(Image(pixels, **option)).tolist() == [[0, 255, 0]]
    assert opened(Image(pixels)).tolist() == [[255, 255, 0]]


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e308, 1.7e308, -1.7e308, np.nan])
def test_a_constant_image_can_be_stretched(value: float) -> None:
    image = Image(np.full((2, 2), value), value_range="minmax")

    assert len(np.unique(opened(image))) == 1
    assert np.isfinite(image.source.range or (0.0,)).all()


def test_a_range_as_wide_as_floats_go_does_not_overflow() -> None:
    image = Image(np.array([[-1.7e308, 0.0, 1.7e308]]), value_range="minmax")

    assert opened(image).tolist() == [[0, 128, 255]]


WAYS: dict[str, Any] = {
    "list": lambda x: x.tolist(),
    "tuples": lambda x: tuple(map(tuple, x.tolist())),
    "columns first": np.asfortranarray,
    "big-endian": lambda x: x.astype(">f8"),
    "every second": lambda x: np.stack([x, x], axis=-1)[..., 0],
    "backwards": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": lambda x: np.lib.stride_tricks.as_strided(x, writeable=False),
    "subclass": lambda x: x.view(np.ma.MaskedArray),
}


@pytest.mark.parametrize("way", WAYS)
def test_equal_numbers_give_equal_files(way: str) -> None:
    pixels = np.random.default_rng(3).random((6, 5))
    data = WAYS[way](pixels)

    assert Image(data).encode().data == Image(pixels).encode().data


def test_big_endian_pixels_are_read_as_numbers() -> None:
    pixels = noise((3, 4), "uint16", 65_535)
    image = Image(pixels.astype(">u2"))

    np.testing.assert_array_equal(image.to_numpy(), pixels)
    assert image.dtype == np.uint16


# Reading back


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_integers_are_read_back_as_they_were(data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(["bool", "uint8", "uint16", *INTEGERS]))
    side = st.integers(1, 6)
    shapes = st.tuples(side, side) | st.tuples(side, side, st.integers(1, 4))
    top = {"uint16": 65_535, "int8": 127, "bool": 1}.get(dtype, 255)
    levels = hnp.arrays("int64", shapes, elements=st.integers(0, top))
    pixels = data.draw(levels).astype(dtype)

    found = read(Image(pixels, layout="HWC")).to_numpy()

    assert found.dtype == pixels.dtype
    np.testing.assert_array_equal(found, pixels)


@settings(deadline=None, max_examples=50)
@given(
    hnp.arrays(
        st.sampled_from(FLOATS).map(np.dtype),
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
        elements=st.floats(0, 1, width=16),
    ),
    st.floats(-1000, 1000),
    st.floats(0.5, 1000),
)
def test_floats_are_read_back_within_half_a_step(
    unit: NDArray[Any], low: float, width: float
) -> None:
    pixels = (low + unit.astype("float64") * width).astype(unit.dtype)
    limits = float(pixels.min()), float(pixels.max()) + 1

    image = Image(pixels, value_range=limits)
    error = np.abs(image.to_numpy().astype("float64") - pixels)

    half_a_step = (limits[1] - limits[0]) / 510
    rounding = np.finfo(unit.dtype).eps * (abs(low) + width)
    assert error.max() <= half_a_step * 1.000001 + rounding
    assert image.to_numpy().dtype == unit.dtype


@pytest.mark.parametrize(
    ("file_type", "channels"),
    [
        *((name, channels) for name in EXACT for channels in CHANNELS),
        *(("bmp", channels) for channels in ((), (1,), (3,))),
        *(("gif", channels) for channels in ((), (1,))),
    ],
)
def test_exact_formats_are_read_back_exactly(
    file_type: str, channels: tuple[int, ...]
) -> None:
    pixels = noise((5, 7, *channels))

    found = read(Image(pixels, file_type=file_type))

    np.testing.assert_array_equal(found.to_numpy(), pixels)
    assert found.to_numpy().shape == pixels.shape


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("dtype", ["uint8", "bool", "float32"])
@pytest.mark.parametrize("file_type", ["jpg", "jpeg", "webp", "bmp", "gif", "tiff"])
def test_every_format_keeps_shape_and_dtype(
    file_type: str, dtype: str, channels: tuple[int, ...]
) -> None:
    pixels = np.ones((8, 9, *channels), dtype)
    image = Image(pixels, file_type=file_type)

    found = read(image)

    assert found.width == 9
    assert found.height == 8
    assert found.pixels.shape[:2] == (8, 9)
    if not image.problems:
        assert found.to_numpy().shape == pixels.shape
        assert found.to_numpy().dtype == pixels.dtype


@pytest.mark.parametrize(
    ("file_type", "form", "extension", "mime"),
    [
        ("png", "PNG", "png", "image/png"),
        ("jpg", "JPEG", "jpg", "image/jpeg"),
        ("JPEG", "JPEG", "jpg", "image/jpeg"),
        (".webp", "WEBP", "webp", "image/webp"),
        ("bmp", "BMP", "bmp", "image/bmp"),
        ("gif", "GIF", "gif", "image/gif"),
        ("tif", "TIFF", "tiff", "image/tiff"),
    ],
)
def test_a_file_type_is_what_pillow_says_it_is(
    file_type: str, form: str, extension: str, mime: str
) -> None:
    image = Image(noise((6, 6)), file_type=file_type)
    encoded = image.encode()

    with Pillow.open(io.BytesIO(encoded.data)) as picture:
        assert picture.format == form
    assert (encoded.extension, encoded.mime) == (extension, mime)
    assert image.file_type == extension


def test_jpeg_lays_alpha_on_white_and_says_so() -> None:
    image = Image(np.zeros((4, 4, 4), np.uint8), file_type="jpg")

    assert (opened(image) == 255).all()
    assert image.problems == ("alpha was laid on white",)


def test_alpha_is_mixed_with_white_in_proportion() -> None:
    pixels = np.array([[[0, 0], [0, 255], [0, 128], [200, 128]]], np.uint8)

    assert Image(pixels, file_type="bmp").pixels.tolist() == [[255, 0, 127, 227]]


def test_a_lower_quality_is_a_smaller_file() -> None:
    pixels = noise((64, 64, 3))
    sizes = [
        len(Image(pixels, file_type="jpg", quality=quality).encode().data)
        for quality in (10, 50, 95)
    ]

    assert sizes == sorted(sizes)


def test_webp_loses_only_when_asked() -> None:
    pixels = noise((32, 32, 3))

    np.testing.assert_array_equal(opened(Image(pixels, file_type="webp")), pixels)
    for options in ({"quality": 30}, {"lossless": False}):
        lossy = Image(pixels, file_type="webp", **options)
        assert (opened(lossy) != pixels).any()


def test_a_colourful_gif_says_what_it_lost() -> None:
    assert Image(noise((4, 4, 3)), file_type="gif").problems == (
        "colours were reduced to 256",
    )


# What is refused


@pytest.mark.parametrize(
    ("data", "error", "hint"),
    [
        (np.zeros(5), errors.ShapeError, ""),
        (np.float32(3), errors.ShapeError, ""),
        (np.zeros((2, 3, 0)), errors.ShapeError, ""),
        (np.zeros((8, 9, 5)), errors.ShapeError, "Image.batch(x)"),
        (np.zeros((3, 224, 224)), errors.LayoutError, 'layout="CHW"'),
        (np.zeros((1, 28, 28)), errors.LayoutError, 'layout="CHW"'),
        (np.zeros((10, 28, 28)), errors.ShapeError, "Image.grid(x, columns=8)"),
        (np.zeros((10, 3, 28, 28)), errors.ShapeError, "Image.batch(x)"),
        (np.zeros((2, 2, 2, 2, 2)), errors.ShapeError, ""),
        (np.zeros((0, 5)), errors.ShapeError, ""),
        (np.zeros((5, 0, 3)), errors.ShapeError, ""),
        ([], errors.ShapeError, ""),
        ([[1, 2], [3]], errors.ShapeError, ""),
        (np.zeros((2, 2), complex), errors.DtypeError, "np.abs(x)"),
        (np.zeros((2, 2), object), errors.DtypeError, ""),
        (np.array([["a", "b"]]), errors.DtypeError, ""),
        (np.zeros((2, 2), "datetime64[s]"), errors.DtypeError, ""),
        (np.zeros((2, 2), [("x", "u1")]), errors.DtypeError, ""),
        (None, errors.UnsupportedInputError, ""),
        (3, errors.UnsupportedInputError, ""),
        ({"a": 1}, errors.UnsupportedInputError, ""),
        (object(), errors.UnsupportedInputError, ""),
    ],
    ids=named,
)
def test_what_is_no_picture_is_refused_by_name(
    data: object, error: type[errors.InvalidMediaError], hint: str
) -> None:
    with pytest.raises(error) as caught:
        Image(data)

    assert type(caught.value) is error
    assert str(caught.value).startswith(("Image: pixels must be ", "Image: data"))
    assert hint in caught.value.hint


@pytest.mark.parametrize("shape", [(1, 65_501), (65_501, 1), (65_501, 2, 3)])
def test_a_side_longer_than_65500_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(errors.ShapeError, match="65,500"):
        Image(np.zeros(shape, np.uint8))


def test_a_side_of_65500_is_stored() -> None:
    assert Image(np.zeros((1, 65_500), np.uint8)).width == 65_500


def test_more_pixels_than_can_be_read_back_are_refused() -> None:
    huge = np.broadcast_to(np.uint8(0), (10_000, 10_000))

    with pytest.raises(errors.ShapeError, match="89,478,485"):
        Image(huge)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"file_type": "svg"}, "file_type"),
        ({"file_type": ""}, "file_type"),
        ({"file_type": "wav"}, "file_type"),
        ({"file_type": 3}, "file_type"),
        ({"mode": "CMYK"}, "mode"),
        ({"mode": 3}, "mode"),
        ({"layout": "NCHW"}, "layout"),
        ({"layout": "hwc"}, "layout"),
        ({"value_range": (1, 0)}, "value_range"),
        ({"value_range": (0, 0)}, "value_range"),
        ({"value_range": (0, np.inf)}, "value_range"),
        ({"value_range": (np.nan, 1)}, "value_range"),
        ({"value_range": "max"}, "value_range"),
        ({"value_range": 3}, "value_range"),
        ({"value_range": (1, 2, 3)}, "value_range"),
        ({"file_type": "jpg", "quality": 0}, "quality"),
        ({"file_type": "jpg", "quality": 101}, "quality"),
        ({"file_type": "jpg", "quality": True}, "quality"),
        ({"file_type": "jpg", "quality": "high"}, "quality"),
        ({"quality": 50}, "quality"),
        ({"file_type": "jpg", "lossless": True}, "lossless"),
        ({"file_type": "webp", "lossless": "yes"}, "lossless"),
        ({"grouping": object()}, "grouping"),
        ({"grouping": 1.5}, "grouping"),
        ({"caption": b"bytes"}, "caption"),
        ({"caption": "x" * 65_537}, "caption"),
        ({"id": []}, "id"),
        ({"meta": {"a": object()}}, "meta"),
        ({"meta": {1: 2}}, "meta"),
        ({"meta": 3}, "meta"),
    ],
    ids=named,
)
def test_an_option_that_does_not_exist_is_refused(
    options: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.InvalidMediaError) as caught:
        Image(np.zeros((2, 2)), **options)

    assert (caught.value.media, caught.value.field) == ("Image", field)


@pytest.mark.parametrize("file_type", ["jpg", "webp", "bmp", "gif"])
def test_16_bits_are_not_cut_to_8_in_silence(file_type: str) -> None:
    with pytest.raises(errors.OptionError, match="16-bit"):
        Image(noise((2, 2), "uint16"), file_type=file_type)


def test_tiff_keeps_16_bits_of_grey_and_says_that_it_has_no_more() -> None:
    pixels = noise((5, 7), "uint16", 65_535)
    image = Image(pixels, file_type="tiff")

    np.testing.assert_array_equal(opened(image), pixels)
    np.testing.assert_array_equal(read(image).to_numpy(), pixels)
    with pytest.raises(errors.OptionError, match="tiff for grey"):
        Image(noise((5, 7, 3), "uint16"), file_type="tiff")


def test_a_tiff_of_floats_is_kept_and_shown() -> None:
    data = saved(Pillow.fromarray(np.array([[0.0, 0.5, 2.0]], np.float32)), "TIFF")
    image = Image(data)

    assert image.to_numpy().tolist() == [[0.0, 0.5, 2.0]]
    assert image.dtype == np.float32
    assert image.pixels.tolist() == [[0, 128, 255]]


def test_one_bit_files_are_kept_and_shown() -> None:
    data = saved(Pillow.fromarray(np.array([[True, False]])), "PNG")
    image = Image(data)

    assert image.to_numpy().tolist() == [[True, False]]
    assert image.dtype == bool
    assert image.pixels.tolist() == [[255, 0]]


def test_16_bit_colour_has_no_pillow_mode() -> None:
    with pytest.raises(errors.OptionError, match="to_numpy"):
        Image(noise((2, 2, 3), "uint16")).to_pil()


# Layout and mode


def test_channels_come_first_only_when_said() -> None:
    pixels = noise((3, 5, 7))
    image = Image(pixels, layout="CHW")

    np.testing.assert_array_equal(opened(image), np.moveaxis(pixels, 0, -1))
    assert image.source.layout == "HWC"


def test_a_square_of_three_is_read_in_the_order_of_numpy() -> None:
    pixels = noise((3, 3, 3))

    np.testing.assert_array_equal(opened(Image(pixels)), pixels)
    np.testing.assert_array_equal(
        opened(Image(pixels, layout="CHW")), pixels.transpose(1, 2, 0)
    )


@pytest.mark.parametrize("start", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_mode_converts_as_pillow_does(start: str, mode: str) -> None:
    channels = {"L": (), "LA": (2,), "RGB": (3,), "RGBA": (4,)}
    pixels = noise((6, 5, *channels[start]))

    found = Image(pixels, mode=mode).pixels

    expected = np.asarray(Pillow.fromarray(pixels).convert(mode))
    np.testing.assert_array_equal(found, expected)


def test_after_a_mode_the_dtype_is_that_of_the_pixels() -> None:
    image = Image(np.ones((2, 2, 3)), mode="L")

    assert image.dtype == image.to_numpy().dtype == np.uint8
    assert image.to_numpy().shape == (2, 2)


# Snapshots


def test_what_happens_to_the_array_afterwards_does_not_show() -> None:
    for dtype in ("bool", "uint8", "uint16", "int32", "float32", "float64"):
        pixels = np.ones((3, 4), dtype)
        image = Image(pixels)
        before = image.encode().data
        pixels[:] = 0

        assert image.encode().data == before


def test_the_pixels_of_an_image_cannot_be_written() -> None:
    for image in (Image(np.ones((2, 2))), read(Image(np.ones((2, 2))))):
        with pytest.raises(ValueError, match="read-only"):
            image.pixels[0, 0] = 3


def test_the_input_is_never_changed() -> None:
    pixels = np.array([[np.nan, -1.0, 0.5, 7.0]])
    before = pixels.copy()
    pixels.flags.writeable = False
    meta = {"a": [1, 2]}

    image = Image(pixels, meta=meta, value_range="minmax")
    meta["a"].append(3)

    np.testing.assert_array_equal(pixels, before)
    assert image.meta == {"a": [1, 2]}


# Files


@pytest.fixture
def photo() -> bytes:
    return saved(Pillow.fromarray(noise((6, 9, 3))), "JPEG", quality=95)


def test_a_file_keeps_its_bytes(photo: bytes, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"  # the content says what it is, not the name
    path.write_bytes(photo)

    with Pillow.open(path) as picture:
        pixels = np.asarray(picture)
    for data in (path, str(path), photo, bytearray(photo), memoryview(photo)):
        image = Image(data, caption="x")
        encoded = image.encode()
        assert encoded.data == photo
        assert (encoded.extension, encoded.mime) == ("jpg", "image/jpeg")
        assert encoded.source is not None
        assert encoded.source.rule == "bytes kept"
        assert (image.width, image.height, image.channels) == (9, 6, 3)
        np.testing.assert_array_equal(image.to_numpy(), pixels)


def test_an_open_file_is_put_back_where_it_was(photo: bytes) -> None:
    file = io.BytesIO(b"head" + photo)
    file.seek(4)

    assert Image(file).encode().data == photo
    assert file.tell() == 4


def test_a_file_open_for_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with (
        (tmp_path / "a.txt").open() as file,
        pytest.raises(errors.UnsupportedInputError, match='mode "rb"'),
    ):
        Image(file)


@pytest.mark.parametrize("name", ["missing.png", "", ".", "a\0b"])
def test_a_path_without_a_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(errors.MissingFileError) as caught:
        Image(name)

    assert str(caught.value).startswith("Image: path must be a readable file; got ")
    assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(errors.MissingFileError):
        Image(tmp_path)


@pytest.mark.parametrize(
    "data",
    [b"", b"plain text", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF" * 9],
)
def test_bytes_of_no_picture_are_refused(data: bytes) -> None:
    with pytest.raises(errors.DecodeError) as caught:
        Image(data)

    assert str(caught.value).startswith("Image: data must be a PNG, JPEG, ")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_a_file_cut_anywhere_is_refused_or_read(form: str) -> None:
    data = saved(Pillow.fromarray(noise((5, 6, 3))), form)

    for length in range(0, len(data), 7):
        try:
            Image(data[:length]).to_numpy()
        except errors.DecodeError:
            continue


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_bytes_are_a_picture_or_a_decode_error(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"]))
    content = bytearray(saved(Pillow.fromarray(noise((5, 6, 3))), form))
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[position] = data.draw(st.integers(0, 255))

    try:
        Image(bytes(content)).to_numpy()
    except errors.DecodeError:
        return


def test_options_of_a_conversion_apply_to_a_file(photo: bytes) -> None:
    grey = Image(photo, mode="L")
    again = Image(photo, file_type="png")

    assert grey.channels == 1
    assert again.encode().mime == "image/png"
    np.testing.assert_array_equal(opened(again), Image(photo).to_numpy())


def test_an_animation_says_how_many_frames_it_has() -> None:
    frames = [Pillow.fromarray(noise((4, 4)) // (i + 1)) for i in range(3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert Image(data).encode().meta["frames"] == 3


# Pillow images


@pytest.mark.parametrize(
    ("mode", "target"),
    [
        ("L", "L"),
        ("LA", "LA"),
        ("RGB", "RGB"),
        ("RGBA", "RGBA"),
        ("P", "RGB"),
        ("PA", "RGBA"),
        ("CMYK", "RGB"),
        ("YCbCr", "RGB"),
        ("HSV", "RGB"),
        ("RGBX", "RGB"),
        ("La", "LA"),
        ("RGBa", "RGBA"),
    ],
)
def test_every_mode_looks_as_pillow_shows_it(mode: str, target: str) -> None:
    start = "RGBA" if mode in {"PA", "RGBa", "La", "LA"} else "RGB"
    source = Pillow.fromarray(noise((6, 7, len(start))))
    picture = source.convert("LA").convert(mode) if mode == "La" else None
    picture = picture or source.convert("P").convert(mode) if mode == "PA" else picture
    picture = picture or source.convert(mode)

    found = opened(Image(picture))

    np.testing.assert_array_equal(found, np.asarray(picture.convert(target)))


def test_lab_is_converted_by_its_profile() -> None:
    rgb = Pillow.fromarray(np.full((4, 4, 3), [200, 100, 50], np.uint8))
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(rgb, to_lab)
    assert lab is not None

    difference = opened(Image(lab)).astype(int) - np.asarray(rgb).astype(int)

    assert np.abs(difference).max() <= 3  # 8-bit LAB is that coarse


def test_one_bit_is_a_bool() -> None:
    picture = Pillow.fromarray(np.array([[True, False], [False, True]]))
    image = Image(picture)

    assert picture.mode == "1"
    assert image.to_numpy().dtype == bool
    assert opened(image).tolist() == [[255, 0], [0, 255]]


def test_mode_i_is_a_16_bit_grey_picture() -> None:
    picture = Pillow.fromarray(np.array([[-5, 0, 300, 65_535, 70_000]], np.int32))
    image = Image(picture)

    assert picture.mode == "I"
    assert opened(image).tolist() == [[0, 0, 300, 65_535, 65_535]]
    assert image.source.clipped == 2


@pytest.mark.parametrize("mode", ["I;16", "I;16B"])
def test_16_bit_grey_of_pillow_keeps_its_bits(mode: str) -> None:
    pixels = noise((3, 4), "uint16", 65_535)
    raw = pixels.astype(">u2" if mode == "I;16B" else "<u2").tobytes()
    picture = Pillow.frombytes(mode, (4, 3), raw)

    np.testing.assert_array_equal(opened(Image(picture)), pixels)


def test_mode_f_is_a_float_image() -> None:
    picture = Pillow.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32))

    assert opened(Image(picture)).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_a_transparent_colour_becomes_alpha(mode: str) -> None:
    pixels = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    picture = Pillow.fromarray(pixels).convert(mode)
    key: Any = (255, 255, 255) if mode == "RGB" else picture.getpixel((1, 0))
    data = saved(picture, "PNG", transparency=key)

    with Pillow.open(io.BytesIO(data)) as reopened:
        alpha = opened(Image(reopened))[..., -1]

    kept = Image(data)
    assert alpha.tolist() == [[255, 0]]
    assert kept.to_numpy()[..., -1].tolist() == [[255, 0]]
    assert kept.channels == kept.to_numpy().shape[2]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_stands_upright(orientation: int) -> None:
    pixels = noise((4, 6, 3))
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    turned = saved(Pillow.fromarray(pixels), "PNG", exif=exif)
    wide = noise((4, 6, 3), "uint16", 65_535)
    raw = saved(Pillow.fromarray(pixels), "PNG", exif=exif)
    start = raw.index(b"eXIf") - 4
    length = 12 + int.from_bytes(raw[start : start + 4], "big")
    turned_wide = reference_png.write(wide, extra=raw[start : start + length])

    with Pillow.open(io.BytesIO(turned)) as picture:
        upright = Image(picture)
    kept, kept_wide = Image(turned), Image(turned_wide)

    turns: dict[int, Any] = {
        1: lambda x: x,
        2: np.fliplr,
        3: lambda x: np.rot90(x, 2),
        4: np.flipud,
        5: lambda x: np.swapaxes(x, 0, 1),
        6: lambda x: np.rot90(x, -1),
        7: lambda x: np.rot90(np.swapaxes(x, 0, 1), 2),
        8: np.rot90,
    }
    expected = turns[orientation]
    np.testing.assert_array_equal(upright.to_numpy(), expected(pixels))
    np.testing.assert_array_equal(kept.to_numpy(), expected(pixels))
    np.testing.assert_array_equal(kept_wide.to_numpy(), expected(wide))
    assert kept.encode().data == turned
    assert (kept.height, kept.width) == expected(pixels).shape[:2]
    assert (kept_wide.height, kept_wide.width) == expected(wide).shape[:2]


def test_a_bare_pillow_image_stands_for_an_image() -> None:
    assert isinstance(wrap(Pillow.new("RGB", (2, 3))), Image)
    assert not isinstance(wrap(np.zeros((2, 2))), Image)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 2), (4, 5, 3), (4, 5, 4)])
def test_pillow_gets_the_stored_pixels(shape: tuple[int, ...]) -> None:
    pixels = noise(shape)

    picture = Image(pixels).to_pil()

    np.testing.assert_array_equal(np.asarray(picture).reshape(shape), pixels)


# Images of images


def test_an_image_of_an_image_is_equal() -> None:
    for first in (
        Image(noise((3, 4, 3)), caption="a", id="b", meta={"c": 1}, grouping=7),
        Image(np.random.default_rng(1).random((3, 4)), value_range=(-3, 2)),
        Image(np.array([[np.nan, 2.0]])),
        Image(saved(Pillow.fromarray(noise((3, 4))), "JPEG"), caption="x"),
        Image(noise((3, 4, 3)), file_type="webp", quality=30),
        Image(noise((3, 4, 3)), mode="L"),
    ):
        second = Image(first)

        assert second == first
        assert second.encode() == first.encode()


def test_what_is_given_with_an_image_wins() -> None:
    first = Image(noise((3, 4, 3)), caption="a", grouping=7)
    second = Image(first, caption="b", grouping=8, file_type="bmp", mode="L")

    assert second.caption == "b"
    assert second.encode().meta["grouping"] == 8
    assert (second.file_type, second.channels) == ("bmp", 1)


def test_an_image_that_was_read_back_can_be_logged_again() -> None:
    first = Image(np.array([[-1.0, 0.0, 3.0]]), value_range=(-1, 1))
    second = Image(read(first))

    assert second == first
    assert second.source == first.source


def test_a_new_range_is_applied_to_the_numbers_of_an_image() -> None:
    first = Image(np.array([[0.0, 0.5]]))

    assert Image(first, value_range=(0, 0.5)).pixels.tolist() == [[0, 255]]


# Figures


def test_a_figure_is_drawn_as_it_is_saved() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1), dpi=50)
    figure.add_subplot().plot([1, 2])
    out = io.BytesIO()
    figure.savefig(out, format="png")

    with Pillow.open(out) as picture:
        np.testing.assert_array_equal(Image(figure).to_numpy(), np.asarray(picture))


# Batches and grids


def test_a_batch_is_one_image_an_item() -> None:
    pixels = noise((3, 4, 5, 3))

    images = Image.batch(pixels, captions=["a", None, "c"])

    assert [image.caption for image in images] == ["a", None, "c"]
    for image, item in zip(images, pixels, strict=True):
        np.testing.assert_array_equal(image.to_numpy(), item)


def test_a_batch_may_be_a_list_of_different_pictures() -> None:
    images = Image.batch([noise((2, 2)), Pillow.new("RGB", (3, 3)), [[1, 2]]])

    assert [image.channels for image in images[:2]] == [1, 3]


def test_a_batch_needs_as_many_captions_as_items() -> None:
    with pytest.raises(errors.ShapeError, match="captions must be as many"):
        Image.batch(noise((3, 4, 5)), captions=["a"])
    with pytest.raises(errors.ShapeError, match="one text"):
        Image.batch(noise((3, 4, 5)), captions="abc")


@pytest.mark.parametrize("shape", [(4,), (4, 4), (2, 2, 2, 2, 2)])
def test_a_batch_of_other_axes_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(errors.ShapeError, match=r"Image\.batch"):
        Image.batch(np.zeros(shape))


def test_a_grid_puts_items_side_by_side() -> None:
    pixels = np.arange(1, 6, dtype=np.uint8).reshape(5, 1, 1) * np.ones((1, 2, 2), "u1")

    grid = Image.grid(pixels, columns=3, padding=1, caption="five", file_type="bmp")

    assert grid.pixels.tolist() == [
        [1, 1, 0, 2, 2, 0, 3, 3],
        [1, 1, 0, 2, 2, 0, 3, 3],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [4, 4, 0, 5, 5, 0, 0, 0],
        [4, 4, 0, 5, 5, 0, 0, 0],
    ]
    assert (grid.caption, grid.file_type) == ("five", "bmp")


def test_a_grid_of_floats_follows_the_rule_of_its_items() -> None:
    grid = Image.grid(np.array([[[0.5]], [[2.0]]]), columns=2, padding=0)

    assert grid.pixels.tolist() == [[128, 255]]


def test_a_grid_says_what_was_odd_about_its_items() -> None:
    items = np.array([[[0.5, 1.5]], [[2.0, np.nan]], [[0.1, 0.2]]])

    grid = Image.grid(items, columns=3, padding=0)

    assert (grid.source.clipped, grid.source.nonfinite) == (2, 1)
    assert [problem.split(";")[0] for problem in grid.problems] == [
        "2 of 6 values were outside 0 to 1 and were clipped",
        "1 of 6 values were NaN, infinite or masked",
    ]
    read = round_trip(grid)
    assert isinstance(read, Image)
    assert read.to_numpy().tolist() == [[128, 255, 255, 0, 26, 51]]
    assert (read.dtype, read.problems) == (np.dtype("uint8"), grid.problems)


def test_a_grid_of_plain_items_is_a_plain_picture() -> None:
    pixels = noise((4, 5, 6, 3))

    assert Image.grid(pixels) == Image(Image.grid(pixels).pixels)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ([], {}),
        ([np.zeros((2, 2)), np.zeros((3, 3))], {}),
        ([np.zeros((2, 2)), np.zeros((2, 2, 3))], {}),
        (np.zeros((2, 2, 2)), {"columns": 0}),
        (np.zeros((2, 2, 2)), {"padding": -1}),
        (np.zeros((2, 2, 2)), {"columns": 2.5}),
        (np.zeros((2, 2, 2)), {"columns": "8"}),
    ],
)
def test_a_grid_of_unequal_items_is_refused(
    data: object, options: dict[str, int]
) -> None:
    with pytest.raises(errors.InvalidMediaError, match=r"Image\.(grid|batch)"):
        Image.grid(data, **options)  # type: ignore[arg-type]  # wrong on purpose


# The rest


def test_captions_may_be_numbers() -> None:
    assert Image(np.zeros((2, 2)), caption=np.float32(0.5)).caption == "0.5"  # type: ignore[arg-type]  # numbers are accepted
    assert Image(np.zeros((2, 2)), caption=3).caption == "3"  # type: ignore[arg-type]  # same


def test_images_are_equal_by_what_they_show() -> None:
    pixels = noise((3, 4))

    assert Image(pixels) == Image(pixels.copy())
    assert Image(pixels) != Image(pixels, caption="other")
    assert Image(pixels) != Image(255 - pixels)
    assert Image(pixels) != Image(pixels.astype(np.uint16))
    assert Image(pixels) != pixels.tolist()
    with pytest.raises(TypeError, match="unhashable"):
        hash(Image(pixels))


def test_a_pickled_image_is_equal() -> None:
    for image in (Image(noise((3, 4))), Image(saved(Pillow.new("L", (3, 3))))):
        assert pickle.loads(pickle.dumps(image)) == image


def test_the_short_form_shows_no_data() -> None:
    image = Image(noise((64, 64, 3)), caption="long \U000e0001 " * 30)

    assert repr(Image(np.zeros((2, 3)))) == "Image(2 × 3, 1 channel, float64)"
    assert len(repr(image)) < 120


class Torch:
    """As much of a tensor as the adapter asks for."""

    def __init__(self, array: NDArray[Any], dtype: str = "torch.float32") -> None:
        self.array, self.dtype = array, dtype

    def detach(self) -> Torch:
        return self

    cpu = resolve_conj = resolve_neg = detach

    def float(self) -> Torch:
        return Torch(self.array.astype(np.float32))

    def numpy(self) -> NDArray[Any]:
        if self.dtype == "torch.bfloat16":
            raise TypeError
        return self.array


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> type[Torch]:
    import sys
    import types

    module = types.ModuleType("torch")
    module.Tensor = Torch  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "torch", module)
    return Torch


def test_the_channels_of_a_tensor_come_first(torch: type[Torch]) -> None:
    pixels = noise((3, 5, 7))

    found = Image(torch(pixels))
    grey = Image(torch(pixels[0]))
    batch = Image.batch(torch(pixels[None]))

    np.testing.assert_array_equal(found.to_numpy(), np.moveaxis(pixels, 0, -1))
    np.testing.assert_array_equal(grey.to_numpy(), pixels[0])
    assert batch == [found]


def test_a_tensor_with_channels_last_is_named(torch: type[Torch]) -> None:
    with pytest.raises(errors.LayoutError, match='layout="HWC"') as caught:
        Image(torch(noise((5, 7, 3))))

    assert caught.value.source == "torch.Tensor"
    assert Image(torch(noise((5, 7, 3))), layout="HWC").channels == 3


def test_short_floats_of_a_tensor_are_floats(torch: type[Torch]) -> None:
    half = torch(np.array([[0.5, 1.0]]), "torch.bfloat16")

    assert Image(half).pixels.tolist() == [[128, 255]]
