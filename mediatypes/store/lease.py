"""A heartbeat, by which readers on other machines see that a writer lives.

Only a counter is compared, and only with what the reader itself saw earlier, so the
clocks of two machines need not agree.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from mediatypes.errors import StoreError
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.store.beneath import Folder

__all__ = ["BEAT_SECONDS", "Lease", "Watch"]

BEAT_SECONDS: Final = 10.0
_PATIENCE_BEATS: Final = 3
_SIZE: Final = 64


class _Beat(msgspec.Struct):
    beat: Annotated[int, msgspec.Meta(ge=0)]


class Lease:
    """Says every ten seconds that a writer lives, until it is closed.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Its name.
    """

    def __init__(self, folder: Folder, writer: str) -> None:
        self._folder = folder
        self._path = layout.lease_path(writer)
        self._count = 0
        self._descriptor = -1
        self._due = 0.0

    def beat(self) -> None:
        """Count on, if it is time; trouble with the disk is no trouble here."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + BEAT_SECONDS
        self._count += 1
        text = msgspec.json.encode(_Beat(self._count)).ljust(_SIZE - 1) + b"\n"
        with contextlib.suppress(OSError):
            if self._descriptor < 0:
                self._descriptor = self._folder.create(self._path, mode=0o600)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, text)

    def close(self) -> None:
        """Remove the file: the writer has said its last word."""
        if self._descriptor >= 0:
            self.abandon()
            with contextlib.suppress(OSError):
                self._folder.remove(self._path)

    def abandon(self) -> None:
        """Close the file in a forked child, to whom it does not belong."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Watch:
    """Tells writers whose heart stood still from those that may live.

    Parameters
    ----------
    folder
        The run folder.
    clock
        Seconds that only go on.
    """

    def __init__(
        self, folder: Folder, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder = folder
        """Where it looks; another may take its place when this one is closed."""
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}

    def is_still(self, writer: str) -> bool:
        """Whether a writer has missed three beats since it was first asked about.

        A writer that has no lease is not known to be still.
        """
        try:
            text = self.folder.read(layout.lease_path(writer), limit=_SIZE)
            count = msgspec.json.decode(text, type=_Beat).beat
        except (OSError, StoreError, msgspec.DecodeError):
            return False
        now = self._clock()
        known, since = self._seen.setdefault(writer, (count, now))
        if known != count:
            self._seen[writer] = (count, now)
            return False
        return now - since > _PATIENCE_BEATS * BEAT_SECONDS
