from __future__ import annotations

import io
import pickle
import re
import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast

import av
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.adapters import codecs, pyav, video
from mediatypes.adapters.codecs import assemble
from mediatypes.formats import moving, png
from mediatypes.media import Video
from mediatypes.schema import Draft, Snapshot
from mediatypes.testing import round_trip
from tests import fixtures_read, videos

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CLIP: Final = videos.clip()
SIZE: Final = (24, 32)
RATES: Final = (4, 24, 25, 29.97, 60, Fraction(30_000, 1001), 0.5, 12.345, 1000)
EXACT: Final = ("webp", "png")
CODED: Final = ("mp4", "webm")
FILES: Final = fixtures_read.answered("video")


class TestVideo(testing.MediaTests):
    media_type = Video

    def values(self) -> st.SearchStrategy[Any]:
        return testing.video() | st.sampled_from(FILES).map(Video)

    def source(self) -> Any:
        return np.linspace(-1, 2, 96).reshape(2, 3, 4, 4)


def read_back(video: Video) -> Video:
    return cast("Video", round_trip(video))


def channels_last(frames: NDArray[Any]) -> NDArray[Any]:
    return np.moveaxis(frames, 1, -1)


@pytest.fixture
def no_pyav(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PyAV be missing, as Python's own import system has it."""
    monkeypatch.setitem(cast("Any", __import__("sys").modules), "av", None)


@pytest.mark.parametrize("file_type", EXACT)
@settings(max_examples=60)
@given(testing.video())
def test_exact_formats_give_back_every_number(file_type: str, video: Video) -> None:
    frames = video.to_numpy()
    read = read_back(Video(frames, fps=video.fps, file_type=file_type)).to_numpy()

    assert read.dtype == frames.dtype
    assert read.shape == frames.shape
    if frames.dtype.kind == "f":
        step = 0.5 / 255 + (2e-3 if frames.dtype == np.float16 else 1e-6)
        assert np.abs(read.astype(float) - frames.astype(float)).max() <= step
    else:
        np.testing.assert_array_equal(read, frames)


@settings(max_examples=60)
@given(
    frames=testing.arrays(
        ["uint8"],
        st.tuples(*[st.integers(1, 3), st.integers(1, 4)] + [st.integers(1, 9)] * 2),
    ),
    layout=st.sampled_from(["TCHW", "THWC"]),
)
def test_pillow_sees_the_frames_of_an_animated_png(
    frames: NDArray[Any], layout: str
) -> None:
    given_as = frames if layout == "TCHW" else channels_last(frames)
    video = Video(given_as, fps=5, file_type="png", layout=layout)

    data = video.encode().data
    np.testing.assert_array_equal(read_back(video).to_numpy(), given_as)
    with Pillow.open(io.BytesIO(data)) as picture:
        assert getattr(picture, "n_frames", 1) == len(frames)
        for index, frame in enumerate(channels_last(frames)):
            picture.seek(index)
            shown = np.asarray(picture).reshape(frame.shape)
            np.testing.assert_array_equal(shown, frame)
            assert picture.info["duration"] == 200


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pillow_sees_the_frames_of_an_animated_webp(channels: int) -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (4, channels, 5, 7), dtype=np.uint8)
    data = Video(frames, fps=30, file_type="webp").encode().data

    with Pillow.open(io.BytesIO(data)) as picture:
        assert cast("Any", picture).n_frames == 4
        mode = "RGBA" if channels == 4 else "RGB"
        for index, frame in enumerate(channels_last(frames)):
            picture.seek(index)
            assert picture.mode == mode
            wanted = np.broadcast_to(frame, (5, 7, len(mode)))
            np.testing.assert_array_equal(np.asarray(picture), wanted)


