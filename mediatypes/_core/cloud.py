"""Points in space as the records of a file, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import within_doubles
from mediatypes.errors import DtypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes._core.arrays import Plain

__all__ = ["HELD", "Packed", "pack", "unpack"]

HELD: Final = {"longdouble": "float64", "float128": "float64", "float96": "float64"}
"""What points of a wider type are read back as."""
_PLACE: Final = ("x", "y", "z")
_COLOUR: Final = ("red", "green", "blue")
_CATEGORY: Final = "category"
_SMALL: Final = 2
"""Bytes of integers and floats that float32 holds exactly; itself besides."""
_WIDE: Final = 8
_EXACT: Final = 2**53
_WITH_CATEGORY: Final = 4
_WITH_COLOUR: Final = 6
_WHITE: Final = 255


class Packed(NamedTuple):
    """Points as they are stored, and what had to be changed."""

    rows: NDArray[Any]
    clipped: int
    nonfinite: int
    reasons: tuple[str, ...]


def pack(plain: Plain) -> Packed:
    """Return points as records with the fields of a file.

    Parameters
    ----------
    plain
        Shape (points, 3), (points, 4) or (points, 6).

    Raises
    ------
    mediatypes.errors.DtypeError
        If the elements are no real numbers.
    """
    array = plain.array
    if array.dtype.kind not in "biuf":
        raise DtypeError(
            "Object3D",
            "points",
            expected="real numbers",
            received=f"dtype {array.dtype}",
            source=plain.source,
        )
    array, reasons = within_doubles(array), list[str]()
    is_small = array.itemsize <= _SMALL or array.dtype == np.float32
    kind = "<f4" if is_small else "<f8"
    width = array.shape[1]
    fields = [(name, kind) for name in _PLACE]
    fields += [(_CATEGORY, kind)] if width == _WITH_CATEGORY else []
    fields += [(name, "u1") for name in _COLOUR] if width == _WITH_COLOUR else []
    rows = np.empty(len(array), fields)
    names = [name for name, form in fields if form == kind]
    for i, name in enumerate(names):
        rows[name] = array[:, i]
    if array.dtype.kind in "iu" and array.itemsize == _WIDE:
        held = array[:, : len(names)]
        large = (held > _EXACT) | (held < -_EXACT if array.dtype.kind == "i" else False)
        reasons += ["integers beyond 2**53 were rounded"] if large.any() else []
    nonfinite = int(np.count_nonzero(~np.isfinite(array)))
    clipped = 0
    if width == _WITH_COLOUR:
        clipped, was_rounded = _colour(array[:, 3:], rows)
        said = "colours were rounded to whole numbers; they run from 0 to 255"
        reasons += [said] if was_rounded else []
    return Packed(rows, clipped, nonfinite, tuple(reasons))


def _colour(given: NDArray[Any], rows: NDArray[Any]) -> tuple[int, bool]:
    """Fill in colours; return how many were clipped, and whether any was rounded."""
    finite = np.nan_to_num(given.astype(np.float64), nan=0.0, posinf=_WHITE, neginf=0.0)
    whole = np.rint(finite)
    stored = np.clip(whole, 0, _WHITE)
    for i, name in enumerate(_COLOUR):
        rows[name] = stored[:, i].astype(np.uint8)
    return int(np.count_nonzero(stored != whole)), bool((whole != finite).any())


def unpack(rows: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the points of records in `dtype`, shape (points, fields)."""
    names = rows.dtype.names or ()
    found = np.empty((len(rows), len(names)), dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        for i, name in enumerate(names):
            found[:, i] = rows[name]
    return found
