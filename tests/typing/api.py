"""The public API as users write it: checked by type checkers, never run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import mediatypes as mt
from mediatypes.errors import InvalidMediaError, MediaTypesError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.typing import ArrayLike, PathLike

pixels: NDArray[np.uint8] = np.zeros((4, 4, 3), np.uint8)
samples: NDArray[np.float32] = np.zeros(100, np.float32)


def values_from_arrays() -> None:
    image = mt.Image(pixels)
    mt.Image(pixels, "RGB", "a caption")
    mt.Image([[0, 1], [2, 3]], caption="lists")
    mt.Image(pixels, layout="HWC", file_type="webp", quality=90, lossless=False)
    mt.Image(pixels.astype(np.float32), value_range=(-1.0, 1.0))
    mt.Image(pixels, value_range="minmax", grouping=1, id="a", meta={"split": "eval"})
    assert_type(image.width, int)
    assert_type(image.channels, int)
    assert_type(image.to_numpy(), NDArray[Any])
    assert_type(image.caption, str | None)
    assert_type(mt.Image.batch(pixels), list[mt.Image])
    assert_type(mt.Image.grid(pixels, columns=4), mt.Image)


def videos(frames: NDArray[np.float32], path: Path) -> None:
    mt.Video(frames, "a caption", 4, "gif")
    mt.Video(frames, caption="a clip", fps=29.97, format="mp4", layout="THWC")
    mt.Video(path)
    mt.Video(path.read_bytes())
    video = mt.Video(frames, fps=Fraction(30_000, 1001), id="7", meta={"seed": 3})
    assert_type(video.frames, int)
    assert_type(video.fps, float)
    assert_type(video.duration_seconds, float)
    assert_type(video.to_numpy(), NDArray[Any])
    assert_type(mt.Video.grid(frames, columns=4, file_type="webp"), mt.Video)


def values_from_files(path: Path) -> None:
    mt.Image(path)
    mt.Image(str(path))
    mt.Image(path.read_bytes())
    with path.open("rb") as file:
        mt.Image(file)
    mt.Audio(path)
    mt.Audio(str(path), caption="a file")


def sounds() -> None:
    audio = mt.Audio(samples, 16_000)
    mt.Audio(samples, sample_rate=16_000, caption="Nice", layout="FC")
    mt.Audio(samples, sample_rate=8_000, file_type="flac", subtype="PCM_16")
    assert_type(audio.sample_rate, int)
    assert_type(audio.duration_seconds, float)
    assert_type(audio.to_numpy(), NDArray[Any])


def histograms() -> None:
    histogram = mt.Histogram(samples)
    mt.Histogram([1, 2, 3], num_bins=10, range=(0.0, 5.0))
    mt.Histogram(np_histogram=np.histogram(samples))
    assert_type(histogram.edges, NDArray[np.float64])
    assert_type(histogram + histogram, mt.Histogram)


def figures() -> None:
    figure, axes = plt.subplots()
    mt.Plot(plt)
    mt.Plot(figure, "a caption", dpi=200, bbox="tight", close=True)
    mt.Plot(axes, file_type="webp")
    assert_type(mt.Plot().width, int)


def a_run() -> None:
    run = mt.init(project="typed", config={"epochs": 4}, tags=["a"], mode="offline")
    assert_type(run, mt.Run)
    run.log({"loss": 0.5, "examples": [mt.Image(pixels)], "chart": plt})
    run.log({"loss": np.float32(0.5)}, step=10)
    run.log({"nested": {"a": 1, "b": [1, 2]}}, commit=False)
    run.define_metric("loss", summary="min")
    run.config.update({"lr": 0.1}, allow_val_change=True)
    run.summary["best"] = 0.1
    run.summary.update({"histogram": mt.Histogram(samples)})
    assert_type(run.name, str)
    assert_type(run.id, str)
    assert_type(run.dir, Path)
    assert_type(run.step, int)
    run.finish()


def a_run_in_a_block(folder: PathLike) -> None:
    with mt.init(dir=folder, strict=True, durability="process") as run:
        assert_type(run, mt.Run)
        mt.log({"loss": 1.0})
        mt.define_metric("loss", summary="min", step_metric="epoch")
    mt.finish()


def the_call_style(model: object) -> None:
    run = mt.init(
        settings=mt.Settings(console="off"),
        config_exclude_keys=["secret"],
        save_code=True,
        console=False,
        metrics_seconds=0,
        environment=False,
    )
    assert_type(mt.run, mt.Run | None)
    if mt.run is not None:
        mt.run.log({"loss": 1.0})
    run.watch(model, log="all", log_freq=10)
    run.unwatch()
    mt.watch([model])
    mt.unwatch(model)
    assert_type(run.save("*.txt", policy="end"), list[str])
    assert_type(mt.save(Path("model.pt")), list[str])
    run.alert("title", "text", level=mt.AlertLevel.WARN, wait_duration=30)
    mt.alert("title", level="ERROR")
    assert_type(mt.login(key="x"), bool)
    run.define_metric("loss", summary="best", goal="minimize")
    run.tags += ("more",)
    run.notes = "better"
    assert_type(run.url, str)
    mt.finish(exit_code=0, quiet=True)


def reading() -> None:
    read = mt.open_run("runs/a")
    assert_type(read.name, str)
    assert_type(read.id, str)
    assert_type(read.state, str)
    assert_type(read.output, str)
    assert_type(read.system(), list[dict[str, float]])
    assert_type(read.history().to_pandas(), pd.DataFrame)
    assert_type(read.media("examples").to_pandas(), pd.DataFrame)
    for one in mt.runs("runs"):
        assert_type(one.name, str)
    assert_type(mt.runs(Path("runs")).to_pandas(), pd.DataFrame)


def refusals(data: ArrayLike) -> Iterator[str]:
    try:
        mt.Image(data)
    except ShapeError as error:
        yield error.expected
    except InvalidMediaError as error:
        yield error.hint
    except mt.errors.StoreError as error:
        yield str(error.errno)
    except MediaTypesError as error:
        yield str(error)