@pytest.mark.parametrize("file_type", CODED)
def test_coded_frames_are_those_that_were_logged_within_a_few_levels(
    file_type: str,
) -> None:
    video = Video(CLIP, fps=10, file_type=file_type)

    theirs = videos.frames_of(video.encode().data, SIZE)
    read = read_back(video).to_numpy()
    # Releases of FFmpeg round colours differently.
    np.testing.assert_allclose(read, np.moveaxis(theirs.astype(int), -1, 1), atol=3)
    # Colour has a quarter of the pixels, and both codecs lose a little more.
    assert np.abs(read.astype(int) - CLIP).mean() < 5
    assert np.abs(read.astype(int) - CLIP).max() < 32


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 0, 255), (10, 200, 90), (0,) * 3])
@pytest.mark.parametrize("file_type", CODED)
def test_a_plain_colour_stays_within_three_levels(
    file_type: str, colour: tuple[int, ...]
) -> None:
    frames = np.broadcast_to(np.array(colour, np.uint8)[:, None, None], (3, 3, *SIZE))

    theirs = videos.frames_of(Video(frames, file_type=file_type).encode().data, SIZE)
    assert np.abs(theirs.astype(int) - colour).max() <= 3


@pytest.mark.parametrize("fps", RATES, ids=str)
@pytest.mark.parametrize("file_type", CODED)
def test_ffmpeg_finds_the_frames_rate_size_and_duration_that_were_asked_for(
    file_type: str, fps: float
) -> None:
    video = Video(CLIP, fps=fps, file_type=file_type)
    found = videos.look(video.encode().data)

    tick = 0.0005 if file_type == "webm" else 1e-9  # WebM counts milliseconds
    assert (found.width, found.height) == (video.width, video.height) == (32, 24)
    assert len(found.starts) == video.frames == 6
    wanted = [index / float(fps) for index in range(6)]
    np.testing.assert_allclose(found.starts, wanted, rtol=0, atol=tick * 1.01)
    assert found.duration_seconds == pytest.approx(6 / float(fps), abs=2.1 * tick)
    assert video.duration_seconds == pytest.approx(6 / float(fps), rel=1e-12)
    assert video.fps == pytest.approx(float(fps), rel=1e-9)
    assert found.codec == {"mp4": "h264", "webm": "vp9"}[file_type]


@pytest.mark.parametrize("fps", RATES, ids=str)
@pytest.mark.parametrize("file_type", ["webp", "png", "gif"])
def test_rounded_delays_never_add_up(file_type: str, fps: float) -> None:
    frames = np.arange(100, dtype=np.uint8).reshape(100, 1, 1, 1)
    data = Video(frames, fps=fps, file_type=file_type).encode().data

    with Pillow.open(io.BytesIO(data)) as picture:
        spans = []
        for index in range(cast("Any", picture).n_frames):
            picture.seek(index)
            picture.load()
            spans.append(picture.info["duration"])
    part = {"webp": 1, "gif": 10, "png": 1e-6}[file_type]
    assert sum(spans) == pytest.approx(100_000 / float(fps), abs=part)


def test_a_header_comes_first_so_that_a_browser_starts_at_once() -> None:
    data = Video(CLIP, file_type="mp4").encode().data

    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("file_type", [*EXACT, *CODED, "gif"])
def test_equal_neighbours_stay_frames_of_their_own(file_type: str) -> None:
    video = Video(np.zeros((5, 3, 8, 8), np.uint8), fps=4, file_type=file_type)
    encoded = video.encode()

    assert encoded.meta["frames"] == 5
    assert encoded.meta["duration_seconds"] == 1.25
    assert Video(encoded.data).frames == 5
    assert Video(encoded.data).duration_seconds == 1.25
    assert read_back(video).to_numpy().shape == (5, 3, 8, 8)


@pytest.mark.parametrize(("height", "width"), [(7, 9), (1, 1), (8, 9), (7, 8)])
def test_odd_sides_are_padded_and_said_and_cut_off_again(
    height: int, width: int
) -> None:
    frames = videos.clip(3, height, width)
    video = Video(frames, file_type="mp4")

    size = height + height % 2, width + width % 2
    assert (video.height, video.width) == size
    (problem,) = video.problems
    assert f"padded to {size[1]} × {size[0]} pixels" in problem
    found = videos.look(video.encode().data)
    assert (found.height, found.width) == size
    read = read_back(video).to_numpy()
    assert read.shape == frames.shape
    assert np.abs(read.astype(int) - frames).mean() < 40  # colour of 2 × 2 blocks


