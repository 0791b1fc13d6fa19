"""Two halves of one wait, at the same time."""

from __future__ import annotations

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
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(task())
        except BaseException as error:  # noqa: BLE001 - it is raised on the other thread
            errors.append(error)

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
    if errors:
        raise errors[0]
    return found[0]
