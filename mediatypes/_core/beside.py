"""Two halves of one wait, at the same time."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LARGE", "beside"]

LARGE: Final = 8 << 20
"""Bytes from which a thread more costs less than it saves."""
_T = TypeVar("_T")


def beside(task: Callable[[], _T], here: Callable[[], object]) -> _T:
    """Return what `task` does on a thread of its own while `here` runs on this one.

    Both are done on return, whatever either raises.
    """
    found: list[_T] = []

    def run() -> None:
        with contextlib.suppress(BaseException):  # it is raised again below
            found.append(task())

    thread = threading.Thread(target=run, name="mediatypes-beside", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # there can be no more threads, or the interpreter ends
        here()
        return task()
    try:
        here()
    finally:
        thread.join()
    return found[0] if found else task()