@pytest.mark.parametrize("file_type", ["webm", "webp", "png", "gif"])
def test_odd_sides_stay_odd_where_the_format_has_them(file_type: str) -> None:
    video = Video(videos.clip(2, 7, 9), file_type=file_type)

    assert (video.height, video.width) == (7, 9)
    assert read_back(video).to_numpy().shape == (2, 3, 7, 9)


@pytest.mark.parametrize("file_type", ["mp4", "webm", "gif"])
@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_is_laid_on_white_and_said(file_type: str, channels: int) -> None:
    frames = np.zeros((2, channels, 8, 8), np.uint8)
    frames[:, -1, :, 4:] = 255
    video = Video(frames, file_type=file_type)

    assert any("alpha was laid on white" in problem for problem in video.problems)
    colours = channels - 1
    for shown in (video.to_numpy(), read_back(video).to_numpy()):
        assert shown.shape == (2, colours, 8, 8)
        assert shown[..., :3].min() > 245
        assert shown[..., 5:].max() < 10


def test_grey_stays_grey_in_every_format() -> None:
    frames = np.linspace(0, 255, 3 * 64).astype(np.uint8).reshape(3, 1, 8, 8)
    for file_type, step in (
        ("webp", 0),
        ("png", 0),
        ("gif", 0),
        ("mp4", 8),
        ("webm", 8),
    ):
        video = Video(frames, file_type=file_type)
        read = read_back(video).to_numpy()
        assert not video.problems
        assert read.shape == frames.shape
        assert np.abs(read.astype(int) - frames).max() <= step


def test_floats_follow_the_rule_of_pictures() -> None:
    frames = np.full((2, 3, 4, 4), 0.5, np.float32)
    frames[0, 0, 0] = [-1, 2, np.nan, np.inf]
    video = Video(frames, file_type="png")

    levels = np.asarray(Pillow.open(io.BytesIO(video.encode().data)))
    assert levels[0, :, 0].tolist() == [0, 255, 0, 255]
    assert levels[1, 1].tolist() == [128, 128, 128]
    assert (video.source.clipped, video.source.nonfinite) == (2, 2)
    assert any("2 of 96 values were outside 0 to 1" in text for text in video.problems)
    assert read_back(video).to_numpy().dtype == np.float32


@pytest.mark.parametrize("dtype", ["bool", "int8", "int32", "int64", "uint64"])
def test_integers_in_range_come_back_in_their_own_type(dtype: str) -> None:
    frames = (np.arange(48).reshape(2, 2, 3, 4) % 2).astype(dtype)
    read = read_back(Video(frames, file_type="webp")).to_numpy()

    assert read.dtype == dtype
    np.testing.assert_array_equal(read, frames)


def test_any_order_in_memory_is_the_same_file() -> None:
    whole = Video(CLIP, file_type="png").encode().data
    turned = np.moveaxis(np.ascontiguousarray(channels_last(CLIP)), -1, 1)
    padded = np.zeros((12, 3, 48, 64), np.uint8)
    padded[::2, :, ::2, ::2] = CLIP

    for frames in (
        turned,
        np.asfortranarray(CLIP),
        padded[::2, :, ::2, ::2],
        CLIP.tolist(),
    ):
        assert Video(frames, file_type="png").encode().data == whole
    last = Video(channels_last(CLIP), file_type="png", layout="THWC")
    assert last.encode().data == whole
    assert last.to_numpy().shape == (6, *SIZE, 3)


def test_what_happens_to_the_array_later_does_not_show() -> None:
    frames = CLIP.copy()
    video = Video(frames)
    frames[:] = 0

    np.testing.assert_array_equal(video.to_numpy(), CLIP)


