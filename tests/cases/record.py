"""What a run folder and its files hold, read without our own reader.

JSON by `json`, which refuses what strict JSON has not; pictures by Pillow; sounds by
`wave`, or by libsndfile where samples are floats.
"""

from __future__ import annotations

import io
import json
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from PIL import Image as Pillow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    import mediatypes as mt

__all__ = ["Record", "floats_of", "levels_of", "parse", "pcm_of", "pixels_of", "walk"]


def _refuse(constant: str) -> Any:
    message = f"{constant} is not JSON"
    raise AssertionError(message)


def parse(text: str) -> Any:
    """Return what strict JSON holds."""
    return json.loads(text, parse_constant=_refuse)


def walk(value: Any) -> Iterator[Any]:
    """Yield `value` and everything inside it."""
    yield value
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from walk(item)


def pixels_of(data: bytes) -> NDArray[Any]:
    """Return the pixels that Pillow finds in a file, not converted."""
    with Pillow.open(io.BytesIO(data)) as picture:
        return np.asarray(picture)


def pcm_of(data: bytes) -> tuple[NDArray[Any], int]:
    """Return (frames, channels) and the rate, as the standard library reads a WAV."""
    with wave.open(io.BytesIO(data)) as file:
        kind = {1: "u1", 2: "<i2", 4: "<i4"}[file.getsampwidth()]
        samples = np.frombuffer(file.readframes(file.getnframes()), kind)
        return samples.reshape(-1, file.getnchannels()), file.getframerate()


def floats_of(data: bytes) -> tuple[NDArray[Any], int]:
    """Return (frames, channels) as float64 and the rate, as libsndfile reads them."""
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float64", always_2d=True)
    return samples, int(rate)


def levels_of(data: bytes, dtype: str) -> NDArray[Any]:
    """Return (frames, channels) of integers as libsndfile reads them.

    `wave` of Python 3.11 does not know the header of more than 2 channels or 16 bits.
    """
    samples, _ = soundfile.read(io.BytesIO(data), dtype=dtype, always_2d=True)
    return np.asarray(samples)


class Record:
    """The folder of a run that has been finished."""

    def __init__(self, run: mt.Run, folder: Path | None = None) -> None:
        run.finish(quiet=True)
        self.dir = folder or run.dir
        self.lines = [
            parse(line)
            for path in sorted((self.dir / "log").iterdir())
            for line in path.read_text(encoding="utf-8").split("\n")
            if line
        ]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What each call of ``log`` left, in order."""
        return [line for line in self.lines if line["k"] == "log"]

    def value(self, key: str) -> Any:
        """Return the last value under `key`, as JSON has it."""
        return next(row["d"][key] for row in self.rows[::-1] if key in row["d"])

    def entries(self, key: str) -> list[dict[str, Any]]:
        """Return the media under `key`, by step and place in their list."""
        found = [x for x in self.lines if x["k"] == "media" and x["key"] == key]
        return sorted(found, key=lambda entry: (entry["step"], entry["i"]))

    def entry(self, key: str) -> dict[str, Any]:
        """Return the last of them."""
        return self.entries(key)[-1]

    def files(self, key: str) -> list[bytes]:
        """Return the content of their files."""
        return [(self.dir / x["path"]).read_bytes() for x in self.entries(key)]

    def pictures(self, key: str) -> list[NDArray[Any]]:
        """Return the pixels of their files."""
        return [pixels_of(data) for data in self.files(key)]

    @property
    def media_files(self) -> list[Path]:
        """Every file of media, linked or not."""
        return [p for p in sorted((self.dir / "media").rglob("*")) if p.is_file()]

    @property
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds."""
        text = (self.dir / "summary.json").read_text(encoding="utf-8")
        found: dict[str, Any] = parse(text)
        return found
