"""Public fault reports about videos, each as what must hold here."""

from __future__ import annotations

import io
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes import Video, errors
from tests import fixtures_read, videos
from tests.cases.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMS: Final = ("mp4", "webm", "webp", "png", "gif")
REDS: Final = (0, 85, 170, 255)

few_colours = pytest.mark.filterwarnings("ignore:.*colours were reduced to 256")


def shown(data: bytes, size: tuple[int, int]) -> NDArray[Any]:
    """Return the frames that FFmpeg finds, or Pillow in WebP, which FFmpeg has not."""
    if data[8:12] != b"WEBP":
        return videos.frames_of(data, size)
    with Pillow.open(io.BytesIO(data)) as picture:
        found = []
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            found.append(np.asarray(picture.convert("RGB")))
        return np.stack(found)


@few_colours
@pytest.mark.parametrize("file_type", FORMS)
def test_frames_come_in_order_and_in_their_colours(file_type: str, run: mt.Run) -> None:
    """Case 77, wandb/wandb#634: frames were scaled as floats and cut to pieces."""
    frames = np.zeros((4, 3, 16, 16), np.uint8)
    frames[:, 0] = np.array(REDS, np.uint8)[:, None, None]

    run.log({"v": Video(frames, fps=4, file_type=file_type)})

    record = Record(run)
    found = shown(record.files("v")[0], (16, 16)).astype(int)
    assert len(found) == 4
    for frame, red in zip(found, REDS, strict=True):
        assert np.abs(frame - (red, 0, 0)).max() <= 8
    entry = record.entry("v")["meta"]
    assert (entry["width"], entry["height"]) == (16, 16)


@few_colours
@pytest.mark.parametrize("file_type", FORMS)
def test_frames_that_are_equal_are_all_there(file_type: str, run: mt.Run) -> None:
    """Case 78, wandb/wandb#6887: a GIF of five equal frames had one."""
    still = np.zeros((5, 8, 8, 3), np.uint8)

    run.log({"v": Video(still, fps=4, file_type=file_type, layout="THWC")})

    record = Record(run)
    meta = record.entry("v")["meta"]
    assert (meta["frames"], meta["duration_seconds"]) == (5, 1.25)
    assert len(shown(record.files("v")[0], (8, 8))) == 5


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("file_type", FORMS)
def test_the_whole_takes_as_long_as_it_should(file_type: str, fps: int) -> None:
    """Case 78, derived: a GIF counts hundredths, and 60 frames a second became 100."""
    video = Video(videos.clip(30), fps=fps, file_type=file_type)
    data = video.encode().data

    if file_type == "webp":
        with Pillow.open(io.BytesIO(data)) as picture:
            spans = []
            for index in range(30):
                picture.seek(index)
                picture.load()
                spans.append(picture.info["duration"])
        assert sum(spans) / 1000 == pytest.approx(30 / fps, rel=0.01)
    elif file_type != "gif" or fps == 30:
        took = videos.look(data).duration_seconds
        assert took == pytest.approx(30 / fps, rel=0.03)
    said = any("50 frames per second" in text for text in video.problems)
    assert said == (file_type == "gif" and fps == 60)


@pytest.mark.parametrize("file_type", FORMS)
def test_grey_is_grey_once_and_floats_follow_the_rule_of_images(file_type: str) -> None:
    """Case 79, wandb/wandb#4619: grey was tiled nine times, floats were black."""
    grey = Video(np.full((2, 1, 8, 6), 128, np.uint8), file_type=file_type)
    floats = Video(np.full((2, 8, 6, 3), 0.5), file_type=file_type, layout="THWC")

    for video in (grey, floats):
        found = shown(video.encode().data, (8, 6))
        assert found.shape == (2, 8, 6, 3)
        assert np.abs(found.astype(int) - 128).max() <= 3
        assert not [text for text in video.problems if "colours" not in text]


@pytest.mark.parametrize("file_type", FORMS)
def test_alpha_is_kept_or_its_loss_is_said(file_type: str) -> None:
    """Case 79, wandb/wandb#634: four channels."""
    clear = np.full((2, 8, 6, 4), 255, np.uint8)
    video = Video(clear, file_type=file_type, layout="THWC")

    said = any("alpha was laid on white" in text for text in video.problems)
    assert said == (file_type in {"mp4", "webm", "gif"})
    assert shown(video.encode().data, (8, 6)).min() > 250


