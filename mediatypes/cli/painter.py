"""A small network that learns to paint one picture, in NumPy alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Painter", "sound_of", "target_picture"]

_FEATURES: Final = 128
_HIDDEN: Final = 96
_BANDWIDTH: Final = 6.0
_MOMENTUM: Final = (0.9, 0.99)
_TINY: Final = 1e-8


def target_picture(height: int) -> NDArray[Any]:
    """Return the photograph of Grace Hopper that matplotlib ships, in [0, 1].

    Parameters
    ----------
    height
        Its height in pixels; the width follows.
    """
    from matplotlib import cbook
    from PIL import Image

    samples: Any = cbook
    path = samples.get_sample_data("grace_hopper.jpg", asfileobj=False)
    with Image.open(path) as picture:
        width = round(height * picture.width / picture.height)
        small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(small) / 255.0


class Painter:
    """Random Fourier features of a pixel's place, two hidden layers, a colour.

    Parameters
    ----------
    target
        The picture to paint, height × width × 3, in [0, 1].
    seed
        Of weights and batches.
    learning_rate
        Of Adam (Kingma & Ba 2015). The features are those of Tancik et al. 2020.
    """

    def __init__(
        self, target: NDArray[Any], *, seed: int, learning_rate: float
    ) -> None:
        self._random = np.random.default_rng(seed)
        self._shape = target.shape
        self._colours = target.reshape(-1, 3).astype(np.float32)
        self._features = self._fourier_features()
        sizes = (2 * _FEATURES, _HIDDEN, _HIDDEN, 3)
        self._parameters: list[NDArray[Any]] = []
        for fan_in, fan_out in pairwise(sizes):
            scale = np.sqrt(2 / fan_in)
            weights: NDArray[Any] = self._random.normal(0, scale, (fan_in, fan_out))
            self._parameters += [
                weights.astype(np.float32),
                np.zeros(fan_out, np.float32),
            ]
        self._gradients = [np.zeros_like(p) for p in self._parameters]
        self._first = [np.zeros_like(p) for p in self._parameters]
        self._second = [np.zeros_like(p) for p in self._parameters]
        self._learning_rate = learning_rate
        self._step = 0

    def train(self, *, batch_size: int) -> float:
        """Take one step on random pixels and return its mean squared error."""
        places = self._random.integers(0, len(self._colours), batch_size)
        layers = self._forward(self._features[places])
        difference = layers[-1] - self._colours[places]
        self._backward(layers, difference * (2 / difference.size))
        self._adam()
        return float(np.mean(difference**2))

    def paint(self) -> NDArray[Any]:
        """Return the picture as the network sees it now, in [0, 1]."""
        colours = self._forward(self._features)[-1]
        return np.clip(colours.reshape(self._shape).astype(np.float64), 0, 1)

    def weights(self) -> NDArray[Any]:
        """Return all weights, without biases."""
        return np.concatenate([p.ravel() for p in self._parameters[::2]])

    def gradients(self) -> NDArray[Any]:
        """Return the gradients of the last step, of all weights."""
        return np.concatenate([p.ravel() for p in self._gradients[::2]])

    def _fourier_features(self) -> NDArray[Any]:
        height, width = self._shape[:2]
        y, x = np.mgrid[0:height, 0:width].reshape(2, -1) / max(height, width)
        waves = self._random.normal(0, _BANDWIDTH, (2, _FEATURES))
        angles = 2 * np.pi * np.stack([y, x], axis=1) @ waves
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(
            np.float32
        )

    def _forward(self, inputs: NDArray[Any]) -> list[NDArray[Any]]:
        layers = [inputs]
        for index in range(0, len(self._parameters), 2):
            weights, bias = self._parameters[index : index + 2]
            values = layers[-1] @ weights + bias
            is_last = index == len(self._parameters) - 2
            layers.append(_sigmoid(values) if is_last else np.maximum(values, 0))
        return layers

    def _backward(self, layers: list[NDArray[Any]], slope: NDArray[Any]) -> None:
        slope = slope * layers[-1] * (1 - layers[-1])
        for index in range(len(self._parameters) - 2, -1, -2):
            inputs = layers[index // 2]
            self._gradients[index] = inputs.T @ slope
            self._gradients[index + 1] = slope.sum(axis=0)
            if index:
                slope = (slope @ self._parameters[index].T) * (inputs > 0)

    def _adam(self) -> None:
        self._step += 1
        first_decay, second_decay = _MOMENTUM
        for index, gradient in enumerate(self._gradients):
            first, second = self._first[index], self._second[index]
            first += (1 - first_decay) * (gradient - first)
            second += (1 - second_decay) * (gradient**2 - second)
            mean = first / (1 - first_decay**self._step)
            spread = second / (1 - second_decay**self._step)
            step = self._learning_rate * mean / (np.sqrt(spread) + _TINY)
            self._parameters[index] = self._parameters[index] - step


def _sigmoid(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values)))


def sound_of(picture: NDArray[Any], sample_rate: int) -> NDArray[Any]:
    """Return two seconds of sound that scan `picture` from left to right.

    Each of 48 bands of rows is a tone from 110 Hz (bottom) to 3,520 Hz (top), as loud
    as the band is bright.
    """
    tones = 48
    frames = 2 * sample_rate
    grey = picture.mean(axis=2)
    bands = np.array_split(grey[::-1], tones)
    brightness = np.stack([band.mean(axis=0) for band in bands])
    columns = cast("Any", np).linspace(0, grey.shape[1] - 1, frames)
    time = np.arange(frames) / sample_rate
    frequencies = 110 * 2 ** np.linspace(0, 5, tones)
    sound: Any = cast("Any", np).zeros(frames)
    for band, frequency in zip(brightness, frequencies, strict=True):
        loudness = cast("Any", np).interp(columns, np.arange(band.size), band**2)
        sound += loudness * np.sin(2 * np.pi * frequency * time)
    loudest = float(np.abs(sound).max())
    return np.asarray(0.8 * sound / max(loudest, _TINY), np.float32)
