"""The written rules of pictures: which level is stored for which number.

A rule depends on the dtype and on what the caller said, never on the values of one
item, so two frames of a series are always treated alike. Each rule reports how many
values it had to change; that report becomes the ``source`` of the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import Stored, own, read_only, within_doubles
from mediatypes.errors import DtypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PIXEL_RULES", "finite_range", "from_pixels", "to_pixels"]

PIXEL_RULES: Final = frozenset(["exact", "bool", "integer", "unit", "range", "minmax"])
"""Rules of `to_pixels`, which `from_pixels` undoes."""

_WHITE: Final = 255
_LARGEST: Final = float(np.finfo(np.float64).max)
_BLOCK: Final = 1 << 16
"""Elements converted at once: 512 KiB of float64, which stays in a core's cache."""


def to_pixels(
    array: NDArray[Any],
    value_range: tuple[float, float] | str | None,
    *,
    source: str,
    media: str = "Image",
) -> Stored:
    """Return `array` as 8- or 16-bit pixels of the same shape.

    ========================== ========= ============================================
    dtype                      rule      stored
    ========================== ========= ============================================
    uint8, uint16              exact     as it is
    bool                       bool      0 and 255
    other integers             integer   as it is, clipped to 0..255
    floats                     unit      round(255 x), clipped; NaN 0, ±inf the ends
    any, ``value_range=(a,b)`` range     round(255 (x-a)/(b-a)), else as floats
    any, ``"minmax"``          minmax    the same with the finite minimum and maximum
    ========================== ========= ============================================

    Floats beyond the range by less than half a step round to its ends and are not
    counted as clipped.

    Raises
    ------
    mediatypes.errors.DtypeError
        If the elements are complex, objects, strings or times.
    """
    kind = array.dtype.kind
    if kind not in "buif":
        raise DtypeError(
            media,
            "pixels",
            expected="real numbers",
            received=f"dtype {array.dtype}",
            source=source,
            hint="Pass one channel per real component, such as np.abs(x)."
            if kind == "c"
            else "Pass an array of numbers.",
        )
    array = within_doubles(array)
    if value_range is None:
        if kind == "f":
            return _scaled(array, (0.0, 1.0), "unit")
        return _integer_pixels(array)
    if isinstance(value_range, str):
        return _scaled(array, finite_range(array), "minmax")
    return _scaled(array, value_range, "range")


def _integer_pixels(array: NDArray[Any]) -> Stored:
    if array.dtype.itemsize <= 2 and array.dtype.kind == "u":  # noqa: PLR2004 - bytes
        return Stored(own(array), "exact")
    if array.dtype.kind == "b":
        return Stored(read_only(np.multiply(array, _WHITE, dtype=np.uint8)), "bool")
    clipped = int(np.count_nonzero((array < 0) | (array > _WHITE)))
    pixels = np.clip(array, 0, _WHITE).astype(np.uint8, order="C")
    return Stored(read_only(pixels), "integer", clipped=clipped)


def finite_range(array: NDArray[Any]) -> tuple[float, float]:
    """Return the least and greatest finite value, (0, 1) if there is none.

    A constant array gives a range of width 1 or more that starts at its value, or ends
    there where no greater number exists.
    """
    values = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high > low:
        return low, high
    width = max(1.0, abs(low))
    return (low, low + width) if np.isfinite(low + width) else (low - width, low)


def _scaled(array: NDArray[Any], limits: tuple[float, float], rule: str) -> Stored:
    """Map `limits` to 0..255, block by block in float64, so that containers agree."""
    low, high = limits
    flat = np.ascontiguousarray(array).reshape(-1)
    pixels = np.empty(flat.size, np.uint8)
    scratch = np.empty(min(_BLOCK, flat.size), np.float64)
    clipped = nonfinite = 0
    with np.errstate(all="ignore"):
        # Halved first, so that limits as far apart as a float allows do not overflow.
        scale = 127.5 / (high / 2 - low / 2)
        for start in range(0, flat.size, _BLOCK):
            block = flat[start : start + _BLOCK]
            if block.dtype == np.float16:  # which is slow to compare
                block = block.astype(np.float32)
            levels = scratch[: block.size]
            np.copyto(levels, block, casting="unsafe")
            if low:
                levels -= low
            levels *= scale
            np.rint(levels, out=levels)
            # Looked at before conversion, where there are fewer bytes; as Python's
            # floats, which no array's own type narrows.
            inside = float(block.min()) >= low and float(block.max()) <= high
            if not (inside and high - low <= _LARGEST):
                odd = _mend(levels, block)
                clipped += odd[0]
                nonfinite += odd[1]
            pixels[start : start + _BLOCK] = levels
    shaped = read_only(pixels.reshape(array.shape))
    return Stored(shaped, rule, (float(low), float(high)), clipped, nonfinite)


def _mend(levels: NDArray[np.float64], block: NDArray[Any]) -> tuple[int, int]:
    """Bring `levels` into 0..255 in place; return how many clipped and not finite."""
    finite = np.isfinite(block)
    outside = (levels < 0) | (levels > _WHITE)
    clipped = int(np.count_nonzero(outside & finite))
    levels[np.isnan(levels)] = 0
    np.clip(levels, 0, _WHITE, out=levels)
    return clipped, int(block.size - np.count_nonzero(finite))


def from_pixels(
    pixels: NDArray[Any],
    *,
    dtype: str,
    rule: str,
    limits: tuple[float, float] | None,
) -> NDArray[Any]:
    """Return the numbers that `to_pixels` was given, within half a step of a float."""
    target = np.dtype(dtype)
    if rule == "bool":
        return pixels > _WHITE // 2
    if limits is None:
        return pixels.astype(target)
    low, high = limits
    values = pixels * ((high / 2 - low / 2) / 127.5)
    values += low
    if target.kind == "f":
        most = np.finfo(target).max
        return np.clip(values, -most, most, out=values).astype(target, copy=False)
    whole = np.rint(values, out=values)
    return whole > 0 if target.kind == "b" else _to_integers(whole, target)


def _to_integers(values: NDArray[np.float64], target: np.dtype[Any]) -> NDArray[Any]:
    """Return whole floats as integers; what `target` cannot hold becomes its ends."""
    info = np.iinfo(target)
    with np.errstate(invalid="ignore"):
        integers = values.astype(target)
    # The ends of 64 bits are no floats, so they are told by comparison.
    integers[values >= float(info.max)] = info.max
    integers[values <= float(info.min)] = info.min
    return integers
