"""Everything that is done to one folder through ``os``, counted and made to fail.

The library writes through functions of ``os`` only, so this is the one place where a
disk can be made to misbehave, without a hook in the library itself.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ERRORS", "SLOW_SECONDS", "Operations"]

_PATHS: Final = ("open", "mkdir", "unlink", "link", "replace", "rename")
_DESCRIPTORS: Final = (
    *("write", "pwrite", "pwritev", "fsync", "fdatasync", "ftruncate"),
    *("pread", "preadv"),
)
_BENEATH: Final = "mediatypes.store.beneath"
SLOW_SECONDS: Final = 0.3
_WRITES: Final = ("write", "pwrite", "pwritev")
ERRORS: Final = tuple(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EIO", "EACCES", "EROFS", "ESTALE", "EINTR")
    if hasattr(errno, name)
)


class Operations:
    """Counts operations on a folder; `fault` says what becomes of each.

    Parameters
    ----------
    root
        The folder; what is done elsewhere is left alone.
    fault
        Called with the number of an operation and its name, such as
        ``"Folder.write:open"``. It returns None to let it happen, an errno to make it
        fail, ``"short"`` for half a write, ``"torn"`` for half a write and an error,
        ``"slow"`` for a third of a second that it takes, or ``"kill"`` or
        ``"kill half"`` for the end of the process before or amid it.
    """

    def __init__(
        self, root: Path, fault: Callable[[int, str], int | str | None]
    ) -> None:
        self.names: list[str] = []
        self._root = str(root)
        self._fault = fault
        self._ours: set[int] = set()
        self._lock = threading.RLock()
        self._real = {
            n: getattr(os, n) for n in (*_PATHS, *_DESCRIPTORS, "close", "dup")
        }

    def install(self) -> None:
        """Put this between the library and the system, for the life of the process."""
        for name in _PATHS:
            setattr(os, name, self._of_path(name))
        for name in _DESCRIPTORS:
            setattr(os, name, self._of_descriptor(name))
        setattr(os, "close", self._close)  # noqa: B010 - as the others
        setattr(os, "dup", self._dup)  # noqa: B010 - as the others

    def _of_path(self, name: str) -> Callable[..., Any]:
        real = self._real[name]

        def act(path: Any, *arguments: Any, **more: Any) -> Any:
            folder = more.get("dir_fd") or more.get("src_dir_fd")
            is_ours = folder in self._ours or str(path).startswith(self._root)
            if is_ours:
                self._decide(name)
            done = real(path, *arguments, **more)
            if is_ours and name == "open":
                self._ours.add(done)
            return done

        return act

    def _of_descriptor(self, name: str) -> Callable[..., Any]:
        real = self._real[name]

        def act(descriptor: int, *arguments: Any) -> Any:
            if descriptor not in self._ours:
                return real(descriptor, *arguments)
            what = self._decide(name)
            if what is not None:
                done = self._half(name, descriptor, *arguments)
                if what == "kill half":
                    _die()
                if what == "torn":
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return done
            return real(descriptor, *arguments)

        return act

    def _half(self, name: str, descriptor: int, data: Any, *offset: int) -> int:
        whole = b"".join(data) if name == "pwritev" else bytes(data)
        half = whole[: max(1, len(whole) // 2)]
        if name == "write":
            return int(self._real["write"](descriptor, half))
        return int(self._real["pwrite"](descriptor, half, *offset))

    def _close(self, descriptor: int) -> None:
        self._ours.discard(descriptor)
        self._real["close"](descriptor)

    def _dup(self, descriptor: int) -> int:
        done = int(self._real["dup"](descriptor))
        if descriptor in self._ours:
            self._ours.add(done)
        return done

    def _decide(self, name: str) -> str | None:
        """Count an operation; return what is special about it, or raise."""
        with self._lock:
            number, where = len(self.names), f"{_caller()}:{name}"
            self.names.append(where)
            fault = self._fault(number, where)
        if isinstance(fault, int):
            raise OSError(fault, os.strerror(fault))
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
            return None
        if fault == "kill" or (fault == "kill half" and name not in _WRITES):
            _die()
        return fault if name in _WRITES else None


def _caller() -> str:
    """Return who acts: the function that wanted it, and the one that does it."""
    frame: Any = sys._getframe(3)
    found: list[str] = []
    while frame is not None and len(found) < 2:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
        if module.startswith("mediatypes") and (not found or module != _BENEATH):
            found.insert(0, name)
            if module != _BENEATH:
                break
        frame = frame.f_back
    return "/".join(found)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
