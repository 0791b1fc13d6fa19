"""A look at an array: its numbers in short, and a small picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes.viewer.answers import packed, strict

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["look_at"]

_SIDE: Final = 96


def look_at(array: NDArray[Any]) -> dict[str, Any]:
    """Return what an array holds.

    The picture shows the last two axes at the first place of all others; of a larger
    one, evenly taken rows and columns.
    """
    found: dict[str, Any] = {"shape": list(array.shape), "dtype": str(array.dtype)}
    if array.dtype.kind not in "biuf" or not array.size:
        return found
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    found["nonfinite"] = int(array.size - finite.size)
    if finite.size:
        wide = finite.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            facts = {"min": wide.min(), "max": wide.max(), "mean": wide.mean()}
            facts["std"] = wide.std()
        found |= strict({name: float(value) for name, value in facts.items()})
    plane = np.atleast_2d(
        array.reshape(-1, *array.shape[-2:])[0] if array.ndim > 1 else array
    )
    rows, columns = (_taken(size) for size in plane.shape)
    small = plane[np.ix_(rows, columns)].astype(np.float64)
    with np.errstate(over="ignore"):
        found["plane"] = packed(small, "float32")
    return found | {"height": len(rows), "width": len(columns)}


def _taken(size: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, size - 1, min(size, _SIDE)).astype(np.int64))
