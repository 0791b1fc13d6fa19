"""The one way to files of a run folder, which nothing can lead out of.

A path is a fixed sequence of plain names. Each is opened beneath the one before, and
no symbolic link is followed, so neither a record nor a planted link reaches another
folder. No other module of the package opens a file of a run.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from typing import TYPE_CHECKING, Final

from mediatypes.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FOLDER_MODE", "Folder"]

_HAS_DIR_FD: Final = os.open in os.supports_dir_fd and os.link in os.supports_dir_fd
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_COMMON: Final = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | _NO_FOLLOW
_DIRECTORY: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _COMMON
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _COMMON
_NO_LINKS: Final = frozenset(
    [errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK]
)
_PLAIN_NAME: Final = r"(?!\.{1,2}(?:/|\Z))[^/\\:\0]+"
_PLAIN_PATH: Final = re.compile(f"{_PLAIN_NAME}(?:/{_PLAIN_NAME})*").fullmatch
"""Names that mean themselves on every system, one beneath the other."""
FOLDER_MODE: Final = 0o755
_FILE_MODE: Final = 0o644
"""Whatever the umask allows, only the owner may write."""
_KEPT_OPEN: Final = 64
_BLOCK: Final = 1 << 20


class Folder:
    """A folder, and all that lies beneath it.

    Parameters
    ----------
    path
        An existing folder.

    Raises
    ------
    mediatypes.errors.StoreError
        If it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._kept: dict[str, int] = {}
        self._lock = threading.Lock()
        if not self.path.is_dir():
            msg = f"{path} is not a folder."
            raise StoreError(msg)
        if _HAS_DIR_FD:
            self._kept[""] = os.open(self.path, _DIRECTORY & ~_NO_FOLLOW)

    def close(self) -> None:
        """Give back what is held; nothing can be opened afterwards."""
        with self._lock:
            kept, self._kept = self._kept, {}
        for descriptor in kept.values():
            os.close(descriptor)

    @property
    def is_open(self) -> bool:
        """Whether anything can be opened."""
        return not _HAS_DIR_FD or "" in self._kept

    def after_fork(self) -> None:
        """Go on in a forked child, where another thread's lock would never be freed."""
        self._lock = threading.Lock()

    def __del__(self) -> None:
        if getattr(self, "_kept", None):
            self.close()

    def make(self, relative: str) -> None:
        """Make the folder `relative` and those above it, where they are missing."""
        if relative in self._kept:
            return
        done = ""
        for name in _names(relative):
            parent, done = done, f"{done}/{name}".lstrip("/")
            if done in self._kept:
                continue
            place, descriptor, temporary = self._place(parent, name)
            try:
                os.mkdir(place, FOLDER_MODE, dir_fd=descriptor)
            except FileExistsError:
                pass
            finally:
                _release(temporary)

    def create(
        self,
        relative: str,
        *,
        append: bool = False,
        read: bool = False,
        mode: int = _FILE_MODE,
    ) -> int:
        """Open a new file for writing, or reading as well; return its descriptor."""
        flags = _NEW | (os.O_APPEND if append else 0)
        if read:
            flags = flags & ~os.O_WRONLY | os.O_RDWR
        return self._open(relative, flags, mode)

    def write(self, relative: str, data: bytes, *, sync: bool = False) -> None:
        """Write a new file; it is removed again if that fails."""
        descriptor = self.create(relative)
        try:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(descriptor, view) :]
                if sync:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except BaseException:
            self.remove(relative)
            raise

    def read(self, relative: str, *, limit: int | None = None) -> bytes:
        """Return the content of a regular file.

        Raises
        ------
        mediatypes.errors.StoreError
            If it is longer than `limit` bytes.
        """
        with os.fdopen(self.open_file(relative), "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if limit is not None and size > limit:
                msg = f"{relative} has {size} bytes, more than {limit}."
                raise StoreError(msg)
            return file.readall()

    def blocks(self, relative: str, start: int = 0) -> Iterator[bytes]:
        """Yield the content of a regular file from `start`, at most 1 MiB at once."""
        with os.fdopen(self.open_file(relative), "rb", buffering=0) as file:
            file.seek(start)
            while block := file.read(_BLOCK):
                yield block

    def read_part(self, relative: str, start: int, length: int) -> bytes:
        """Return `length` bytes of a regular file from `start`, fewer at its end."""
        with os.fdopen(self.open_file(relative), "rb", buffering=0) as file:
            file.seek(start)
            return file.read(length)

    def open_file(self, relative: str) -> int:
        """Open a regular file for reading and return its descriptor."""
        # Not blocking, so that a planted FIFO cannot hold us.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _COMMON
        descriptor = self._open(relative, flags)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            msg = f"{relative} is not a regular file."
            raise StoreError(msg)
        return descriptor

    def stat(self, relative: str) -> os.stat_result:
        """Return the status of `relative` itself, a link not followed."""
        parent, name = _split(relative)
        place, descriptor, temporary = self._place(parent, name)
        try:
            return os.stat(place, dir_fd=descriptor, follow_symlinks=False)
        finally:
            _release(temporary)

    def names(self, relative: str) -> list[str]:
        """Return the sorted names in a folder, none if it is missing."""
        try:
            if not _HAS_DIR_FD:
                return sorted(path.name for path in self._joined(relative).iterdir())
            descriptor, temporary = self._folder(relative)
        except FileNotFoundError:
            return []
        try:
            return sorted(os.listdir(descriptor))  # noqa: PTH208 - of a descriptor
        finally:
            _release(temporary)

    def walk(
        self, relative: str, depth: int = 16
    ) -> Iterator[tuple[str, os.stat_result]]:
        """Yield every path beneath a folder that is no folder, with its status.

        Folders that lie more than `depth` deep are not entered, but yielded too.
        """
        for name in self.names(relative):
            path = f"{relative}/{name}"
            try:
                status = self.stat(path)
            except FileNotFoundError:  # a living writer has moved it
                continue
            if stat.S_ISDIR(status.st_mode) and depth:
                yield from self.walk(path, depth - 1)
            else:
                yield path, status

    def publish(self, temporary: str, final: str) -> bool:
        """Move a file to its final name; return False if that is taken."""
        self.make(_split(final)[0])
        try:
            self._link(temporary, final)
        except FileExistsError:
            return False
        finally:
            self.remove(temporary)
        return True

    def replace(self, temporary: str, final: str) -> None:
        """Move a file to its final name, replacing what is there."""
        self._two(temporary, final, os.replace)

    def remove(self, relative: str) -> None:
        """Remove a file, if it is there."""
        parent, name = _split(relative)
        try:
            place, descriptor, temporary = self._place(parent, name)
        except FileNotFoundError:
            return
        try:
            os.unlink(place, dir_fd=descriptor)
        except FileNotFoundError:
            pass
        finally:
            _release(temporary)

    def sync(self, relative: str) -> None:
        """Bring a file's content to the disk."""
        descriptor = self.open_file(relative)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_names(self, relative: str = "") -> None:
        """Bring the names in a folder to the disk, where the system can."""
        if not _HAS_DIR_FD:
            return
        descriptor, temporary = self._folder(relative)
        try:
            os.fsync(descriptor)
        finally:
            _release(temporary)

    def _link(self, temporary: str, final: str) -> None:
        try:
            self._two(temporary, final, os.link)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # No hard links here (FAT, some network drives): reserve the name, then
            # move onto our own empty file.
            os.close(self.create(final))
            self.replace(temporary, final)

    def _two(self, first: str, second: str, action: object) -> None:
        (parent, name), (parent2, name2) = _split(first), _split(second)
        place, descriptor, temporary = self._place(parent, name)
        try:
            place2, descriptor2, temporary2 = self._place(parent2, name2)
            try:
                if descriptor is None:
                    action(place, place2)  # type: ignore[operator]  # os.link or os.replace
                else:
                    action(  # type: ignore[operator]  # as above
                        place, place2, src_dir_fd=descriptor, dst_dir_fd=descriptor2
                    )
            finally:
                _release(temporary2)
        finally:
            _release(temporary)

    def _open(self, relative: str, flags: int, mode: int = _FILE_MODE) -> int:
        parent, name = _split(relative)
        place, descriptor, temporary = self._place(parent, name)
        try:
            return os.open(place, flags, mode, dir_fd=descriptor)
        except OSError as error:
            raise _led_astray(relative, error) from error
        finally:
            _release(temporary)

    def _place(self, parent: str, name: str) -> tuple[str, int | None, int | None]:
        """Return what to hand to ``os``: a name, its folder, and what to close then."""
        if not _HAS_DIR_FD:
            return str(self._joined(f"{parent}/{name}" if parent else name)), None, None
        descriptor, temporary = self._folder(parent)
        return name, descriptor, temporary

    def _folder(self, relative: str) -> tuple[int, int | None]:
        """Return a folder's descriptor, and it again if the caller must close it."""
        kept = self._kept.get(relative)
        if kept is not None:
            return kept, None
        if "" not in self._kept:
            msg = f"{self.path} has been closed."
            raise StoreError(msg)
        parent, name = _split(relative)
        above, temporary = self._folder(parent)
        try:
            descriptor = os.open(name, _DIRECTORY, dir_fd=above)
        except OSError as error:
            raise _led_astray(relative, error) from error
        finally:
            _release(temporary)
        with self._lock:
            if "" in self._kept and len(self._kept) < _KEPT_OPEN:
                if relative in self._kept:
                    os.close(descriptor)
                    return self._kept[relative], None
                self._kept[relative] = descriptor
                return descriptor, None
        return descriptor, descriptor

    def _joined(self, relative: str) -> Path:
        path = self.path
        for name in _names(relative):
            path /= name
            if path.is_symlink():
                msg = f"{relative} leads through a link."
                raise StoreError(msg)
        return path


def _led_astray(relative: str, error: OSError) -> OSError:
    """Return our own error where a link or a file stands in the place of a folder."""
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        return StoreError(f"{relative} leads through a link, or is none of ours.")
    return error


def _names(relative: str) -> list[str]:
    _check(relative)
    return relative.split("/") if relative else []


def _split(relative: str) -> tuple[str, str]:
    _check(relative)
    parent, _, name = relative.rpartition("/")
    return parent, name


def _check(relative: str) -> None:
    if relative and _PLAIN_PATH(relative) is None:
        msg = f"{relative!r} is no path in a run folder."
        raise StoreError(msg)


def _release(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)
