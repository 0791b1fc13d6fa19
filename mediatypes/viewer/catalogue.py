"""The runs that the dashboard shows, read in the background and read on."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING, Final

from mediatypes.errors import RunNotFoundError
from mediatypes.reader import runs
from mediatypes.store import layout
from mediatypes.viewer.index import RunIndex

if TYPE_CHECKING:
    from pathlib import Path

    from mediatypes.viewer.cache import Cache

__all__ = ["Catalogue"]

_PAUSE_SECONDS: Final = 0.5
"""Polls that come faster than this share one look at the disk."""


class Catalogue:
    """A folder of runs, or one run.

    Parameters
    ----------
    root
        The folder.
    cache
        Keeps what has been read for the next time, if there is one.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If it is no folder, or is neither a run nor holds any.
    """

    def __init__(self, root: Path, cache: Cache | None = None) -> None:
        self.root = root.absolute()
        self.is_single = (root / layout.RUN).exists()
        self._cache = cache
        self._only: list[Path] | None = None
        self.revision = 0
        self._runs: dict[str, RunIndex] = {}
        self._by_tag: dict[str, RunIndex] = {}
        self._polling = threading.Lock()
        self._polled = 0.0
        self._find()

    @classmethod
    def of(cls, paths: list[Path]) -> Catalogue:
        """Return a catalogue of these run folders only."""
        self = cls(paths[0])
        self.root, self._only = paths[0].absolute().parent, [*paths]
        self.is_single = len(paths) == 1
        self._find()
        return self

    def get(self, run_id: str) -> RunIndex | None:
        """Return the run with this id, if there is one."""
        return self._runs.get(run_id)

    def by_tag(self, tag: str) -> RunIndex | None:
        """Return the run whose `tag_of` this is."""
        return self._by_tag.get(tag)

    def all(self) -> list[RunIndex]:
        """Return all runs, the newest first."""
        return sorted(self._runs.values(), key=lambda run: run.id, reverse=True)

    @property
    def unread(self) -> int:
        """How many runs have not been read to their end yet."""
        return sum(not run.is_read for run in self._runs.values())

    def start(self) -> None:
        """Begin to read, the newest run first, on a thread of its own."""
        threading.Thread(target=self.poll, name="mediatypes-index", daemon=True).start()

    def poll(self) -> None:
        """Look for new runs and new records, unless somebody is doing so."""
        if not self._polling.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._polled < _PAUSE_SECONDS:
                return
            self._find()
            for run in self.all():
                if run.poll():
                    self.revision += 1
            self._polled = time.monotonic()
        finally:
            self._polling.release()

    def _find(self) -> None:
        try:
            paths = self._only
            if paths is None:
                paths = [self.root] if self.is_single else runs(self.root).paths
        except RunNotFoundError:
            if not self._runs:
                raise
            paths = []
        gone = self._runs.keys() - {path.name for path in paths}
        for path in paths:
            if path.name not in self._runs:
                run = self._runs[path.name] = RunIndex(path, self._cache)
                self._by_tag[tag_of(run.id)] = run
                self.revision += 1
        for run_id in gone:
            self._by_tag.pop(tag_of(run_id), None)
            del self._runs[run_id]
            self.revision += 1


def tag_of(run_id: str) -> str:
    """Return what stands for a run in a link: letters and digits only."""
    return hashlib.sha256(run_id.encode("utf-8", "surrogateescape")).hexdigest()[:16]
