"""When what was logged is on the disk, not only with the system."""

from __future__ import annotations

import errno
import hashlib
import itertools
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from mediatypes.schema import Media, Sync
from mediatypes.store import layout
from mediatypes.store.lease import Lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.store.beneath import Folder
    from mediatypes.store.log import LogWriter

__all__ = ["LEVELS", "Syncer"]

LEVELS: Final = ("process", "interval", "strict")
"""Survives the process; a power cut but for two seconds; a power cut at any time."""

_INTERVAL_SECONDS: Final = 2.0
_SHORT_DIGEST: Final = 12
_numbers: Final = itertools.count()
_FEW: Final = 16
_MOST_PATHS: Final = 100_000
"""Files whose names are kept until they are flushed; of more, all are."""
_AT_ONCE: Final = 8
"""Waiting flushes that the file system may put into one commit."""


class Syncer:
    """Brings media files, then their records, to the disk.

    Parameters
    ----------
    folder
        The run folder.
    log
        Its record.
    level
        One of `LEVELS`.
    on_trouble
        Called with the error of a sync that failed.
    """

    def __init__(
        self,
        folder: Folder,
        log: LogWriter,
        level: str,
        on_trouble: Callable[[OSError], None],
    ) -> None:
        self._folder = folder
        self._log = log
        self._on_trouble = on_trouble
        self._level = level
        # Filled by the encoders at one end and emptied at the other; never replaced,
        # so that no path is put into one that nobody looks at any more.
        self._paths: deque[str] = deque()
        self._has_forgotten = False
        self._refused: set[str] = set()
        """Files that the disk has refused, of which a flush would prove nothing."""
        self._newest = -1
        self._synced = -1
        self._lock = threading.RLock()
        self._lease = Lease(folder, log.writer)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, number: int) -> None:
        """Take note that record `number` was written."""
        self._newest = number
        if self._thread is None:
            self._start()

    def note_media(self, record: Media) -> None:
        """Take note that the files of a media item were published."""
        if self._level != "strict":
            self._paths.extend([file.path for file in record.new_files])
        if len(self._paths) > _MOST_PATHS:  # nobody has asked for a flush so far
            self._paths.clear()
            self._has_forgotten = True

    def sync(self) -> None:
        """Bring everything that was noted to the disk."""
        with self._lock:
            paths = [self._paths.popleft() for _ in range(len(self._paths))]
            if self._has_forgotten:
                self._has_forgotten = False
                paths = [path for path, _ in self._folder.walk(layout.MEDIA)]
            if self._newest == self._synced and not paths:
                return
            newest = self._newest
            try:
                _each(self._sync_file, paths)
                for parent in {path.rpartition("/")[0] for path in paths}:
                    self._folder.sync_names(parent)
                self._log.sync()
                self._log.append_record(Sync(upto=max(newest, 0)))
                self._log.sync()
                self._synced = newest
            except OSError as error:
                self._paths.extend(paths)
                self._on_trouble(error)

    def stop(self, timeout_seconds: float | None = None) -> bool:
        """End the thread and the heartbeat; return whether that was possible."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)
        self._lease.close()
        return self._thread is None or not self._thread.is_alive()

    def abandon(self) -> None:
        """Let go of the heartbeat in a forked child."""
        self._lease.abandon()

    def _sync_file(self, path: str) -> None:
        """Bring a file to the disk; one that was refused is written once more.

        Another flush of it would prove nothing: the system forgets what was refused.
        """
        if path not in self._refused:
            try:
                self._folder.sync(path)
            except FileNotFoundError:
                raise
            except OSError:
                self._refused.add(path)
            else:
                return
        data = self._folder.read(path)
        if hashlib.sha256(data).hexdigest()[:_SHORT_DIGEST] not in path:
            raise OSError(errno.EIO, f"{path} is not what was written")
        temporary = f"{layout.TMP}/{self._log.writer}-again-{next(_numbers)}.part"
        self._folder.write(temporary, data, sync=True)
        self._folder.replace(temporary, path)
        self._refused.discard(path)

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="mediatypes-sync", daemon=True)
        self._thread = thread  # before Ctrl-C can come: a start can be its place
        try:
            thread.start()
        except RuntimeError:  # the interpreter is shutting down
            self._thread = None
        except KeyboardInterrupt:
            if thread.ident is None:
                self._thread = None
            raise

    def _run(self) -> None:
        self._lease.beat()
        while not self._stopped.wait(_INTERVAL_SECONDS):
            self._lease.beat()
            if self._level == "interval":
                self.sync()


def _each(action: Callable[[str], None], paths: list[str]) -> None:
    """Call `action` with each path; with many at once, so that the disk joins them."""
    if len(paths) < _FEW:
        for path in paths:
            action(path)
        return

    def each_of(share: list[str]) -> None:
        for path in share:
            action(path)

    try:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_AT_ONCE, "mediatypes-sync") as pool:
            # Shares, since a call for each file would cost as much as the flush.
            shares = [paths[first::_AT_ONCE] for first in range(_AT_ONCE)]
            for _ in pool.map(each_of, shares):
                pass
    except RuntimeError:  # the interpreter is shutting down
        for path in paths:
            action(path)
