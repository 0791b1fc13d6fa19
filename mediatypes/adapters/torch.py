"""torch tensors, whose channels come first and whose numbers may be elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np

from mediatypes._core.arrays import Plain
from mediatypes._core.optional import type_name
from mediatypes.adapters.refusal import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["to_plain", "to_plain_alike"]

_SHORT: Final = ("torch.bfloat16", "torch.float8")
_STRIDED: Final = "torch.strided"


class _Alike(Protocol):
    """What leads from a tensor to its numbers, in every library that follows torch."""

    def detach(self) -> Self: ...
    def cpu(self) -> Self: ...
    def numpy(self) -> NDArray[Any]: ...


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

    bfloat16 and the 8-bit floats, which NumPy has no type for, become float32; each
    number is the same.

    Raises
    ------
    mediatypes.adapters.refusal.Refusal
        If it is quantised, sparse, nested or without data.
    """
    _check(tensor)
    here = tensor.detach().cpu().resolve_conj().resolve_neg()
    if str(here.dtype).startswith(_SHORT):
        here = here.float()
    return Plain(here.numpy(), "torch.Tensor", channels_first=True)


def to_plain_alike(tensor: _Alike) -> Plain:
    """Return the numbers of what has a tensor's methods, channels first as there."""
    array = np.asarray(tensor.detach().cpu().numpy())
    return Plain(array, type_name(tensor), channels_first=True)


def _check(tensor: object) -> None:
    dense = "a dense tensor"
    layout = str(getattr(tensor, "layout", _STRIDED))
    if getattr(tensor, "is_quantized", False):
        hint = "Pass x.dequantize(), or x.int_repr() for its integers."
        raise Refusal(dense, "a quantised one", hint)
    if getattr(tensor, "is_nested", False):
        raise Refusal(dense, "a nested one", "Pass x.to_padded_tensor(0).")
    if layout != _STRIDED:
        raise Refusal(dense, f"one of layout {layout}", "Pass x.to_dense().")
    if getattr(tensor, "is_meta", False):
        raise Refusal(dense, "one on the meta device, which has no numbers")
