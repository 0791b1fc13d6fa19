"""Forty inputs that people log, each with what should be seen or heard of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["CASES", "PLAIN", "RATE", "Case", "rgba"]

RATE: Final = 8_000
LEVEL: Final = 1 / 255 + 1e-9
"""Rounding floats down to 8 bits is no loss worth a word."""

STEP_16: Final = 1.01 / 2**15
TINY: Final = 1e-7
"""Rounding of float32, in which some tools keep what is said to be exact."""


class Case(NamedTuple):
    """One input."""

    kind: str
    label: str
    make: Callable[[Path], Any]
    """Makes the input; a file goes into the folder."""

    truth: NDArray[Any]
    """RGBA in [0, 1], samples of a full scale of 1, or the values to be counted."""

    tolerance: float = TINY
    is_odd: bool = False
    """Whether some values cannot be kept, so that it has to be said."""

    layout: str = "HWC"


def rgba(pixels: NDArray[Any], white: float) -> NDArray[np.float64]:
    """Return (height, width[, channels]) as RGBA in [0, 1]."""
    values = np.asarray(pixels, np.float64) / white
    values = values.reshape(*values.shape[:2], -1)
    channels = values.shape[2]
    alpha = values[..., -1:] if channels in {2, 4} else np.ones_like(values[..., :1])
    colour = values[..., :3] if channels > 2 else np.repeat(values[..., :1], 3, axis=2)
    return np.concatenate([colour, alpha], axis=2)


def _ramp(shape: tuple[int, ...], low: float, high: float) -> NDArray[np.float64]:
    """Return numbers that fill a range and differ along every axis."""
    values = np.linspace(low, high, int(np.prod(shape)))
    return np.random.default_rng(1).permutation(values).reshape(shape)


def _image(
    label: str,
    array: NDArray[Any],
    truth: NDArray[Any],
    tolerance: float = TINY,
    **more: Any,
) -> Case:
    return Case("image", label, lambda _: array, truth, tolerance, **more)


def _picture(label: str, picture: Pillow.Image, truth: NDArray[Any]) -> Case:
    return Case("image", label, lambda _: picture, truth, 1.01 / 255)


def _arrays() -> list[Case]:
    size, colour = (6, 8), (6, 8, 3)
    dark = _ramp(colour, 0, 3).round().astype(np.uint8)
    grey = _ramp(size, 0, 255).round().astype(np.uint8)
    rgb = _ramp(colour, 0, 255).round().astype(np.uint8)
    mask = grey > 127
    wide = _ramp(size, 0, 65_535).round().astype(np.uint16)
    wide_rgb = _ramp(colour, 0, 65_535).round().astype(np.uint16)
    plain = rgb.astype(np.int32)
    beyond = plain.copy()
    beyond[0, 0], beyond[1, 1] = -1, 300
    unit = _ramp(colour, 0, 1)
    stray = unit.copy()
    stray[0, 0, 0] = 1.01
    signed = _ramp(colour, -1, 1).astype(np.float32)
    broken = unit.astype(np.float32)
    broken[0, 0], broken[1, 1], broken[2, 2] = np.nan, np.inf, -np.inf
    mended = np.nan_to_num(broken, nan=0, posinf=1, neginf=0)
    half = unit.astype(np.float16)
    line = _ramp((1, 8, 3), 0, 255).round().astype(np.uint8)
    pair = _ramp((6, 8, 2), 0, 255).round().astype(np.uint8)
    return [
        _image("uint8, dark (0 to 3)", dark, rgba(dark, 255)),
        _image("uint8, grey (H, W)", grey, rgba(grey, 255)),
        _image("bool (H, W)", mask, rgba(mask, 1)),
        _image("uint16, grey", wide, rgba(wide, 65_535)),
        _image("uint16, colour", wide_rgb, rgba(wide_rgb, 65_535)),
        _image("int32, 0 to 255", plain, rgba(plain, 255)),
        _image(
            "int32 with -1 and 300",
            beyond,
            rgba(beyond.clip(0, 255), 255),
            is_odd=True,
        ),
        _image("float32, 0 to 1", unit.astype(np.float32), rgba(unit, 1), LEVEL),
        _image("float64, dark (0 to 0.01)", unit / 100, rgba(unit / 100, 1), LEVEL),
        _image(
            "float32, 0 to 1 and one 1.01",
            stray.astype(np.float32),
            rgba(stray.clip(0, 1), 1),
            LEVEL,
            is_odd=True,
        ),
        _image("float32, -1 to 1", signed, rgba((signed + 1) / 2, 1), LEVEL),
        _image(
            "float32, 0 to 255", (unit * 255).astype(np.float32), rgba(unit, 1), LEVEL
        ),
        _image(
            "float32 with NaN, ±inf",
            broken,
            rgba(mended, 1),
            LEVEL,
            is_odd=True,
        ),
        _image("float16, 0 to 1", half, rgba(half.astype(float), 1), LEVEL),
        Case("image", "list of floats", lambda _: unit.tolist(), rgba(unit, 1), LEVEL),
        _image(
            "uint8 (3, H, W)",
            np.ascontiguousarray(rgb.transpose(2, 0, 1)),
            rgba(rgb, 255),
            layout="CHW",
        ),
        _image("uint8 (H, W, 1)", grey[..., None], rgba(grey, 255)),
        _image("uint8 (1, W, 3)", line, rgba(line, 255)),
        _image("uint8 (H, W, 2), grey and alpha", pair, rgba(pair, 255)),
        _image("uint8, flipped view", rgb[::-1, ::-1], rgba(rgb[::-1, ::-1], 255)),
    ]


def _save_turned(picture: Pillow.Image, folder: Path) -> str:
    path = folder / "turned.jpg"
    exif = Pillow.Exif()
    exif[0x0112] = 6
    picture.save(path, quality=95, exif=exif)
    return str(path)


def _pictures() -> list[Case]:
    smooth = np.linspace(0, 255, 16 * 24 * 3).reshape(16, 24, 3).astype(np.uint8)
    rgb = Pillow.fromarray(smooth)
    palette = rgb.quantize(16)
    pair = Pillow.fromarray(np.stack([smooth[..., 0], smooth[..., 1]], axis=2))
    wide = _ramp((6, 8), 0, 65_535).round().astype(np.uint16)
    inks = rgb.convert("CMYK")
    turned = rgb.copy()
    turned.getexif()[0x0112] = 6
    upright = ImageOps.exif_transpose(turned)
    return [
        _picture("PIL, P", palette, rgba(np.asarray(palette.convert("RGB")), 255)),
        _picture("PIL, LA", pair, rgba(np.asarray(pair), 255)),
        _picture("PIL, I;16", Pillow.fromarray(wide), rgba(wide, 65_535))._replace(
            tolerance=TINY
        ),
        _picture("PIL, CMYK", inks, rgba(np.asarray(inks.convert("RGB")), 255)),
        _picture("PIL, EXIF turned", turned, rgba(np.asarray(upright), 255)),
        Case(
            "image",
            "path of a JPEG, EXIF turned",
            partial(_save_turned, rgb),
            rgba(np.asarray(upright), 255),
            8 / 255,
        ),
    ]


def _sound(label: str, array: NDArray[Any], truth: NDArray[Any], **more: Any) -> Case:
    known = np.asarray(truth, np.float64).reshape(truth.shape[0], -1)
    return Case("audio", label, lambda _: array, known, **more)


def _save_8_bit(samples: NDArray[np.uint8], folder: Path) -> str:
    import wave

    path = folder / "eight.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return str(path)


def _sounds() -> list[Case]:
    times = np.arange(400) / RATE
    tone = np.sin(2 * np.pi * 300 * times) * 0.5
    pair = np.stack([tone, np.sin(2 * np.pi * 700 * times) * 0.25], axis=1)
    short = (tone * 32_767).round().astype(np.int16)
    byte = (tone * 127 + 128).round().astype(np.uint8)
    long = (tone * (2**31 - 1)).round().astype(np.int32)
    loud = (tone * 4).astype(np.float32)
    broken = tone.astype(np.float32)
    broken[10:20] = np.nan
    single = tone.astype(np.float32)
    both = pair.astype(np.float32)
    return [
        _sound("int16", short, short / 2**15),
        _sound("float32, -1 to 1", single, single, tolerance=STEP_16),
        _sound("float32, -2 to 2", loud, loud, tolerance=STEP_16),
        _sound(
            "float32 with NaN",
            broken,
            np.nan_to_num(broken),
            tolerance=STEP_16,
            is_odd=True,
        ),
        _sound("float32 (frames, 2)", both, both, tolerance=STEP_16),
        _sound("float32 (2, frames)", both.T.copy(), both, tolerance=STEP_16),
        _sound("uint8", byte, (byte - 128.0) / 128),
        _sound("int64 of 16-bit range", short.astype(np.int64), short / 2**15),
        _sound("int32", long, long / 2**31, tolerance=2**-24),
        Case(
            "audio",
            "path of an 8-bit WAV",
            partial(_save_8_bit, byte),
            ((byte - 128.0) / 128).reshape(-1, 1),
        ),
    ]


def _counts(label: str, values: NDArray[Any], *, is_odd: bool = False) -> Case:
    return Case("histogram", label, lambda _: values, values, is_odd=is_odd)


def _histograms() -> list[Case]:
    normal = np.random.default_rng(2).normal(size=1_000)
    broken, endless = normal.copy(), normal.copy()
    broken[:5] = np.nan
    endless[0], endless[1] = np.inf, -np.inf
    return [
        _counts("float64 with NaN", broken, is_odd=True),
        _counts("float64 with ±inf", endless, is_odd=True),
        _counts("empty", np.zeros(0)),
        _counts("int64, constant, beyond 2^53", np.full(1_000, 2**60 + 1, np.int64)),
    ]


CASES: Final[dict[str, Case]] = {
    f"c{number:02}": case
    for number, case in enumerate(
        [*_arrays(), *_pictures(), *_sounds(), *_histograms()], 1
    )
}
"""All inputs, by a name that is a fine key everywhere."""

PLAIN: Final = {
    "c90": CASES["c01"],
    "c91": CASES["c28"],
    "c92": _counts("float64", np.random.default_rng(3).normal(size=100)),
}
"""Inputs that every tool stores as they are, if it is asked and read rightly."""
