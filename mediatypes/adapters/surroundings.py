"""What drawing shares with the rest of its process, borrowed and given back."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

__all__ = [
    "LOCK",
    "changed_settings",
    "default_settings",
    "listening",
    "set_settings",
    "settings",
]

_BACKEND: Final = frozenset(["backend", "backend_fallback", "interactive"])

LOCK: Final = threading.RLock()
"""matplotlib draws in one thread at a time: its font cache and rcParams are shared."""
_SETTINGS: Final[Any] = mpl.rcParams  # typed as 300 literals
_raw: Final[Any] = dict
"""Past the checks of rcParams, which what comes from there has been through."""


def changed_settings() -> dict[str, Any]:
    """Return the settings that are not matplotlib's defaults, but for its backend."""
    usual: Any = mpl.rcParamsDefault
    return {
        name: value
        for name, value in _raw.items(_SETTINGS)
        if name not in _BACKEND and not _is_same(value, usual.get(name))
    }


def _is_same(value: Any, usual: Any) -> bool:
    return value is usual or (type(value) is type(usual) and bool(value == usual))


def default_settings(names: Iterable[str]) -> dict[str, Any]:
    """Return matplotlib's defaults of some settings."""
    return {name: _raw.__getitem__(mpl.rcParamsDefault, name) for name in names}


def set_settings(changed: Mapping[str, Any]) -> None:
    """Use matplotlib's defaults but for `changed`, from now on."""
    usual = {k: v for k, v in _raw.items(mpl.rcParamsDefault) if k not in _BACKEND}
    _raw.update(_SETTINGS, {**usual, **changed})


@contextmanager
def settings(changed: Mapping[str, Any]) -> Generator[None]:
    """Use other settings of matplotlib, which are known to be sound, for a while.

    Unlike ``rc_context`` it leaves all others alone, which other threads may change.
    """
    before: dict[str, Any] = {
        name: _raw.__getitem__(_SETTINGS, name) for name in changed
    }
    _raw.update(_SETTINGS, changed)
    try:
        yield
    finally:
        _raw.update(_SETTINGS, before)


class _Heard:
    """What one thread is warned of, in the form in which a filter asks for it."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self.texts: list[str] = []

    def match(self, text: str) -> bool:
        """Take `text` if this thread is warned; other threads' go their way."""
        if threading.get_ident() != self._thread:
            return False
        if text not in self.texts:
            self.texts.append(text)
        return True


@contextmanager
def listening() -> Generator[list[str]]:
    """Collect what this thread is warned of, without anyone else noticing.

    ``warnings.catch_warnings`` is not for threads, and makes Python forget what it has
    warned of once. A filter that is put in and taken out again does neither.
    """
    heard, quiet = _Heard(), _Heard()
    entries: list[Any] = [
        ("ignore", heard, UserWarning, None, 0),
        ("ignore", heard, RuntimeWarning, None, 0),
        ("ignore", quiet, Warning, None, 0),
    ]
    filters: list[Any] = warnings.filters  # type: ignore[assignment]  # a list, typed as a sequence
    filters[:0] = entries
    try:
        yield heard.texts
    finally:
        for known in (filters, warnings.filters):
            known[:] = [x for x in known if all(x is not y for y in entries)]  # type: ignore[index]
