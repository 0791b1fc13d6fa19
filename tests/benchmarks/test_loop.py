"""What the training loop pays. Run with figures by

    python -m pytest tests/benchmarks --benchmark-enable

As plain tests they check counts, never times: two shared cores make poor clocks.
"""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow

import mediatypes as mt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pytest_benchmark.fixture import BenchmarkFixture

STEPS = 1_000
SCALARS = {"loss": 0.5, "accuracy": 0.9, "rate": 1e-3, "epoch": 3, "seen": 12_800}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[mt.Run]:
    """A run of its own."""
    found = mt.init(dir=tmp_path, reinit="create_new")
    yield found
    found.finish(quiet=True)


@pytest.fixture(scope="module")
def photos() -> list[NDArray[np.uint8]]:
    """Crops of 224 × 224 × 3 of the photograph that matplotlib ships."""
    from matplotlib import cbook

    path: str = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    with Pillow.open(path) as picture:
        whole = np.asarray(picture.convert("RGB"))
    random = np.random.default_rng(0)
    tops = random.integers(0, whole.shape[0] - 224, 64)
    lefts = random.integers(0, whole.shape[1] - 224, 64)
    return [
        np.ascontiguousarray(whole[top : top + 224, left : left + 224])
        for top, left in zip(tops, lefts, strict=True)
    ]


def test_a_row_of_one_scalar(benchmark: BenchmarkFixture, run: mt.Run) -> None:
    """``log({"loss": x})``: the goal is a median under 15 µs."""
    benchmark(lambda: run.log({"loss": 0.5}))
    assert mt.open_run(run.dir).history()[0]["loss"] == 0.5


def test_a_row_of_five_scalars(benchmark: BenchmarkFixture, run: mt.Run) -> None:
    benchmark(lambda: run.log(SCALARS))
    assert mt.open_run(run.dir).history()[0] == {"step": 0, **SCALARS}


def test_an_image_and_five_scalars(
    benchmark: BenchmarkFixture, run: mt.Run, photos: list[NDArray[np.uint8]]
) -> None:
    """One 224 × 224 × 3 uint8 image a step: the goal is a median under 250 µs."""
    supply = itertools.cycle(photos)
    rounds = STEPS if benchmark.enabled else 10

    def step() -> None:
        run.log({**SCALARS, "image": mt.Image(next(supply))})

    pedantic: Any = benchmark.pedantic  # it has no annotations
    pedantic(step, rounds=rounds)
    run.finish(quiet=True)
    assert len(mt.open_run(run.dir).media("image")) >= (
        rounds if benchmark.enabled else 1
    )


def test_a_frame_of_five_columns(benchmark: BenchmarkFixture, run: mt.Run) -> None:
    """A million rows: the goal is 100 ms for the loop and 3 s until all is written."""
    rows = 1_000_000 if benchmark.enabled else 1_000
    frame = pd.DataFrame(np.random.default_rng(0).random((rows, 5)))
    pedantic: Any = benchmark.pedantic
    pedantic(lambda: run.log({"frame": frame}), rounds=2 if benchmark.enabled else 1)
    run.finish(quiet=True)
    (table,) = mt.open_run(run.dir).media("frame")[0]
    assert len(table) == rows


def test_the_same_image_by_pillow(
    benchmark: BenchmarkFixture, photos: list[NDArray[np.uint8]]
) -> None:
    """What the loop would pay for Pillow's PNG at its default, without any file."""
    supply = itertools.cycle(photos)

    def encode() -> int:
        out = io.BytesIO()
        Pillow.fromarray(next(supply)).save(out, format="PNG")
        return len(out.getvalue())

    pedantic: Any = benchmark.pedantic
    size: int = pedantic(encode, rounds=100 if benchmark.enabled else 1)
    assert size > 0


@pytest.mark.parametrize("fps", [4, 10, 25, 30])
def test_a_video_of_ten_seconds(
    benchmark: BenchmarkFixture, run: mt.Run, fps: int
) -> None:
    """256 × 256 × 3, uint8: the goal is under 30 ms, the encoder idle."""
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (10 * fps, 3, 256, 256), dtype=np.uint8)

    def step() -> None:
        run.log({"video": mt.Video(frames, fps=fps, file_type="webp")})

    pedantic: Any = benchmark.pedantic
    pedantic(step, setup=run.flush, rounds=10 if benchmark.enabled else 1)
    run.finish(quiet=True)
    assert mt.open_run(run.dir).media("video")[0][0].duration_seconds == 10


def test_a_scalar_row_takes_under_a_hundred_bytes_beside_its_data(run: mt.Run) -> None:
    for _ in range(1_000):
        run.log(SCALARS)
    run.finish(quiet=True)
    (log,) = (run.dir / "log").iterdir()
    rows = [line for line in log.read_bytes().splitlines() if b'"k":"log"' in line]
    data = len(b'{"loss":0.5,"accuracy":0.9,"rate":0.001,"epoch":3,"seen":12800}')
    assert sum(map(len, rows)) / len(rows) - data <= 100
