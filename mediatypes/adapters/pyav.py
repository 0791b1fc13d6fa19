"""Videos of a codec, through PyAV, which brings FFmpeg with it."""

from __future__ import annotations

import importlib.util
import io
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes._core.optional import require
from mediatypes.errors import DecodeError, EncodeError, MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

__all__ = ["CODECS", "Header", "check", "decode", "encode", "header", "is_there"]

CODECS: Final = {"mp4": "h264", "webm": "vp9"}
"""What frames are written in."""

_ENCODERS: Final = {"mp4": "libx264", "webm": "libvpx-vp9"}
_OPTIONS: Final = {
    # With its tree of macroblocks, x264 165 makes other bytes of equal frames.
    "mp4": {"preset": "veryfast", "crf": "18", "x264-params": "mbtree=0"},
    "webm": {"deadline": "realtime", "cpu-used": "6", "crf": "20", "b": "0"},
}
_DEMUXERS: Final = {"mp4": "mov", "mov": "mov", "webm": "matroska"}
"""By name, so that no file is taken for a list of other files to open."""
_LEAST_PIXELS: Final = 1 << 20
"""Room for the margins of small frames, which codecs have."""
_BT709, _LIMITED = 1, 1
"""Numbers of ITU-T H.273: the colours that browsers assume, on 219 levels."""


class Header(NamedTuple):
    """What a video file says of its first track of pictures."""

    codec: str
    width: int
    height: int
    frames: int
    fps: float
    duration_seconds: float


class _Again:
    """Reads what has been written to `buffer` so far, as another open file would."""

    def __init__(self, buffer: io.BytesIO) -> None:
        self._buffer = buffer
        self._at = 0

    def read(self, size: int) -> bytes:
        with self._buffer.getbuffer() as view:
            data = view[self._at : self._at + size].tobytes()
        self._at += len(data)
        return data

    def close(self) -> None:
        """Leave the buffer as it is."""


def _read_again(out: io.BytesIO, *_: object) -> _Again:
    return _Again(out)


def is_there() -> bool:
    """Whether PyAV is installed; it is not imported to find out."""
    return importlib.util.find_spec("av") is not None


def check(feature: str) -> None:
    """Raise `MissingDependencyError` for `feature` unless PyAV is installed."""
    if not is_there():
        raise MissingDependencyError("av", extra="video", feature=feature)


@contextmanager
def _opened(data: bytes, name: str) -> Generator[tuple[Any, Any]]:
    av: Any = require("av", extra="video", feature=f"Reading {name}")
    try:
        with av.open(io.BytesIO(data), format=_DEMUXERS[name]) as container:
            stream = container.streams.video[0]
            if stream.codec_context is None:
                msg = "of a codec that is not known"
                raise DecodeError(msg)
            yield container, stream
    except (av.FFmpegError, OSError, ValueError, IndexError, MemoryError) as error:
        msg = f"{name}: {error.strerror if isinstance(error, OSError) else error}"
        raise DecodeError(msg) from error


def header(data: bytes, name: str) -> Header:
    """Return what a video file says of itself; pictures are counted, not decoded.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it holds no pictures, or is damaged.
    mediatypes.errors.MissingDependencyError
        If PyAV is not installed.
    """
    with _opened(data, name) as (container, stream):
        frames = sum(packet.size > 0 for packet in container.demux(stream))
        seconds = (container.duration or 0) / 1_000_000
        rate = stream.average_rate or (frames / seconds if seconds else 0)
        size = stream.codec_context.width, stream.codec_context.height
        return Header(stream.codec_context.name, *size, frames, float(rate), seconds)


def decode(data: bytes, name: str) -> Iterator[NDArray[Any]]:
    """Yield each frame as the codec gives it, (height, width, 3), uint8 RGB.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is damaged, or frames are of another size than its header says.
    mediatypes.errors.MissingDependencyError
        If PyAV is not installed.
    """
    with _opened(data, name) as (container, stream):
        context = stream.codec_context
        size = context.width, context.height
        # What a frame claims for itself is refused before there is memory for it.
        context.options = {"max_pixels": str(max(_LEAST_PIXELS, size[0] * size[1]))}
        for frame in container.decode(stream):
            if size != (frame.width, frame.height):
                msg = "frames are of another size than its header says"
                raise DecodeError(msg)
            yield frame.to_ndarray(format="rgb24")


def encode(
    frames: Iterable[NDArray[Any]], name: str, fps: Fraction, size: tuple[int, int]
) -> bytes:
    """Return `frames` as H.264 in MP4, with its header first, or as VP9 in WebM.

    Parameters
    ----------
    frames
        Each of shape (height, width, 3), uint8.
    name
        ``"mp4"`` or ``"webm"``.
    fps
        Frames per second.
    size
        Height and width, both even.

    Raises
    ------
    mediatypes.errors.EncodeError
        If FFmpeg refuses, or has no such encoder.
    mediatypes.errors.MissingDependencyError
        If PyAV is not installed.
    """
    av: Any = require("av", extra="video", feature=f"Writing {name}")
    out = io.BytesIO()
    flags = {"fflags": "+bitexact"}
    again: dict[str, Any] = {}
    if name == "mp4":
        # FFmpeg moves the header to the front by reading its own file again.
        flags["movflags"] = "+faststart"
        again["io_open"] = partial(_read_again, out)
    try:
        with av.open(out, "w", format=name, options=flags, **again) as container:
            stream = _add_stream(container, name, fps, size)
            for index, pixels in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                    format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
                )
                frame.pts, frame.time_base = index, 1 / fps
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        msg = f"{name}: {error.strerror if isinstance(error, OSError) else error}"
        raise EncodeError(msg) from error
    return out.getvalue()


def _add_stream(container: Any, name: str, fps: Fraction, size: tuple[int, int]) -> Any:
    stream = container.add_stream(_ENCODERS[name], rate=fps, options=_OPTIONS[name])
    stream.height, stream.width = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = 1 / fps
    # One thread: the same bytes for any number of cores, and the loop keeps its own.
    context.thread_count = 1
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
    context.flags |= 1 << 23  # AV_CODEC_FLAG_BITEXACT
    return stream
