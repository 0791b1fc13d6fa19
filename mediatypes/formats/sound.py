"""FLAC, Ogg Vorbis and MP3 written, and WAV read as well, by libsndfile."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from mediatypes.errors import DecodeError, EncodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SUBTYPES", "Header", "decode", "encode", "header"]

SUBTYPES: Final = {
    "flac": ("PCM_16", "PCM_24"),
    "ogg": ("VORBIS",),
    "mp3": ("MPEG_LAYER_III",),
}
"""Sample forms that each format is written in; the first is the default."""

_Dtype = Literal["int16", "int32", "float32", "float64"]
_READ_AS: Final[dict[str, _Dtype]] = {
    "PCM_U8": "int16",
    "PCM_S8": "int16",
    "PCM_16": "int16",
    "PCM_24": "int32",
    "PCM_32": "int32",
    "DOUBLE": "float64",
}
_LEVELS_OF_U8: Final = 128


class Header(NamedTuple):
    """What a sound file says of itself, held against its size."""

    frames: int
    channels: int
    sample_rate: int
    format: str
    subtype: str


def encode(samples: NDArray[Any], sample_rate: int, name: str, subtype: str) -> bytes:
    """Return `samples` as a file of format `name`.

    Parameters
    ----------
    samples
        Shape (frames,) or (frames, channels); of the type that `subtype` holds, or
        left-aligned in int16 or int32.
    sample_rate
        In Hz.
    name
        ``"flac"``, ``"ogg"`` or ``"mp3"``.
    subtype
        One of `SUBTYPES` of that format.

    Raises
    ------
    mediatypes.errors.EncodeError
        If libsndfile cannot write them.
    """
    import soundfile

    if samples.dtype == np.uint8:
        samples = (samples.astype(np.int16) - _LEVELS_OF_U8) << np.int16(8)
    if name in {"ogg", "mp3"} and samples.dtype.kind == "i":
        # libsndfile 1.2.2 writes noise for interleaved int16 to MP3
        samples = samples / np.float32(-float(np.iinfo(samples.dtype).min))
    out = io.BytesIO()
    try:
        soundfile.write(out, samples, sample_rate, format=name.upper(), subtype=subtype)
    except (soundfile.LibsndfileError, TypeError, ValueError) as error:
        msg = f"{name}: {_reason(error)}"
        raise EncodeError(msg) from error
    return out.getvalue()


def _reason(error: Exception) -> str:
    return str(getattr(error, "error_string", error)).rstrip(".")


def header(data: bytes) -> Header:
    """Return the header of a sound file.

    Raises
    ------
    mediatypes.errors.DecodeError
        If libsndfile cannot read it, or it claims more frames than its bytes could
        hold in any form (100 to the byte).
    """
    import soundfile

    try:
        info = soundfile.info(io.BytesIO(data))
    except (soundfile.LibsndfileError, TypeError, ValueError, OSError) as error:
        msg = f"sound: {_reason(error)}"
        raise DecodeError(msg) from error
    if info.frames > 100 * len(data):
        msg = f"sound: {len(data)} bytes cannot hold {info.frames} frames"
        raise DecodeError(msg)
    return Header(
        int(info.frames),
        int(info.channels),
        int(info.samplerate),
        str(info.format),
        str(info.subtype),
    )


def decode(data: bytes) -> NDArray[Any]:
    """Return the samples of a sound file, shape (frames, channels).

    PCM keeps its integers (24 bits in the top of int32), DOUBLE is float64, all else
    float32.
    """
    import soundfile

    head = header(data)
    dtype: _Dtype = _READ_AS.get(head.subtype, "float32")
    samples: NDArray[Any]
    try:
        samples, _ = soundfile.read(io.BytesIO(data), dtype=dtype, always_2d=True)
    except (soundfile.LibsndfileError, TypeError, ValueError, OSError) as error:
        msg = f"sound: {_reason(error)}"
        raise DecodeError(msg) from error
    if head.subtype == "PCM_U8":
        samples = ((samples >> 8) + _LEVELS_OF_U8).astype(np.uint8)
    return samples
