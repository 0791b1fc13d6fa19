"""The written rules of sounds: which sample is stored for which number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import Stored, dtype_name, own, read_only
from mediatypes.errors import DtypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BITS",
    "SUBTYPE_OF",
    "from_samples",
    "in_subtype",
    "to_pcm",
    "to_samples",
]

SUBTYPE_OF: Final = {
    "uint8": "PCM_U8",
    "int16": "PCM_16",
    "int32": "PCM_32",
    "float32": "FLOAT",
    "float64": "DOUBLE",
}
"""The sample form that keeps a dtype exactly."""

BITS: Final = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
"""Bits of a sample of each PCM form."""

_LOSSY: Final = frozenset(["VORBIS", "MPEG_LAYER_III"])
_MANTISSA: Final = {"FLOAT": 24}
_FLOAT32_BITS: Final = 24


def to_samples(array: NDArray[Any], *, source: str) -> Stored:
    """Return `array` as samples of the same shape in a type that WAV can hold.

    ============================ ======== =========================================
    dtype                        rule     stored
    ============================ ======== =========================================
    uint8, int16, int32          exact    as it is
    float32, float64             exact    as it is; NaN 0, ±inf ±1, counted
    float16                      float    as float32, the same
    ============================ ======== =========================================

    Raises
    ------
    mediatypes.errors.DtypeError
        If the elements are of another type: which level full scale is would be a
        guess.
    """
    name = dtype_name(array.dtype)
    if name == "float16":
        return _finite_samples(array.astype(np.float32), "float")
    if name in {"float32", "float64"}:
        return _finite_samples(own(array), "exact")
    if name in SUBTYPE_OF:
        return Stored(own(array), "exact")
    raise DtypeError(
        "Audio",
        "samples",
        expected="uint8, int16, int32, float16, float32 or float64",
        received=f"dtype {array.dtype}",
        source=source,
        hint="Pass x.astype(np.int16) or floats within [-1, 1] to say full scale.",
    )


def _finite_samples(samples: NDArray[Any], rule: str) -> Stored:
    if not samples.size:
        return Stored(read_only(samples), rule)
    nonfinite, peak = 0, _peak(samples)
    if not math.isfinite(peak):
        nonfinite = int(samples.size - np.count_nonzero(np.isfinite(samples)))
        samples = np.nan_to_num(samples, copy=True, nan=0.0, posinf=1.0, neginf=-1.0)
        peak = _peak(samples)
    return Stored(read_only(samples), rule, nonfinite=nonfinite, peak=peak)


def _peak(samples: NDArray[Any]) -> float:
    """Return the greatest distance from 0, not finite if one sample is not."""
    low, high = float(samples.min()), float(samples.max())
    return max(high, -low)


def to_pcm(samples: NDArray[Any], bits: int) -> Stored:
    """Return finite float `samples` as integers of `bits` bits in the top of int32.

    Full scale is [-1, 1]; one step is 2^(1-bits). Beyond it samples are clipped and
    counted. For 8 and 16 bits the integers are returned as int16.
    """
    full, clipped = float(1 << (bits - 1)), 0
    if samples.size and _peak(samples) > 1:
        clipped = int(np.count_nonzero(np.abs(samples) > 1))
        # Clipped first, as the greatest floats would overflow.
        samples = np.clip(samples, -1, 1)
    # A power of 2 is a scale without rounding, in floats of any width; the greatest
    # integer of 32 bits is none of float32.
    wide = np.float64 if bits > _FLOAT32_BITS else samples.dtype
    levels = np.multiply(samples, full, dtype=wide)
    np.rint(levels, out=levels)
    np.minimum(levels, full - 1, out=levels)
    carrier = np.dtype(np.int16 if bits <= 16 else np.int32)  # noqa: PLR2004 - bits
    values = levels.astype(carrier)
    shift = 8 * carrier.itemsize - bits
    if shift:
        values <<= carrier.type(shift)
    return Stored(read_only(values), f"pcm{bits}", (-1.0, 1.0), clipped)


def in_subtype(stored: Stored, subtype: str) -> tuple[Stored, tuple[str, ...]]:
    """Return `stored` as an encoder of `subtype` takes it, and what is lost by that."""
    samples = stored.values
    if SUBTYPE_OF[dtype_name(samples.dtype)] == subtype:
        return stored, ()
    width, bits = 8 * samples.dtype.itemsize, BITS.get(subtype)
    if samples.dtype.kind == "f":
        if subtype in _LOSSY:
            return _within_full_scale(stored)._replace(rule=subtype.lower()), ()
        if bits is None:
            return stored._replace(rule=subtype.lower()), ()
        pcm = to_pcm(samples, bits)
        clipped = stored.clipped + pcm.clipped
        return pcm._replace(clipped=clipped, nonfinite=stored.nonfinite), ()
    kept = bits or _MANTISSA.get(subtype, width)
    reason = (f"{width}-bit samples were cut to {kept} bits",) if width > kept else ()
    rule = subtype.lower() if bits is None else f"pcm{bits}"
    return stored._replace(rule=rule), reason


def _within_full_scale(stored: Stored) -> Stored:
    """Return finite float samples within [-1, 1]; LAME aborts the process at 1e30."""
    samples = stored.values
    clipped = stored.clipped + int(np.count_nonzero(np.abs(samples) > 1))
    return stored._replace(values=read_only(np.clip(samples, -1, 1)), clipped=clipped)


def from_samples(samples: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return `samples`, as a file gave them, in the dtype that was logged."""
    if samples.dtype == dtype:
        return samples
    if samples.dtype.kind == "f" and dtype.kind == "f":
        return samples.astype(dtype)
    levels = samples.astype(np.float64)
    if samples.dtype.name == "uint8":
        levels = (levels - 128) / 128
    elif samples.dtype.kind == "i":
        levels /= -float(np.iinfo(samples.dtype).min)
    if dtype.kind == "f":
        return levels.astype(dtype)
    if dtype.name == "uint8":
        return np.clip(np.rint(levels * 128 + 128), 0, 255).astype(np.uint8)
    full = -float(np.iinfo(dtype).min)
    return np.clip(np.rint(levels * full), -full, full - 1).astype(dtype)
