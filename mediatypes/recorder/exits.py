"""The end of a process that runs no exit handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediatypes._core.optional import loaded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["at_child_exit"]


def at_child_exit(action: Callable[[], object]) -> None:
    """Have `action` called when a process of `multiprocessing` ends.

    Such a process ends without `atexit`, after finalisers of its own.
    """
    util: Any = loaded("multiprocessing.util")
    if util is not None:
        util.Finalize(None, action, exitpriority=0)
