"""torch modules: hooks that tell of their passes, and the numbers of their tensors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from mediatypes._core.arrays import own, read_only
from mediatypes._core.optional import loaded
from mediatypes.adapters.torch import to_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["Handle", "Hook", "Numbers", "hook_forward", "hook_gradient", "numbers"]

_STRIDED = "torch.strided"
_COORDINATES = "torch.sparse_coo"


class Handle(Protocol):
    """What takes a hook off again."""

    def remove(self) -> None:
        """Take it off."""


class _Tensor(Protocol):
    """What is asked of a ``torch.Tensor``."""

    requires_grad: bool
    is_leaf: bool

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def layout(self) -> object: ...
    def is_complex(self) -> bool: ...
    def detach(self) -> _Tensor: ...
    def coalesce(self) -> _Tensor: ...
    def values(self) -> _Tensor: ...
    def data_ptr(self) -> int: ...
    def register_hook(self, hook: Callable[[Any], None]) -> Handle: ...


class _Module(Protocol):
    """What is asked of a ``torch.nn.Module``."""

    def named_parameters(self) -> Iterator[tuple[str, _Tensor]]: ...
    def register_forward_pre_hook(self, hook: Callable[..., None]) -> Handle: ...


class Numbers(NamedTuple):
    """The real numbers of a tensor, or of one part of a complex one."""

    part: str
    """``"real"``, ``"imag"``, or nothing where they are all."""
    array: NDArray[Any]
    """A copy of those that the tensor stores."""
    zeros: int
    """How many more there are that a sparse tensor leaves out."""


class Hook:
    """Calls a function from a module or a tensor; a copy of the module has none.

    Models are copied and pickled with their hooks, so a copy of a hook does nothing.

    Parameters
    ----------
    function
        What to call, with the gradient or without anything.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self._function = function

    def __call__(self, *values: Any) -> None:
        """Call the function."""
        self._function(*values)

    def __reduce__(self) -> tuple[object, ...]:
        return _idle, ()


def _nothing(*values: Any) -> None:
    del values


def _idle() -> Hook:
    return Hook(_nothing)


def hook_forward(module: _Module, function: Callable[[], None]) -> Handle:
    """Call `function` before each forward pass of `module` that can be learnt from."""
    grad_enabled = cast("Any", loaded("torch")).is_grad_enabled

    def call(*inputs: Any) -> None:
        del inputs
        if grad_enabled():
            function()

    return module.register_forward_pre_hook(Hook(call))


def hook_gradient(tensor: _Tensor, function: Callable[[Any], None]) -> Handle | None:
    """Call `function` with each gradient of `tensor`; None if it gets none now."""
    return tensor.register_hook(Hook(function)) if tensor.requires_grad else None


def numbers(tensor: _Tensor) -> Iterator[Numbers]:
    """Yield copies of the numbers of `tensor`, of both parts if it is complex.

    Raises
    ------
    mediatypes.adapters.refusal.Refusal
        If it has none that can be counted: quantised, nested, or without data.
    """
    held, zeros = tensor.detach(), 0
    layout = str(held.layout)
    if layout != _STRIDED:
        held = (held.coalesce() if layout == _COORDINATES else held).values()
        zeros = math.prod(tensor.shape) - math.prod(held.shape)
    if not held.is_complex():
        yield Numbers("", _copied(held), zeros)
        return
    pairs: Any = held
    for part in ("real", "imag"):
        yield Numbers(part, _copied(getattr(pairs, part)), zeros)


def _copied(tensor: _Tensor) -> NDArray[Any]:
    array = to_plain(cast("Any", tensor)).array
    is_view = array.ctypes.data == tensor.data_ptr()
    return own(array) if is_view else read_only(array)
