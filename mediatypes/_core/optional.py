"""Find other people's libraries without importing them."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from mediatypes.errors import MissingDependencyError

__all__ = ["loaded", "require", "type_name"]


def loaded(name: str) -> ModuleType | None:
    """Return module `name` if the caller's program has imported it already.

    A user who passes a ``torch.Tensor`` has imported torch, so looking is enough:
    nothing is ever imported on the user's behalf.

    Examples
    --------
    >>> loaded("sys").__name__
    'sys'
    >>> loaded("no_such_library") is None
    True
    """
    return sys.modules.get(name)


def require(name: str, *, extra: str, feature: str) -> ModuleType:
    """Import `name`, or say which extra brings it.

    Raises
    ------
    mediatypes.errors.MissingDependencyError
        If `name` is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingDependencyError(name, extra=extra, feature=feature) from error


def type_name(value: object) -> str:
    """Return the full name of the type of `value`, for messages.

    Examples
    --------
    >>> type_name(1.0), type_name(sys)
    ('float', 'module sys')
    """
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    kind = type(value)
    prefix = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{prefix}{kind.__qualname__}"
