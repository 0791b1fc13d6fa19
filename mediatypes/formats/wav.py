"""WAV, by IBM and Microsoft's Multimedia Programming Interface (1991), written.

The writer is our own because libsndfile's puts the time of day into float files, and
equal sounds have to be equal bytes. Above two channels or 16 bits the format chunk is
``WAVE_FORMAT_EXTENSIBLE``, as Microsoft asks since 2001.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes.errors import EncodeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["encode"]

_PCM, _IEEE_FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SUBFORMAT: Final = bytes.fromhex("000000001000800000aa00389b71")
"""The last 14 bytes of the GUIDs that begin with a format tag."""
_MAX_BYTES: Final = (1 << 32) - 4096
"""Most bytes of samples: sizes are 32 bit, and headers need some room."""
_BITS: Final = {
    "PCM_U8": 8,
    "PCM_16": 16,
    "PCM_24": 24,
    "PCM_32": 32,
    "FLOAT": 32,
    "DOUBLE": 64,
}
_STORED_AS: Final = {
    "PCM_U8": "u1",
    "PCM_16": "<i2",
    "PCM_32": "<i4",
    "FLOAT": "<f4",
    "DOUBLE": "<f8",
}
_PLAIN_CHANNELS, _PLAIN_BITS = 2, 16


def encode(samples: NDArray[Any], sample_rate: int, subtype: str) -> bytes:
    """Return `samples` as a WAV file.

    Parameters
    ----------
    samples
        Shape (frames,) or (frames, channels); of the type that `subtype` holds, or
        integers left-aligned in their type, or any type for a float form.
    sample_rate
        In Hz.
    subtype
        ``"PCM_U8"``, ``"PCM_16"``, ``"PCM_24"``, ``"PCM_32"``, ``"FLOAT"`` or
        ``"DOUBLE"``.

    Raises
    ------
    mediatypes.errors.EncodeError
        If the samples take more than 4 GiB.
    """
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    data = _sample_bytes(samples, subtype)
    if len(data) > _MAX_BYTES:
        msg = f"wav: {len(data)} bytes of samples are more than WAV can hold"
        raise EncodeError(msg)
    head = _format_chunk(channels, sample_rate, subtype)
    if subtype in {"FLOAT", "DOUBLE"}:
        head += struct.pack("<4sII", b"fact", 4, samples.shape[0])
    padding = len(data) & 1
    size = 4 + len(head) + 8 + len(data) + padding
    start = struct.pack("<4sI4s", b"RIFF", size, b"WAVE")
    return b"".join(
        [start, head, struct.pack("<4sI", b"data", len(data)), data, bytes(padding)]
    )


def _format_chunk(channels: int, sample_rate: int, subtype: str) -> bytes:
    bits = _BITS[subtype]
    tag = _IEEE_FLOAT if subtype in {"FLOAT", "DOUBLE"} else _PCM
    block = channels * bits // 8
    rates = channels, sample_rate, sample_rate * block, block, bits
    wide = tag == _PCM and bits > _PLAIN_BITS
    if channels > _PLAIN_CHANNELS or wide:
        # No speaker positions: which channel is which is the user's matter.
        body = struct.pack("<HHIIHHHHIH", _EXTENSIBLE, *rates, 22, bits, 0, tag)
        body += _SUBFORMAT
    else:
        body = struct.pack("<HHIIHH", tag, *rates)
        body += struct.pack("<H", 0) if tag == _IEEE_FLOAT else b""
    return struct.pack("<4sI", b"fmt ", len(body)) + body


def _sample_bytes(samples: NDArray[Any], subtype: str) -> memoryview:
    """Return the samples in the form of the file; where they have it, no copy."""
    if subtype == "PCM_24":
        quads = _as_int32(samples).astype("<i4", copy=False).reshape(-1, 1)
        return _bytes_of(quads.view(np.uint8)[:, 1:])
    form = np.dtype(_STORED_AS[subtype])
    if samples.dtype.kind == "f" or samples.dtype == form:
        return _bytes_of(samples.astype(form, copy=False))
    if form.kind == "f":
        return _bytes_of(_as_levels(samples).astype(form, copy=False))
    wide = _as_int32(samples)
    if subtype == "PCM_U8":
        return _bytes_of(((wide >> 24) + 128).astype(form))
    return _bytes_of((wide >> (32 - _BITS[subtype])).astype(form))


def _bytes_of(samples: NDArray[Any]) -> memoryview:
    flat = np.ascontiguousarray(samples).reshape(-1)
    return flat.view(np.uint8).data


def _as_int32(samples: NDArray[Any]) -> NDArray[np.int32]:
    """Return integers of any width in the top of 32 bits."""
    if samples.dtype.name == "uint8":
        return (samples.astype(np.int32) - 128) << np.int32(24)
    shift = 8 * (4 - samples.dtype.itemsize)
    return samples.astype(np.int32) << np.int32(shift)


def _as_levels(samples: NDArray[Any]) -> NDArray[np.float64]:
    return _as_int32(samples) / np.float64(1 << 31)
