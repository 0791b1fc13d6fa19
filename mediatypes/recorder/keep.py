"""Files that a run keeps: what ``save`` names, now and at the end."""

from __future__ import annotations

import hashlib
import os
from glob import glob as find
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes._core.options import check_one_of, parse_path
from mediatypes.errors import MediaTypesError
from mediatypes.media import File

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Keep", "below"]

_POLICIES: Final = ("live", "now", "end")
_FILES: Final = "files"
_WILD: Final = frozenset("*?[")


class _Wish(NamedTuple):
    """Files to look for."""

    pattern: str
    base: str
    folder: str
    is_glob: bool

    def found(self) -> list[str]:
        """Return the files there are, in order."""
        names = [self.pattern]
        if self.is_glob:
            names = sorted(find(self.pattern, recursive=True)) or names  # noqa: PTH207 - absolute, with "**"
        return [file for name in names for file in below(name)]

    def key(self, file: str) -> str:
        """Return the key of a file, made of its path beneath the base."""
        parts = Path(os.path.relpath(file, self.base)).parts
        return "/".join([self.folder, *(part for part in parts if part != os.pardir)])


class Keep:
    """The files of one run.

    Parameters
    ----------
    log
        Puts a file on record under its key.
    """

    def __init__(self, log: Callable[[str, File], None]) -> None:
        self._log = log
        self._at_end: list[_Wish] = []
        self._known: dict[str, bytes] = {}

    def save(
        self,
        pattern: object,
        base_path: object = None,
        policy: str = "live",
        *,
        is_glob: bool = True,
        folder: str = _FILES,
    ) -> list[str]:
        """Keep the files that `pattern` names; return their keys.

        Raises
        ------
        mediatypes.errors.OptionError
            If there is no such policy.
        mediatypes.errors.InvalidMediaError
            If a path is none, or a file cannot be read.
        """
        check_one_of("save", "policy", policy, _POLICIES)
        path = parse_path("save", "glob_str", pattern)
        base = path.parent if path.is_absolute() else Path()
        while _WILD & set(str(base)) and is_glob:
            base = base.parent
        if base_path is not None:
            base = parse_path("save", "base_path", base_path)
        wish = _Wish(os.fspath(path.absolute()), str(base.absolute()), folder, is_glob)
        if policy != "now":
            self._at_end.append(wish)
        if policy == "end":
            return [wish.key(file) for file in wish.found()]
        return [self._keep(wish, file) for file in wish.found()]

    def save_rest(self) -> Iterator[str]:
        """Keep what is new or has changed since; yield what cannot be read."""
        wishes, self._at_end = self._at_end, []
        for wish in wishes:
            for file in wish.found():
                try:
                    self._keep(wish, file)
                except (MediaTypesError, OSError) as error:
                    yield str(error)

    def _keep(self, wish: _Wish, file: str) -> str:
        key, content = wish.key(file), File(file)
        digest = hashlib.sha256(content.data).digest()
        if self._known.get(key) != digest:
            self._log(key, content)
            self._known[key] = digest
        return key


def below(name: str) -> Iterator[str]:
    """Yield a file, or all files in a folder."""
    if os.path.isdir(name):  # noqa: PTH112 - as above
        for folder, folders, files in os.walk(name):
            folders.sort()
            yield from (os.path.join(folder, file) for file in sorted(files))  # noqa: PTH118 - as above
    elif os.path.exists(name):  # noqa: PTH110 - as above
        yield name
