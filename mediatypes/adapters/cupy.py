"""CuPy arrays, whose numbers are on a GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from mediatypes._core.arrays import Plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["to_plain"]


class _Array(Protocol):
    """What is asked of a ``cupy.ndarray``."""

    def get(self) -> NDArray[Any]: ...


def to_plain(value: _Array) -> Plain:
    """Return a copy of `value` in the memory of the machine."""
    return Plain(value.get(), "cupy.ndarray")
