"""What media cost before and after the queue. Run with figures by

    python -m pytest tests/benchmarks --benchmark-enable

As plain tests they check counts, never times: bytes, copies, files, system calls.
"""

from __future__ import annotations

import os
import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.formats import png
from mediatypes.schema import Encoded
from mediatypes.store.beneath import Folder
from mediatypes.store.files import MediaFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from pytest_benchmark.fixture import BenchmarkFixture

CALLS = (
    *("open", "write", "close", "link", "unlink", "mkdir", "rename", "replace"),
    *("stat", "lstat", "fstat", "fsync", "fdatasync", "scandir", "listdir"),
)
LITTLE = 20_000
"""Bytes that objects around an array may take."""


def most_bytes(call: Callable[[], object]) -> int:
    """Return the most memory that a call held at once, its result included."""
    call()  # what is made once
    tracemalloc.start()
    try:
        kept = call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        del kept
        tracemalloc.stop()


def photo(*shape: int) -> NDArray[np.uint8]:
    """Return a smooth picture with some noise."""
    random = np.random.default_rng(0)
    steps = random.integers(-3, 4, shape).cumsum(axis=0).cumsum(axis=1)
    return (steps // 16 % 256).astype(np.uint8)


def test_a_histogram_of_a_hundred_thousand_floats(benchmark: BenchmarkFixture) -> None:
    values = np.random.default_rng(0).normal(0, 0.02, 100_000).astype(np.float32)

    made: mt.Histogram = benchmark(lambda: mt.Histogram(values))

    np.testing.assert_array_equal(made.counts, np.histogram(values, 64)[0])


def test_numpys_own_histogram(benchmark: BenchmarkFixture) -> None:
    """Beside the one before: without any statistics or record."""
    values = np.random.default_rng(0).normal(0, 0.02, 100_000).astype(np.float32)

    counts, _ = benchmark(lambda: np.histogram(values, 64))

    assert counts.sum() == 100_000


def test_a_second_of_sound(benchmark: BenchmarkFixture) -> None:
    samples = np.sin(np.arange(16_000) / 9).astype(np.float32)

    data: bytes = benchmark(lambda: mt.Audio(samples, 16_000).encode().data)

    assert len(data) == samples.nbytes + 58


def test_sixteen_small_images(benchmark: BenchmarkFixture) -> None:
    pictures = [photo(64, 64, 3) for _ in range(16)]

    made: list[Any] = benchmark(lambda: [mt.Image(x).encode() for x in pictures])

    assert len(made) == 16


@pytest.mark.parametrize("compression", ["fast", "small"])
def test_a_photo_as_png(benchmark: BenchmarkFixture, compression: str) -> None:
    picture = photo(224, 224, 3)

    data: bytes = benchmark(lambda: png.encode(picture, compression))

    assert len(data) < picture.nbytes


def test_an_image_is_copied_once() -> None:
    picture = photo(512, 512, 3)

    assert most_bytes(lambda: mt.Image(picture)) < picture.nbytes + LITTLE


def test_a_png_file_takes_its_rows_and_itself_twice() -> None:
    """Once deflated, once with the chunks around; not more, and no second filter."""
    picture = photo(512, 512, 3)
    size = len(png.encode(picture))

    most = most_bytes(lambda: png.encode(picture))

    assert most < max(picture.nbytes + 3 * size, 2 * size) + LITTLE


def test_a_sound_is_copied_once_and_once_into_its_file() -> None:
    samples = np.zeros((400_000, 2), np.float32)
    sound = mt.Audio(samples, 44_100)

    assert most_bytes(lambda: mt.Audio(samples, 44_100)) < samples.nbytes + LITTLE
    assert most_bytes(sound.encode) < samples.nbytes + LITTLE


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_a_histogram_takes_the_memory_of_a_block(dtype: str) -> None:
    values = np.random.default_rng(0).normal(0, 900, 2_000_000).astype(dtype)

    assert most_bytes(lambda: mt.Histogram(values)) < 1_000_000


def test_a_file_takes_five_system_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open, write, close, link and unlink, once the folder is there."""
    folder = Folder(tmp_path)
    folder.make("tmp")
    files = MediaFiles(folder, "writer")
    items = [Encoded("image", "png", "image/png", bytes([n]), {}) for n in range(9)]
    files.write(items[0], key="key", step=0, index=0)
    called: Counter[str] = Counter()

    def counting(name: str) -> Callable[..., Any]:
        original: Callable[..., Any] = getattr(os, name)

        def call(*given: Any, **more: Any) -> Any:
            called[name] += 1
            return original(*given, **more)

        return call

    with monkeypatch.context() as patch:
        for name in CALLS:
            if hasattr(os, name):
                patch.setattr(os, name, counting(name))
        for index, item in enumerate(items[1:], 1):
            files.write(item, key="key", step=0, index=index)

    if os.open in os.supports_dir_fd:
        assert called == dict.fromkeys(("open", "write", "close", "link", "unlink"), 8)
    assert len(list(tmp_path.rglob("*.png"))) == 9
    assert not list((tmp_path / "tmp").iterdir())
    folder.close()
