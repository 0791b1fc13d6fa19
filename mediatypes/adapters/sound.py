"""Sound files: each written by what writes it best, and always the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes.adapters import files
from mediatypes.errors import DecodeError, EncodeError, FormatError
from mediatypes.formats import ogg, sound, wav
from mediatypes.formats.sniff import Format, sniff

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SUBTYPES", "decode", "describe", "encode", "is_writable"]

SUBTYPES: Final = {
    "wav": ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"),
    **sound.SUBTYPES,
}
"""Sample forms that each format is written in."""

_FILE: Final = "a WAV, FLAC, Ogg or MP3 file"


def describe(data: bytes, media: str, source: str) -> tuple[Format, sound.Header]:
    """Return what `data` from `source` is by its header, without decoding samples.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is none of `SUBTYPES`, or its header is damaged or claims too much.
    """
    try:
        head = sound.header(data)
        form = sniff(data)
        if form is None or form.name not in SUBTYPES:
            raise DecodeError(head.format)
    except FormatError as error:
        raise files.undecodable(media, _FILE, source, error) from error
    return form, head


def decode(data: bytes, media: str, source: str) -> NDArray[Any]:
    """Return the samples of a sound file, shape (frames, channels).

    PCM keeps its integers (24 bits in the top of int32), DOUBLE is float64, all else
    float32.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is damaged or truncated.
    """
    try:
        return sound.decode(data)
    except FormatError as error:
        raise files.undecodable(media, _FILE, source, error) from error


def encode(samples: NDArray[Any], sample_rate: int, name: str, subtype: str) -> bytes:
    """Return `samples` as a file of format `name`; equal samples give equal bytes.

    Raises
    ------
    mediatypes.errors.EncodeError
        If the format cannot hold them.
    """
    if name == "wav":
        return wav.encode(samples, sample_rate, subtype)
    data = sound.encode(samples, sample_rate, name, subtype)
    return ogg.with_serial_zero(data) if name == "ogg" else data


def is_writable(channels: int, sample_rate: int, name: str, subtype: str) -> bool:
    """Whether a file of format `name` can hold samples like these."""
    if name == "wav":
        return True
    try:
        sound.encode(np.zeros((0, channels), np.float32), sample_rate, name, subtype)
    except EncodeError:
        return False
    return True
