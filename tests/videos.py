"""What FFmpeg, another build than the one that PyAV brings, says of videos."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import imageio_ffmpeg
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Found", "clip", "frames_of", "look"]


class Found(NamedTuple):
    """What FFmpeg finds out by reading every packet of a file, without decoding."""

    codec: str
    width: int
    height: int
    starts: list[float]
    """Seconds at which each frame is shown, in order."""
    duration_seconds: float
    """To the end of the last frame."""


def _ffmpeg(data: bytes, *options: str) -> bytes:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    done = subprocess.run(
        [program, "-v", "error", "-i", "-", *options, "-"],
        input=data,
        capture_output=True,
        check=False,
    )
    assert not done.stderr, done.stderr.decode()
    return done.stdout


def look(data: bytes) -> Found:
    """Return what FFmpeg says of the first video in `data`."""
    text = _ffmpeg(data, "-map", "0:v", "-c", "copy", "-f", "framecrc").decode()
    facts = dict(re.findall(r"^#(\w+) 0: (.+)$", text, re.MULTILINE))
    over, under = map(int, facts["tb"].split("/"))
    rows = [line.split(",") for line in text.splitlines() if line[:1] != "#"]
    shown = sorted((int(row[2]), int(row[3])) for row in rows)
    width, height = map(int, facts["dimensions"].split("x"))
    first = shown[0][0]
    starts = [(start - first) * over / under for start, _ in shown]
    end = (shown[-1][0] - first + shown[-1][1]) * over / under
    return Found(facts["codec_id"], width, height, starts, end)


def frames_of(data: bytes, size: tuple[int, int], form: str = "rgb24") -> NDArray[Any]:
    """Return the frames that FFmpeg decodes, (time, height, width, channels)."""
    options = "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", form
    pixels = np.frombuffer(_ffmpeg(data, *options), np.uint8)
    return pixels.reshape(-1, *size, {"gray": 1, "rgb24": 3, "rgba": 4}[form])


def clip(frames: int = 6, height: int = 24, width: int = 32) -> NDArray[np.uint8]:
    """Return smooth colours that move, (time, 3, height, width), each frame another."""
    time, y, x = np.ogrid[:frames, :height, :width]
    red = 255 * x / width + 0 * y + 0 * time
    green = 255 * y / height + 0 * x + 0 * time
    blue = 255 * time / frames + 0 * x + 0 * y
    return np.stack([red, green, blue], axis=1).astype(np.uint8)
