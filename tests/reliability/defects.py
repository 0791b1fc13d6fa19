"""Builds of the library that are known to be bad, which the tests must catch."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

from mediatypes.recorder import run as run_module
from mediatypes.store.beneath import Folder
from mediatypes.store.log import LogWriter

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DEFECTS"]


def late() -> None:
    """Rows wait in memory until there are twenty, as in a buffered file."""
    write = LogWriter._write
    waiting: list[bytes] = []

    def buffered(self: LogWriter, data: bytes) -> None:
        waiting.append(data)
        if len(waiting) >= 20:
            together = b"".join(waiting)
            waiting.clear()
            write(self, together)

    LogWriter._write = buffered  # type: ignore[method-assign]  # on purpose


def record_first() -> None:
    """A media record is written before its file is there."""

    def publish(self: Folder, temporary: str, final: str) -> bool:
        def later() -> None:
            time.sleep(0.05)
            real(self, temporary, final)

        threading.Thread(target=later, daemon=True).start()
        return True

    real = Folder.publish
    Folder.publish = publish  # type: ignore[method-assign]  # on purpose


def in_place() -> None:
    """Files are written under their final name, piece by piece."""
    final_names: dict[str, bytes] = {}
    remove = Folder.remove

    def write(self: Folder, relative: str, data: bytes, *, sync: bool = False) -> None:
        del self, sync
        final_names[relative] = data

    def publish(self: Folder, temporary: str, final: str) -> bool:
        data = final_names.pop(temporary)
        self.make(final.rpartition("/")[0])
        descriptor = self.create(final)
        for at in range(0, len(data), 4096):
            os.write(descriptor, data[at : at + 4096])
        os.close(descriptor)
        return True

    Folder.write = write  # type: ignore[method-assign]  # on purpose
    Folder.publish = publish  # type: ignore[method-assign]  # on purpose
    Folder.replace = lambda *_: None  # type: ignore[method-assign]  # on purpose
    Folder.remove = remove  # type: ignore[method-assign]  # on purpose


def one_file() -> None:
    """A forked process goes on in the log of the one that forked it."""

    def forked(self: Any) -> None:
        self._lock = threading.RLock()

    run_module.Run._after_fork = forked  # type: ignore[method-assign]  # on purpose


DEFECTS: dict[str, Callable[[], None]] = {
    build.__name__: build for build in (late, record_first, in_place, one_file)
}
"""Each, called in a process, makes the library of that process bad."""