def test_many_videos_are_refused_or_side_by_side_in_time() -> None:
    """Case 80, lanpa/tensorboardX#408: videos were mixed into time and space."""
    many = np.zeros((2, 3, 3, 8, 8), np.uint8)
    many[0, :, 0] = np.array([50, 100, 150], np.uint8)[:, None, None]
    many[1, :, 1] = np.array([200, 150, 100], np.uint8)[:, None, None]

    with pytest.raises(ValueError, match="a list of videos to log"):
        Video(many)
    grid = Video.grid(many, padding=0, file_type="png")

    found = videos.frames_of(grid.encode().data, (8, 16))
    assert found[:, 0, 0].tolist() == [[50, 0, 0], [100, 0, 0], [150, 0, 0]]
    assert found[:, 7, 15].tolist() == [[0, 200, 0], [0, 150, 0], [0, 100, 0]]
    for frame in found:
        assert len(np.unique(frame[:, :8].reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize("stub", [None, object()], ids=["absent", "another"])
def test_no_other_encoder_is_asked_for(
    stub: object, monkeypatch: pytest.MonkeyPatch, run: mt.Run
) -> None:
    """Case 81, wandb/wandb#8971: a library had moved its module."""
    for name in ("moviepy", "moviepy.editor", "imageio", "av"):
        monkeypatch.setitem(sys.modules, name, None if name == "av" else stub)

    with pytest.warns(mt.MediaTypesWarning, match="PyAV is not installed"):
        run.log({"v": Video(videos.clip(), fps=4)})
    with pytest.raises(ImportError, match=r"Writing mp4 needs av.*mediatypes\[video\]"):
        Video(videos.clip(), fps=4, format="mp4")
    assert Record(run).files("v")[0][8:12] == b"WEBP"


def test_a_file_is_what_its_bytes_say(run: mt.Run, tmp_path: Path) -> None:
    """Case 82, wandb/wandb#2143: a video was stored under another format's name."""
    gif = (fixtures_read.FOLDER / "video" / "gif_moving.gif").read_bytes()
    for name in ("a.mp4", "b.gif"):
        (tmp_path / name).write_bytes(gif)

    run.log({"v": Video(tmp_path / "a.mp4")})
    with pytest.raises(ValueError, match=r"what the file is, gif; got 'mp4'"):
        Video(tmp_path / "b.gif", format="mp4")

    entry = Record(run).entry("v")
    assert entry["path"].endswith(".gif")
    assert (entry["mime"], entry["meta"]["codec"]) == ("image/gif", "gif")


def test_a_file_that_browsers_do_not_play_is_kept_and_said(run: mt.Run) -> None:
    """Case 83, opencv/opencv#23847: a logged video showed nothing in a browser."""
    path = fixtures_read.FOLDER / "video" / "mp4_mpeg4.mp4"

    with pytest.warns(mt.MediaTypesWarning, match="browsers do not play .*'mp4v'"):
        run.log({"v": Video(path)})

    record = Record(run)
    assert record.files("v") == [path.read_bytes()]
    assert record.entry("v")["meta"]["codec"] == "mp4v"


def test_an_odd_size_is_padded_never_resized_and_said(run: mt.Run) -> None:
    """Case 84, imageio/imageio#96: odd sizes failed, or were resized with a print."""
    frames = np.zeros((2, 7, 9, 3), np.uint8)
    frames[:, :, 5:] = 200

    with pytest.warns(mt.MediaTypesWarning, match="padded to 10 × 8 pixels"):
        run.log({"v": Video(frames, format="mp4", layout="THWC")})

    record = Record(run)
    found = videos.frames_of(record.files("v")[0], (8, 10)).astype(int)
    np.testing.assert_allclose(found[:, :7, :4], 0, atol=12)
    np.testing.assert_allclose(found[:, :, 6:], 200, atol=12)
    entry = record.entry("v")
    assert (entry["meta"]["width"], entry["meta"]["height"]) == (10, 8)
    assert entry["source"]["shape"] == [2, 7, 9, 3]


@pytest.mark.parametrize("fps", [0, -1, float("inf"), float("nan")])
def test_an_empty_video_or_no_rate_is_refused_at_once(fps: float) -> None:
    """Case 85, derived: they failed inside the encoder."""
    with pytest.raises(ValueError, match="fps must be frames per second"):
        Video(videos.clip(), fps=fps)
    with pytest.raises(errors.ShapeError, match="at least 1 frame"):
        Video(np.zeros((0, 3, 8, 8), np.uint8))


@few_colours
@pytest.mark.parametrize("file_type", FORMS)
def test_noise_is_encoded_in_seconds_and_off_the_loop(
    file_type: str, run: mt.Run
) -> None:
    """Case 86, wandb/wandb#3532: a search for colours took minutes."""
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (100, 256, 256, 3), dtype=np.uint8)

    start = time.process_time()
    run.log({"v": Video(frames, fps=10, file_type=file_type, layout="THWC")})
    record = Record(run)
    spent = time.process_time() - start

    # Of the processor, which others share.
    assert spent < 10
    assert record.entry("v")["meta"]["duration_seconds"] == 10
