"""What each tool is given to log: six workloads."""

from __future__ import annotations

import math
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["WORKLOADS", "Workload", "make_data"]

RATE: Final = 16_000
_PHOTOS, _SMALL = 1_000, 3_200
_SEED: Final = 5


class Workload(NamedTuple):
    """One kind of thing, logged at every step."""

    name: str
    title: str
    steps: int
    method: str
    """Of the tool's adapter; the tool has no such type where that is missing."""
    prepare: Callable[[Path], Any]
    """Loads what `make_data` left in a folder; not timed."""
    make: Callable[[Any, int], tuple[Any, ...]]
    """Returns what the method gets at a step; not in the loop time."""
    least_bytes: int
    """What no tool could have kept it in less than."""


def scalars(step: int) -> dict[str, float]:
    """Return five numbers as a training loop has them."""
    return {
        "loss": 1 / (step + 1),
        "accuracy": 1 - 1 / (step + 2),
        "rate": 1e-3 * math.cos(step / 1000),
        "gradient_norm": 1.0 + (step % 17) / 17,
        "epoch": step / 100,
    }


def _load(name: str) -> Callable[[Path], NDArray[Any]]:
    return lambda folder: np.load(folder / f"{name}.npy")


def _photo(photos: NDArray[np.uint8], step: int) -> tuple[Any, ...]:
    return photos[step].copy(), scalars(step)


def _sixteen(photos: NDArray[np.uint8], step: int) -> tuple[Any, ...]:
    return ([photo.copy() for photo in photos[16 * step : 16 * step + 16]],)


def _weights(weights: NDArray[np.float32], step: int) -> tuple[Any, ...]:
    scale = np.float32(1 + step / 1000)
    return weights[step % len(weights)] * scale, scalars(step)


def _second(sounds: NDArray[np.float32], step: int) -> tuple[Any, ...]:
    return sounds[step].copy(), RATE


def _pyplot(_folder: Path) -> Any:
    import_module("matplotlib").use("Agg")
    pyplot = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    axes.plot([1, 2])
    figure.canvas.draw()  # finds the fonts
    pyplot.close(figure)
    return pyplot


def _figure(pyplot: Any, step: int) -> tuple[Any, ...]:
    pyplot.close("all")
    figure, axes = pyplot.subplots()
    random = np.random.default_rng(step)
    for line in range(3):
        axes.plot(np.cumsum(random.normal(size=200)), label=f"run {line}")
    axes.set(xlabel="step", ylabel="loss", title=f"Loss {step}")
    axes.legend()
    return (figure,)


def _nothing(_folder: Path) -> None:
    return None


WORKLOADS: Final = {
    work.name: work
    for work in (
        Workload(
            "W1",
            "1,000 × (a photo of 224 × 224 × 3 uint8 and 5 scalars)",
            1_000,
            "image",
            _load("photos-224"),
            _photo,
            20_000_000,
        ),
        Workload(
            "W2",
            "200 × (16 photos of 64 × 64 × 3 uint8)",
            200,
            "images",
            _load("photos-64"),
            _sixteen,
            5_000_000,
        ),
        Workload(
            "W3",
            "1,000 × (a histogram of 100,000 float32 and 5 scalars)",
            1_000,
            "histogram",
            _load("weights"),
            _weights,
            50_000,
        ),
        Workload(
            "W4",
            "200 × (1 s of mono sound at 16 kHz, float32)",
            200,
            "audio",
            _load("sounds"),
            _second,
            2_000_000,
        ),
        Workload(
            "W5", "50 × (a matplotlib figure)", 50, "figure", _pyplot, _figure, 200_000
        ),
        Workload(
            "W6",
            "20,000 × (5 scalars)",
            20_000,
            "scalars",
            _nothing,
            lambda _, step: (scalars(step),),
            200_000,
        ),
    )
}
"""By name. At least so many bytes are written by whoever keeps what it is given."""


@cache
def _photographs() -> list[NDArray[np.uint8]]:
    """Return photographs in colour that scikit-image and scikit-learn ship."""
    images: Any = import_module("skimage.data")
    samples: Any = import_module("sklearn.datasets")
    names = ("astronaut", "coffee", "chelsea", "rocket")
    return [getattr(images, name)() for name in names] + [
        samples.load_sample_image(name) for name in ("china.jpg", "flower.jpg")
    ]


def _crops(side: int, count: int) -> NDArray[np.uint8]:
    """Return different parts of the photographs, some of them made smaller."""
    pillow: Any = import_module("PIL.Image")
    random = np.random.default_rng(_SEED)
    found = np.empty((count, side, side, 3), np.uint8)
    for index in range(count):
        whole = _photographs()[index % len(_photographs())]
        least = min(whole.shape[:2])
        size = int(random.integers(min(side, least), least + 1))
        top = int(random.integers(0, whole.shape[0] - size + 1))
        left = int(random.integers(0, whole.shape[1] - size + 1))
        part = pillow.fromarray(whole[top : top + size, left : left + size])
        found[index] = np.asarray(part.resize((side, side), pillow.Resampling.BOX))
    return found


def _sounds(count: int) -> NDArray[np.float32]:
    """Return seconds of voiced sound: harmonics that swell, and some noise."""
    random = np.random.default_rng(_SEED)
    time = np.arange(RATE) / RATE
    found = np.empty((count, RATE), np.float32)
    for index in range(count):
        pitch = 90 + index
        phases = random.random(12) * 2 * np.pi
        voice = sum(
            np.sin(2 * np.pi * pitch * k * time + phases[k]) / k for k in range(1, 12)
        )
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * (2 + index % 5) * time)
        sound = voice * swell + random.normal(0, 0.02, RATE)
        found[index] = 0.8 * sound / np.abs(sound).max()
    return found


def make_data(folder: Path) -> None:
    """Make what `prepare` loads, once; in the environment of the photographs."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "photos-224.npy", _crops(224, _PHOTOS))
    np.save(folder / "photos-64.npy", _crops(64, _SMALL))
    np.save(folder / "sounds.npy", _sounds(200))
    random = np.random.default_rng(_SEED)
    weights = random.normal(0, 0.02, (8, 100_000)).astype(np.float32)
    np.save(folder / "weights.npy", weights)
