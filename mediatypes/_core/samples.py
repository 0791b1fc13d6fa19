"""The written rules of sounds: which sample is stored for which number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import Stored, own, read_only
from mediatypes.errors import DtypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BITS",
    "SUBTYPE_OF",
    "from_samples",
    "has_only_finite",
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
    name = array.dtype.name
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


def has_only_finite(array: NDArray[Any]) -> bool:
    """Whether no element is NaN or infinite; twice as fast as ``isfinite().all()``."""
    return not array.size or bool(np.isfinite(array.min()) and np.isfinite(array.max()))


def _finite_samples(samples: NDArray[Any], rule: str) -> Stored:
    if not has_only_finite(samples):
        finite = np.isfinite(samples)
        nonfinite = int(samples.size - np.count_nonzero(finite))
        mended = np.nan_to_num(samples, copy=True, nan=0.0, posinf=1.0, neginf=-1.0)
        return Stored(read_only(mended), rule, nonfinite=nonfinite)
    return Stored(read_only(samples), rule)


def to_pcm(samples: NDArray[Any], bits: int) -> Stored:
    """Return finite float `samples` as integers of `bits` bits in the top of int32.

    Full scale is [-1, 1]; one step is 2^(1-bits). Beyond it samples are clipped and
    counted. For 8 and 16 bits the integers are returned as int16.
    """
    full = float(1 << (bits - 1))
    clipped = int(np.count_nonzero(np.abs(samples) > 1))
    # Clipped first, as the greatest floats would overflow.
    levels = np.rint(np.multiply(np.clip(samples, -1, 1), full, dtype=np.float64))
    np.clip(levels, -full, full - 1, out=levels)
    carrier = np.dtype(np.int16 if bits <= 16 else np.int32)  # noqa: PLR2004 - bits
    shift = 8 * carrier.itemsize - bits
    values = levels.astype(carrier) << carrier.type(shift)
    return Stored(read_only(values), f"pcm{bits}", (-1.0, 1.0), clipped)


def in_subtype(stored: Stored, subtype: str) -> tuple[Stored, tuple[str, ...]]:
    """Return `stored` as an encoder of `subtype` takes it, and what is lost by that."""
    samples = stored.values
    if SUBTYPE_OF[samples.dtype.name] == subtype:
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
