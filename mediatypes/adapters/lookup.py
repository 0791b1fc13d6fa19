"""Recognise other libraries' objects without importing their libraries."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from mediatypes._core.optional import loaded

__all__ = ["Adapter", "is_of", "load"]


class Adapter(NamedTuple):
    """Which objects of a library a module of this package turns into plain data."""

    package: str
    types: tuple[str, ...]
    module: str


def load(module: str) -> Any:
    """Import ``mediatypes.adapters.<module>``, by text so that no contract sees it."""
    return importlib.import_module(f"mediatypes.adapters.{module}")


def is_of(value: object, adapter: Adapter) -> bool:
    """Whether `value` is one of the objects of `adapter`."""
    library = loaded(adapter.package)
    if library is None:
        return False
    found = [getattr(library, name, None) for name in adapter.types]
    return isinstance(value, tuple(kind for kind in found if isinstance(kind, type)))
