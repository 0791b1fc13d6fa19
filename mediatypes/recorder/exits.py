"""The end of a process that runs no exit handlers."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.defaults import variable
from mediatypes._core.optional import loaded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STOP_SECONDS", "at_child_exit", "exit_seconds"]

_SECONDS: Final = 60.0
STOP_SECONDS: Final = 5.0
"""For what a thread has at hand, once the time is over."""


def exit_seconds() -> float:
    """Return how long the end of a process may take for media that are queued."""
    with contextlib.suppress(ValueError):
        seconds = float(variable("EXIT_SECONDS") or "")
        if seconds >= 0 and not math.isnan(seconds):
            return seconds
    return _SECONDS


def at_child_exit(action: Callable[[], object]) -> None:
    """Have `action` called when a process of `multiprocessing` ends.

    Such a process ends without `atexit`, after finalisers of its own.
    """
    util: Any = loaded("multiprocessing.util")
    if util is not None:
        util.Finalize(None, action, exitpriority=0)
