"""What a sound looks like: its envelope and its spectrogram, made on the server."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes.viewer.answers import packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["picture_of"]

_PEAKS: Final = 800
_FRAMES: Final = 480
_BANDS: Final = 96
_WINDOW: Final = 1_024
_FLOOR_DB: Final = 80.0
_TINY: Final = 1e-10


def picture_of(samples: NDArray[Any], sample_rate: int) -> dict[str, Any]:
    """Return the envelope and the spectrogram of a sound.

    Parameters
    ----------
    samples
        Shape (frames,) or (frames, channels); integers count from their type's range.
    sample_rate
        In Hz.

    Returns
    -------
    The envelope as lowest and highest sample, channels averaged, and for the scales
    ``mel`` and ``linear`` a matrix of bytes, the highest band first: 255 is the
    loudest place, 0 is 80 dB below it.
    """
    mono = _mono(samples)
    found: dict[str, Any] = {
        "sample_rate": sample_rate,
        "duration_seconds": len(mono) / sample_rate,
        "channels": 1 if samples.ndim == 1 else samples.shape[1],
        "peaks": packed(_envelope(mono), "float32"),
        "spectrograms": {},
    }
    if len(mono):
        power = _power(mono)
        for scale in ("mel", "linear"):
            bands, edges = _bands(scale, power.shape[1], sample_rate)
            levels = 10 * np.log10(power @ bands.T + _TINY)
            levels = (levels - levels.max() + _FLOOR_DB) / _FLOOR_DB
            image = (np.clip(levels, 0, 1) * 255).astype(np.uint8).T[::-1]
            found["spectrograms"][scale] = {
                **packed(image, "uint8"),
                "width": image.shape[1],
                "height": image.shape[0],
                "hertz": [round(float(edge)) for edge in edges],
            }
    return found


def _mono(samples: NDArray[Any]) -> NDArray[np.float32]:
    scale, offset = 1.0, 0.0
    if samples.dtype.kind == "i":
        scale = 1 / -float(np.iinfo(samples.dtype).min)
    elif samples.dtype.kind == "u":
        scale, offset = 1 / 128, -1.0
    mono = samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)
    scaled = mono.astype(np.float32) * np.float32(scale) + np.float32(offset)
    return np.where(np.isfinite(scaled), scaled, np.float32(0))


def _envelope(mono: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(mono):
        return np.zeros((2, 0), np.float32)
    starts = np.unique(np.linspace(0, len(mono), _PEAKS + 1)[:-1].astype(np.int64))
    low, high = np.minimum.reduceat(mono, starts), np.maximum.reduceat(mono, starts)
    return np.stack([low, high])


def _power(mono: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.pad(mono, (0, max(0, _WINDOW - len(mono))))
    count = min(_FRAMES, max(1, (len(padded) - _WINDOW) // 128 + 1))
    starts = np.linspace(0, len(padded) - _WINDOW, count).astype(np.int64)
    frames = padded[starts[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW)
    return (np.abs(np.fft.rfft(frames, axis=1)) ** 2).astype(np.float32)


def _bands(
    scale: str, lines: int, sample_rate: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return what gathers the lines of a spectrum into bands, and a few frequencies.

    Triangles, as wide as their neighbours' distance or a line, whichever is more. The
    mel scale is that of O'Shaughnessy 1987.
    """
    top = sample_rate / 2
    centres: NDArray[np.float64] = np.linspace(0, top, _BANDS + 2)
    if scale == "mel":
        highest = 2595 * math.log10(1 + top / 700)
        mels: NDArray[np.float64] = np.linspace(0, highest, _BANDS + 2)
        centres = 700 * (10 ** (mels / 2595) - 1)
    middle = centres[1:-1, None]
    least = top / (lines - 1)
    below = np.maximum(middle - centres[:-2, None], least)
    above = np.maximum(centres[2:, None] - middle, least)
    hertz = np.linspace(0, top, lines)[None]
    rising, falling = (hertz - middle) / below + 1, (middle - hertz) / above + 1
    weights = np.clip(np.minimum(rising, falling), 0, None)
    marks = centres[1:-1][np.linspace(0, _BANDS - 1, 5).astype(int)]
    return weights.astype(np.float32), marks
