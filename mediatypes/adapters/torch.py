"""torch tensors, whose channels come first and whose numbers may be elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from mediatypes._core.arrays import Plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["to_plain"]


class _Tensor(Protocol):
    """What is asked of a ``torch.Tensor``, so that torch need not be installed."""

    @property
    def dtype(self) -> object: ...
    def detach(self) -> Self: ...
    def cpu(self) -> Self: ...
    def float(self) -> Self: ...
    def resolve_conj(self) -> Self: ...
    def resolve_neg(self) -> Self: ...
    def numpy(self) -> NDArray[Any]: ...


def to_plain(tensor: _Tensor) -> Plain:
    """Return the numbers of `tensor` as an array, without its gradient.

    bfloat16, which NumPy has no type for, becomes float32; each number is the same.
    """
    here = tensor.detach().cpu().resolve_conj().resolve_neg()
    if str(here.dtype) == "torch.bfloat16":
        here = here.float()
    return Plain(here.numpy(), "torch.Tensor", channels_first=True)
