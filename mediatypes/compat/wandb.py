"""Stand-in for the module of that name, for code that imports it itself.

A script that can be edited says ``import mediatypes as wandb``. For one that cannot,
and for libraries, `install` answers for the name before they are imported.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any, Final

from mediatypes._core.names import run_id
from mediatypes.errors import MediaTypesError
from mediatypes.recorder import console
from mediatypes.recorder.module import SettableModule

__all__ = ["Error", "generate_id", "install", "termerror", "termlog", "termwarn"]

_NAME: Final = "wandb"
_SUBMODULES: Final = ("data_types", "errors", "integration", "sdk", "util")
_INTEGRATIONS: Final = {
    "keras": "mediatypes.integrations.keras",
    "integration.keras": "mediatypes.integrations.keras",
}
__path__: list[str] = []  # so that what `install` registers can be imported from it
Error = MediaTypesError


def install() -> None:
    """Answer for ``import wandb`` in this process from now on.

    Examples
    --------
    >>> install()
    >>> import wandb
    >>> wandb.run is None
    True
    >>> from wandb.data_types import Histogram
    """
    sys.modules[_NAME] = sys.modules[__name__]
    for name in _SUBMODULES:
        sys.modules[f"{_NAME}.{name}"] = _Part(name)
    for name, home in _INTEGRATIONS.items():
        sys.modules[f"{_NAME}.{name}"] = _Part(name, home)


def termlog(string: object = "", newline: bool = True, repeat: bool = True) -> None:  # noqa: FBT001, FBT002 - the call style people know
    """Write a line to standard error, once if not to `repeat`."""
    del newline
    if repeat:
        console.say(f"mediatypes: {string}")
    else:
        console.say_once(str(string))


termwarn = termerror = termlog


def generate_id(length: int = 8) -> str:
    """Return a random id for a run, of so many letters and digits.

    Examples
    --------
    >>> len(generate_id())
    8
    """
    return run_id(length)


class _Part(ModuleType):
    """A module below, which has the names of another, imported when asked for."""

    def __init__(self, name: str, home: str = __name__) -> None:
        super().__init__(f"{_NAME}.{name}")
        self.__path__ = []
        self._home = home

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self._home), name)


sys.modules[__name__].__class__ = SettableModule


def __getattr__(name: str) -> Any:
    if name in {"CommError", "UsageError", "AuthenticationError"}:
        return Error
    if name in {*_SUBMODULES, *_INTEGRATIONS}:
        return _Part(name, _INTEGRATIONS.get(name, __name__))
    if name == "Plotly":
        name = "Plot"
    return getattr(importlib.import_module("mediatypes"), name)