@pytest.mark.parametrize(
    ("shape", "kind", "words"),
    [
        ((2, 8, 6, 4), errors.LayoutError, 'layout="THWC"'),
        ((2, 3, 3, 8, 8), errors.ShapeError, r"Video\.grid\(x\)"),
        ((4, 8, 8), errors.ShapeError, r"x\[:, None\]"),
        ((2, 5, 8, 8), errors.ShapeError, "1, 2, 3 or 4 channels"),
        ((0, 3, 8, 8), errors.ShapeError, "at least 1 frame"),
        ((2, 3, 0, 8), errors.ShapeError, "1 to 16,383 pixels"),
        ((1, 1, 16_384, 1), errors.ShapeError, "1 to 16,383 pixels"),
        ((8,), errors.ShapeError, "time × 1, 2, 3 or 4 channels"),
    ],
)
def test_a_wrong_structure_is_refused_and_says_what_to_pass(
    shape: tuple[int, ...], kind: type[errors.InvalidMediaError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        Video(np.zeros(shape, np.uint8))
    assert type(caught.value) is kind


def test_channels_that_were_said_to_be_last_and_are_not_are_refused() -> None:
    with pytest.raises(errors.ShapeError, match='layout="TCHW"'):
        Video(np.zeros((2, 3, 8, 8), np.uint8), layout="THWC")
    with pytest.raises(errors.ShapeError, match="89,478,485 pixels a frame"):
        Video(np.broadcast_to(np.uint8(0), (1, 1, 16_000, 16_000)))


@pytest.mark.parametrize("dtype", ["uint16", "complex64", "U1", "datetime64[s]"])
def test_elements_without_a_level_are_refused(dtype: str) -> None:
    with pytest.raises(errors.DtypeError, match="Video"):
        Video(np.zeros((2, 3, 4, 4), dtype))


@pytest.mark.parametrize(
    "fps",
    [0, -1, float("nan"), float("inf"), True, "4", 1001, 1e-9, 4j, 10**400, [4]],
    ids=repr,
)
def test_a_rate_that_is_none_is_refused(fps: Any) -> None:
    with pytest.raises(errors.OptionError, match="fps must be frames per second"):
        Video(CLIP, fps=fps)


@pytest.mark.parametrize("fps", [np.float32(12.5), np.int64(4), Fraction(25, 2)])
def test_a_rate_of_any_type_of_number_is_that_rate(fps: Any) -> None:
    assert Video(CLIP, fps=fps).fps == float(fps)


def test_both_names_of_the_format_mean_the_same() -> None:
    assert Video(CLIP, format="gif") == Video(CLIP, file_type="gif")
    assert Video(CLIP, None, 4, "gif").file_type == "gif"
    assert Video(CLIP, format="apng", file_type="apng").file_type == "png"
    with pytest.raises(errors.OptionError, match="format must be left out"):
        Video(CLIP, format="gif", file_type="mp4")
    for wrong in ("avi", "jpg", 4):
        with pytest.raises(errors.OptionError, match="mp4, webm, webp, gif or png"):
            Video(CLIP, file_type=cast("Any", wrong))
    with pytest.raises(errors.OptionError, match="TCHW or THWC"):
        Video(CLIP, layout="CHW")


def test_more_frames_than_are_read_again_are_refused() -> None:
    many = np.broadcast_to(np.uint8(0), (100_001, 1, 1, 1))

    with pytest.raises(errors.OptionError, match="mp4 or webm for more than 100,000"):
        Video(many, file_type="png")
    assert Video(many).frames == 100_001


def test_a_gif_says_what_it_loses() -> None:
    assert "colours were reduced to 256" in Video(CLIP, format="gif").problems
    assert "50 frames per second" in Video(CLIP, fps=60, format="gif").problems[-1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_has_the_frames_that_another_program_says(path: Path) -> None:
    raw = fixtures_read.samples(fixtures_read.answer(path)).reshape(-1, *SIZE, 3)
    video = Video(path)
    frames = video.to_numpy()

    assert video.frames == len(raw) == len(frames)
    assert (video.height, video.width) == SIZE
    difference = np.abs(channels_last(frames)[..., :3].astype(int) - raw)
    # FFmpeg 5 and the one in PyAV round colours differently.
    assert difference.max() <= (3 if path.suffix in {".mp4", ".mov", ".webm"} else 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_described_as_ffmpeg_describes_it(path: Path) -> None:
    video = Video(path)

    fps = 30_000 / 1001 if path.suffix == ".mov" else 10
    assert video.fps == pytest.approx(fps, rel=1e-9)
    assert video.duration_seconds == pytest.approx(video.frames / fps, rel=1e-6)
    if path.suffix == ".webp":
        return  # which FFmpeg does not read
    found = videos.look(path.read_bytes())
    assert len(found.starts) == video.frames
    assert (found.height, found.width) == (video.height, video.width)
    assert found.duration_seconds == pytest.approx(video.duration_seconds, abs=1e-3)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_bytes_of_a_video_are_kept_however_it_is_given(path: Path) -> None:
    data = path.read_bytes()
    file = io.BytesIO(b"before" + data)
    file.seek(6)

    for given_as in (path, str(path), data, bytearray(data), memoryview(data), file):
        video = Video(given_as)
        assert video.encode().data == data
        assert round_trip(video) == video
    assert file.tell() == 6


def test_a_codec_that_browsers_do_not_play_is_said() -> None:
    odd = {path.name: Video(path).problems for path in FILES if Video(path).problems}

    assert odd == {"mp4_mpeg4.mp4": ("browsers do not play its codec, 'mp4v'",)}


def test_a_file_of_another_type_than_is_said_is_refused_and_both_are_named() -> None:
    path = fixtures_read.FOLDER / "video" / "gif_moving.gif"
    with pytest.raises(errors.OptionError, match=r"the file is, gif; got 'mp4'"):
        Video(path, format="mp4")
    assert Video(path, format="gif").file_type == "gif"


@pytest.mark.parametrize("name", ["jpeg_444.jpg", "png_rgb8.png", "webp_lossless.webp"])
def test_a_still_picture_is_refused(name: str) -> None:
    with pytest.raises(errors.DecodeError, match=r"still picture|like none of them"):
        Video(fixtures_read.FOLDER / "image" / name)


def test_a_video_of_a_video_is_the_same_or_another_file() -> None:
    video = Video(CLIP, "a caption", fps=12, file_type="png", id="7")
    other = Video(video, file_type="webp")

    assert Video(video) == video
    assert (other.fps, other.caption, other.id) == (12, "a caption", "7")
    np.testing.assert_array_equal(read_back(other).to_numpy(), CLIP)
    read = Video(Video(FILES[1]), file_type="png")
    assert read.fps == 10
    np.testing.assert_array_equal(read.to_numpy(), Video(FILES[1]).to_numpy())


def test_without_pyav_the_default_is_webp_and_a_warning_says_so(
    no_pyav: None, tmp_path: Path
) -> None:
    run = mt.init(dir=tmp_path)
    with pytest.warns(mt.MediaTypesWarning, match=r"'v'.*PyAV is not installed"):
        run.log({"v": Video(CLIP, fps=8)})
    run.finish()
    item: Any = mt.open_run(run.dir).media("v")[0][0]

    assert item.file_type == "webp"
    assert any("mediatypes[video]" in reason for reason in item.source.reasons)
    np.testing.assert_array_equal(item.to_numpy(), CLIP)


@pytest.mark.parametrize("file_type", CODED)
def test_without_pyav_its_formats_are_refused_where_they_are_asked_for(
    file_type: str, no_pyav: None
) -> None:
    with pytest.raises(errors.MissingDependencyError, match=r"mediatypes\[video\]"):
        Video(CLIP, file_type=file_type)
    with pytest.raises(errors.MissingDependencyError, match="needs av"):
        Video(fixtures_read.FOLDER / "video" / "webm_vp9.webm")


def test_without_pyav_an_mp4_is_kept_and_described(no_pyav: None) -> None:
    path = fixtures_read.FOLDER / "video" / "mp4_sound.mp4"
    video = Video(path)

    assert (video.frames, video.fps, video.duration_seconds) == (5, 10, 0.5)
    assert video.encode().data == path.read_bytes()
    with pytest.raises(errors.MissingDependencyError):
        video.to_numpy()


@pytest.mark.parametrize("layout", ["TCHW", "THWC"])
def test_a_grid_shows_all_videos_side_by_side(layout: str) -> None:
    many = np.stack([CLIP, 255 - CLIP, CLIP // 2])
    given_as = many if layout == "TCHW" else np.moveaxis(many, 2, -1)
    grid = Video.grid(given_as, 2, "three", 8, layout=layout, file_type="png")

    frames = (
        grid.to_numpy() if layout == "TCHW" else np.moveaxis(grid.to_numpy(), -1, 1)
    )
    assert frames.shape == (6, 3, 50, 66)
    np.testing.assert_array_equal(frames[..., :24, :32], CLIP)
    np.testing.assert_array_equal(frames[..., :24, 34:], 255 - CLIP)
    np.testing.assert_array_equal(frames[..., 26:, :32], CLIP // 2)
    assert not frames[..., 26:, 34:].any()
    assert (grid.caption, grid.fps) == ("three", 8)
    listed = Video.grid(
        list(given_as), columns=2, layout=layout, file_type="png", fps=8
    )
    assert listed.encode().data == grid.encode().data


@pytest.mark.parametrize("shape", [(6, 3, 24, 32), (0, 6, 3, 24, 32), (2, 6, 5, 8, 8)])
def test_a_grid_of_no_videos_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(errors.ShapeError):
        Video.grid(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("layout", ["TCHW", "THWC"])
@pytest.mark.parametrize("file_type", [*CODED, *EXACT])
def test_another_process_encodes_a_snapshot_alike(file_type: str, layout: str) -> None:
    frames = CLIP if layout == "TCHW" else channels_last(CLIP)
    video = Video(frames, fps=29.97, file_type=file_type, layout=layout)
    draft, buffers, _ = video.draft()

    known = msgspec.json.decode(msgspec.json.encode(draft), type=Draft)
    content = np.frombuffer(cast("Any", buffers[0]).tobytes(), np.uint8)
    assert assemble(Snapshot(known, [content])).data == video.encode().data


@pytest.mark.parametrize("size", [(24, 32), (66, 98)])
@pytest.mark.parametrize("file_type", CODED)
def test_equal_frames_are_equal_bytes(file_type: str, size: tuple[int, int]) -> None:
    video = Video(videos.clip(12, *size), fps=29.97, file_type=file_type)
    known = video.encode().data

    for count in range(30):
        other = pickle.loads(pickle.dumps(video))
        held = [bytes([count]) * 20_000 for _ in range(20)]  # to find memory not wiped
        del held
        assert other.encode().data == known


def test_a_record_that_names_other_frames_than_its_file_has_is_refused() -> None:
    encoded = Video(CLIP, file_type="png").encode()
    fewer = Video(CLIP[:3], file_type="png").encode()
    record: Any = type("Record", (), {"caption": None, "id": None, "path": "0.png"})()
    record.kind, record.mime = "video", "image/png"
    record.meta, record.source = encoded.meta, encoded.source

    with pytest.raises(errors.ManifestError, match="another shape"):
        Video.decode(record, fewer.data).to_numpy()


@pytest.mark.parametrize(("width", "height"), [(0, 8), (16_384, 8), (16_000, 16_000)])
def test_an_mp4_of_frames_beyond_the_limits_is_refused(width: int, height: int) -> None:
    data = bytearray((fixtures_read.FOLDER / "video" / "mp4_h264.mp4").read_bytes())
    at = data.index(b"avc1", 50) + 28
    data[at : at + 4] = width.to_bytes(2) + height.to_bytes(2)

    with pytest.raises(errors.DecodeError, match=f"frames of {width:,} × {height:,}"):
        Video(bytes(data))


def test_a_codec_that_nobody_knows_is_refused() -> None:
    data = (fixtures_read.FOLDER / "video" / "webm_vp9.webm").read_bytes()

    with pytest.raises(errors.DecodeError, match="codec"):
        Video(data.replace(b"V_VP9", b"V_XXX"))


def test_frames_of_another_size_than_the_first_are_refused() -> None:
    out, shift = io.BytesIO(), 0
    with av.open(out, "w", format="webm") as file:
        stream: Any = None
        for side in (16, 32):
            clip = Video(videos.clip(2, side, side), fps=10, file_type="webm")
            with cast("Any", av.open(io.BytesIO(clip.encode().data))) as part:
                stream = stream or file.add_stream_from_template(part.streams.video[0])
                for packet in part.demux(video=0):
                    if packet.size and packet.pts is not None:
                        packet.pts = packet.dts = packet.pts + shift
                        packet.stream = stream
                        file.mux(packet)
            shift += 200

    video = Video(out.getvalue())
    assert video.frames == 4
    with pytest.raises(errors.DecodeError, match="of another size than its header"):
        video.to_numpy()


@pytest.mark.parametrize("data", [b"junk, and not a video", b"GIF89a" + bytes(20)])
def test_a_stored_file_that_is_damaged_is_refused_when_it_is_read(data: bytes) -> None:
    encoded = Video(CLIP, file_type="png").encode()
    record: Any = type("Record", (), {"caption": None, "id": None, "path": "0.png"})()
    record.kind, record.mime = "video", "image/png"
    record.meta, record.source = encoded.meta, encoded.source

    with pytest.raises(errors.DecodeError, match="its file"):
        Video.decode(record, data).to_numpy()


def test_what_ffmpeg_refuses_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(pyav._ENCODERS, "mp4", "no-such-encoder")

    with pytest.raises(errors.EncodeError, match="mp4: "):
        Video(CLIP, file_type="mp4").encode()


def test_frames_of_16_bits_in_a_file_keep_their_upper_byte() -> None:
    levels = np.arange(4, dtype=np.uint16).reshape(2, 2) * 20_000
    stills = [png.encode(levels), png.encode(levels[::-1].copy())]
    data = moving.join(stills, [Fraction(1)] * 2, "png", 2)

    frames = Video(data).to_numpy()
    assert frames[0, 0].tolist() == (levels >> 8).tolist()
    assert frames[1, 2].tolist() == (levels[::-1] >> 8).tolist()


def test_a_picture_before_the_first_of_an_animation_is_left_out() -> None:
    pictures = [Pillow.new("RGB", (3, 2), (60 * n, 0, 0)) for n in range(3)]
    out = io.BytesIO()
    pictures[0].save(
        out, "PNG", save_all=True, append_images=pictures[1:], default_image=True
    )

    video = Video(out.getvalue())
    assert video.frames == 2
    assert video.to_numpy()[:, 0, 0, 0].tolist() == [60, 120]


def test_quicktime_is_another_name_of_mp4_when_it_is_written() -> None:
    assert Video(CLIP, file_type="mov").file_type == "mp4"


def test_log_returns_before_anything_is_encoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = threading.Event()
    threads: list[str] = []

    def encode(*given: Any, **options: Any) -> bytes:
        assert logged.wait(60)
        threads.append(threading.current_thread().name)
        return video.encode(*given, **options)

    monkeypatch.setitem(codecs._loaded, "video", encode)
    with mt.init(dir=tmp_path) as run:
        run.log({"v": Video(CLIP, fps=10)})
        logged.set()

    assert threads == ["mediatypes-encoder"]
    (item,) = cast("Any", mt.open_run(run.dir).media("v")[0])
    assert (item.frames, item.duration_seconds) == (6, 0.6)


def test_frames_of_different_sizes_are_refused() -> None:
    first = Pillow.new("P", (4, 3), 1)
    first.putpalette([*range(256)] * 3)
    second = first.copy()
    second.putpixel((0, 0), 5)
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=[second], disposal=2)
    data = bytearray(out.getvalue())
    descriptor = rb"\x21\xf9\x04.{4}\x00\x2c"  # after the control of each picture
    left = [m.end() for m in re.finditer(descriptor, bytes(data), re.DOTALL)][-1]
    data[left : left + 2] = (2).to_bytes(2, "little")  # two pixels stand out
    value = Video(bytes(data))

    with pytest.raises(errors.DecodeError, match="different sizes"):
        value.to_numpy()
