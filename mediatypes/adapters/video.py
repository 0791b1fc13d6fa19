"""Video files: what they are, their frames, and frames made into files."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.clip import padded, pictures
from mediatypes._core.colour import channels_of, convert
from mediatypes._core.layout import MAX_CLIP_SIDE, MAX_PIXELS
from mediatypes.adapters import files, picture, pyav
from mediatypes.errors import DecodeError, FormatError, OptionError
from mediatypes.formats import frames, moving, mp4, png
from mediatypes.formats import picture as pillow
from mediatypes.formats.sniff import Format, by_extension, sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = [
    "ANIMATED",
    "CODECS",
    "NO_ALPHA",
    "VideoFile",
    "check_count",
    "decode",
    "describe",
    "encode",
    "parse_format",
    "parse_name",
]

ANIMATED: Final = ("webp", "gif", "png")
"""Formats of pictures that move, which need no PyAV."""

NO_ALPHA: Final = frozenset(["mp4", "webm", "gif"])
"""Formats without alpha, as they are written here."""

CODECS: Final = pyav.CODECS
"""What the frames of a format are written in, where its name does not say."""

MAX_BYTES: Final = 2**32
"""Pixels of a file that are decoded at most."""

_FILE: Final = "an MP4, MOV, WebM, animated WebP, GIF or animated PNG file"
_WITH_ALPHA: Final = (2, 4)
_MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_PLAYED: Final = frozenset(["avc1", "avc3", "hvc1", "hev1", "vp08", "vp09", "av01"])
"""Names in an MP4 of the codecs that browsers know."""
_WITHOUT: Final = (
    "PyAV is not installed, so it is an animated WebP and not MP4; "
    "install it with: pip install 'mediatypes[video]'"
)


class VideoFile(NamedTuple):
    """A video file by its header."""

    format: Format
    facts: dict[str, Any]
    reasons: tuple[str, ...]


def parse_format(file_type: object, media: str) -> tuple[Format, tuple[str, ...]]:
    """Return the format that `file_type` asks for, and what is to be said of it.

    Raises
    ------
    mediatypes.errors.OptionError
        If there is none.
    mediatypes.errors.MissingDependencyError
        If it needs PyAV, which is not installed.
    """
    if file_type is None:
        there = pyav.is_there()
        return _form("mp4" if there else "webp"), () if there else (_WITHOUT,)
    form = parse_name(file_type, media)
    if form.name == "mov":
        form = _form("mp4")
    if form.name in pyav.CODECS:
        pyav.check(f"Writing {form.name}")
    return form, ()


def parse_name(file_type: object, media: str) -> Format:
    """Return the format of videos that `file_type`, an extension, means.

    Raises
    ------
    mediatypes.errors.OptionError
        If there is none.
    """
    form = by_extension(file_type) if isinstance(file_type, str) else None
    if form is None or form.name not in (*_READERS, *ANIMATED):
        raise OptionError(
            media,
            "file_type",
            expected="mp4, webm, webp, gif or png (animated)",
            received=repr(file_type),
        )
    return form


def check_count(count: int, form: Format, media: str) -> None:
    """Raise `OptionError` if there are more frames than are read again."""
    if form.name in ANIMATED and count > frames.MAX_FRAMES:
        raise OptionError(
            media,
            "file_type",
            expected=f"mp4 or webm for more than {frames.MAX_FRAMES:,} frames",
            received=form.extension,
        )


def _form(name: str) -> Format:
    form = by_extension(name)
    assert form is not None  # noqa: S101 - it is in the table
    return form


def describe(data: bytes, media: str, source: str) -> VideoFile:
    """Return what `data` from `source` is by its header, without decoding frames.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no video, or its header is damaged or claims too much.
    mediatypes.errors.MissingDependencyError
        If it is WebM, and PyAV is not installed.
    """
    form = sniff(data)
    try:
        if form is None or form.name not in (*_READERS, *ANIMATED):
            msg = "it begins like none of them"
            raise DecodeError(msg)
        if form.name in ANIMATED:
            return VideoFile(form, _animated(data, form, media, source), ())
        facts = _READERS[form.name](data)
        _check_size(facts)
    except FormatError as error:
        raise files.undecodable(media, _FILE, source, error) from error
    codec = facts["codec"]
    if form.name != "webm" and codec not in _PLAYED:
        return VideoFile(form, facts, (f"browsers do not play its codec, {codec!r}",))
    return VideoFile(form, facts, ())


def _animated(data: bytes, form: Format, media: str, source: str) -> dict[str, Any]:
    timing = frames.timing(data, form.name)
    if timing is None:
        msg = f"{form.name}: a still picture, for mediatypes.Image"
        raise DecodeError(msg)
    head = picture.describe(data, media, source).facts
    return {
        "frames": timing.frames,
        "fps": _rate(timing.frames, timing.duration_seconds),
        "width": head["width"],
        "height": head["height"],
        "channels": 4 if head["channels"] in {2, 4} else 3,
        "duration_seconds": timing.duration_seconds,
        "codec": form.name,
    }


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 9) if seconds > 0 else 0.0


def _of_mp4(data: bytes) -> dict[str, Any]:
    head = mp4.header(data)
    return {
        "frames": head.frames,
        "fps": _rate(head.frames, head.duration_seconds),
        "width": head.width,
        "height": head.height,
        "channels": 3,
        "duration_seconds": head.duration_seconds,
        "codec": head.codec,
    }


def _of_webm(data: bytes) -> dict[str, Any]:
    head = pyav.header(data, "webm")._asdict()
    return head | {"channels": 3, "fps": round(head["fps"], 9)}


_READERS: Final[dict[str, Callable[[bytes], dict[str, Any]]]] = {
    "mp4": _of_mp4,
    "mov": _of_mp4,
    "webm": _of_webm,
}


def _check_size(facts: dict[str, Any]) -> None:
    width, height = facts["width"], facts["height"]
    if not 1 <= min(width, height) <= max(width, height) <= MAX_CLIP_SIDE:
        msg = f"frames of {width:,} × {height:,} pixels"
        raise DecodeError(msg)
    if width * height > MAX_PIXELS or not facts["frames"]:
        msg = f"{facts['frames']:,} frames of {width:,} × {height:,} pixels"
        raise DecodeError(msg)


def decode(data: bytes, media: str, source: str, channels: int) -> NDArray[Any]:
    """Return the frames of a video file, (time, height, width, channels), uint8.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no video, is damaged, or has more than 4 GiB of pixels.
    mediatypes.errors.MissingDependencyError
        If it needs PyAV, which is not installed.
    """
    form = sniff(data)
    try:
        if form is None or form.name not in (*_READERS, *ANIMATED):
            msg = "it begins like none of them"
            raise DecodeError(msg)
        if form.name in ANIMATED:
            return _joined(_pictures(data, form.name, channels), channels)
        if form.name != "webm":
            mp4.header(data)  # at whose lies FFmpeg would work for minutes
        return _joined(pyav.decode(data, form.name), channels)
    except FormatError as error:
        raise files.undecodable(media, _FILE, source, error) from error


def _pictures(data: bytes, name: str, channels: int) -> Iterator[NDArray[Any]]:
    timing = frames.timing(data, name)
    with pillow.opened(data) as image:
        behind = int(bool(image.info.get("default_image")))
        for index in range(timing.frames if timing else 0):
            image.seek(index + behind)
            if image.mode.startswith("I;16"):  # of which Pillow would keep the low byte
                yield (np.asarray(image) >> 8).astype(np.uint8)
            else:
                yield np.asarray(image.convert(_MODES[channels]))


def _joined(found: Iterable[NDArray[Any]], channels: int) -> NDArray[Any]:
    """Return frames as one array, each let go once it is copied."""
    pixels, shape = bytearray(), (0, 0)
    for frame in found:
        if pixels and frame.shape[:2] != shape:
            msg = "frames are of different sizes"
            raise DecodeError(msg)
        shape = frame.shape[:2]
        if channels_of(frame) != channels:
            frame = convert(frame, _MODES[channels])  # noqa: PLW2901 - the same frame
        pixels += frame.tobytes()
        if len(pixels) > MAX_BYTES:
            msg = f"more than {MAX_BYTES:,} bytes of pixels"
            raise DecodeError(msg)
    if not pixels:
        msg = "it has no frame that can be read"
        raise DecodeError(msg)
    return np.frombuffer(pixels, np.uint8).reshape(-1, *shape, channels)


def encode(
    array: NDArray[Any],
    name: str,
    *,
    fps: Sequence[int],
    order: str,
    channels: int,
    size: Sequence[int],
) -> bytes:
    """Return frames as a video file of format `name`.

    Parameters
    ----------
    array
        uint8, of four axes.
    name
        ``"mp4"``, ``"webm"``, ``"webp"``, ``"gif"`` or ``"png"``.
    fps
        Frames per second: numerator and denominator.
    order
        A letter for each axis: ``T``, ``C``, ``H`` and ``W``.
    channels
        How many are stored; where there is one more, it is alpha, and laid on white.
    size
        Height and width of the frames that are stored, not less than they have.

    Raises
    ------
    mediatypes.errors.EncodeError
        If the format cannot hold them.
    mediatypes.errors.MissingDependencyError
        If it needs PyAV, which is not installed.
    """
    found, rate = pictures(array, order, channels), Fraction(*fps)
    count = array.shape[order.index("T")]
    if name in pyav.CODECS:
        area = (size[0], size[1])
        colour = (padded(convert(picture, "RGB"), area) for picture in found)
        return pyav.encode(colour, name, rate, area)
    delays = (moving.delay_of(index, rate, name) for index in range(count))
    stills = (_still(picture, name) for picture in found)
    return moving.join(stills, delays, name, count)


def _still(frame: NDArray[Any], name: str) -> bytes:
    if name == "png":
        return png.encode(frame)
    if name == "webp":
        colour = convert(frame, "RGBA" if channels_of(frame) in _WITH_ALPHA else "RGB")
        # A hundredth of the time that its defaults take, and a tenth more bytes.
        return pillow.encode(colour, name, quality=1, lossless=True, effort=0)
    return pillow.encode(frame, name, effort=0)
