"""Objects of libraries that are not there, with the methods that reports name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FakeTensor", "OnlyArray"]


class OnlyArray:
    """Gives an array when asked for one, and has nothing else."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001 - the protocol's own signature
        del copy
        return self._array.astype(dtype or self._array.dtype)


class FakeTensor:
    """A tensor with a gradient on another device: two steps before its numbers."""

    def __init__(
        self, array: NDArray[Any], *, detached: bool = False, near: bool = False
    ) -> None:
        self._array = array
        self._detached = detached
        self._near = near
        self.shape = array.shape
        self.dtype = array.dtype

    def detach(self) -> FakeTensor:
        return FakeTensor(self._array, detached=True, near=self._near)

    def cpu(self) -> FakeTensor:
        return FakeTensor(self._array, detached=self._detached, near=True)

    def numpy(self) -> NDArray[Any]:
        if not self._detached:
            message = "has a gradient"
            raise RuntimeError(message)
        if not self._near:
            message = "is on another device"
            raise TypeError(message)
        return self._array
