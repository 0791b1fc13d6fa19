"""Media files: written aside, then given their name, which nothing ever replaces."""

from __future__ import annotations

import hashlib
import itertools
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.errors import StoreError
from mediatypes.store import layout

if TYPE_CHECKING:
    from mediatypes.schema import Encoded
    from mediatypes.store.beneath import Folder

__all__ = ["MediaFiles", "Published"]

_REMEMBERED: Final = 4_096
"""Files that a writer can share with a later item of equal bytes."""


class Published(NamedTuple):
    """A media file in its place."""

    path: str
    sha256: str
    size: int
    same: bool
    """Whether an earlier item of this writer has the same bytes, and so the file."""


class MediaFiles:
    """Writes the media files of one writer.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Its name, which makes the names of temporary files its own.
    """

    def __init__(self, folder: Folder, writer: str) -> None:
        self._folder = folder
        self._writer = writer
        self._numbers = itertools.count()
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def write(
        self, encoded: Encoded, *, key: str, step: int, index: int, sync: bool = False
    ) -> Published:
        """Give the file of a value its place in the run folder.

        Raises
        ------
        OSError
            If the file system refuses; nothing is left behind.
        mediatypes.errors.StoreError
            If other content has the name already.
        """
        data = encoded.data
        digest = hashlib.sha256(data).hexdigest()
        name = f"{digest}.{encoded.extension}"
        known = self._known.get(name)
        if known is not None:
            return Published(known, digest, len(data), same=True)
        path = layout.media_path(
            encoded.kind, key, step, index, digest, encoded.extension
        )
        temporary = f"{layout.TMP}/{self._writer}-{next(self._numbers)}.part"
        self._folder.write(temporary, data, sync=sync)
        if not self._folder.publish(temporary, path):
            self._check_same(path, digest)
        elif sync:
            self._folder.sync_names(path.rpartition("/")[0])
        self._remember(name, path)
        return Published(path, digest, len(data), same=False)

    def _remember(self, name: str, path: str) -> None:
        with self._lock:
            self._known[name] = path
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]

    def _check_same(self, path: str, digest: str) -> None:
        found = hashlib.sha256(self._folder.read(path)).hexdigest()
        if found != digest:
            msg = f"{path} is there already, with other content."
            raise StoreError(msg)
