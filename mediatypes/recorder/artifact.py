"""Files that belong together under a name: artifacts of the call style."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Self

from mediatypes._core.arrays import is_mapping
from mediatypes._core.names import check_key
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_one_of, parse_path
from mediatypes.errors import MissingFileError, OptionError, UnsupportedInputError
from mediatypes.media import File, Text
from mediatypes.media.base import Media
from mediatypes.recorder.keep import below
from mediatypes.recorder.notes import note_ignored

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from typing import IO

    from mediatypes.typing import PathLike

__all__ = ["Artifact"]

_MODES: Final = ("x", "xb", "w", "wb", "xt", "wt")
_NOT_USED: Final = {
    "incremental": "Each log_artifact stores the files that the artifact has.",
    "use_as": "",
    "storage_region": "Everything stays in the run folder.",
    "digest_algorithm": "Digests are SHA-256.",
    "is_tmp": "",
    "skip_cache": "There is no cache.",
    "policy": "Files are copied.",
    "merge": "Folders are always merged.",
    "checksum": "Nothing is fetched.",
    "max_objects": "Nothing is fetched.",
}
"""Arguments that mean nothing here, and why."""


class Artifact:
    """Files and media that belong together; `Run.log_artifact` stores them.

    What is added is read at once, so later changes of a file do not show.

    Parameters
    ----------
    name
        What it is called.
    type
        What kind of thing it is, such as ``"model"`` or ``"dataset"``.
    description
        What it is, for people.
    metadata
        Facts about it, as JSON can write them; they can be changed until it is stored.
    unused
        ``incremental``, ``use_as``, ``storage_region`` and ``digest_algorithm`` are
        accepted and not used.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If the name or the type is no text, or `metadata` is no mapping.
    mediatypes.errors.OptionError
        If the name is empty.

    Examples
    --------
    >>> artifact = Artifact("weights", type="model", metadata={"epochs": 4})
    >>> with artifact.new_file("notes.txt") as file:
    ...     file.write("better")
    6
    >>> artifact
    Artifact('weights', type='model', 1 entry)
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the call style people know
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **unused: Any,
    ) -> None:
        _note("Artifact", unused)
        self.name = check_key(_text("name", name), "Artifact")
        self.type = _text("type", type)
        self.description = description
        if not is_mapping(metadata or {}):
            raise UnsupportedInputError(
                "Artifact",
                "metadata",
                expected="a mapping of names to values",
                received=type_name(metadata),
            )
        self.metadata: dict[str, Any] = dict(metadata or {})
        self.aliases: tuple[str, ...] = ()
        self._entries: dict[str, Media] = {}

    def __repr__(self) -> str:
        number = len(self._entries)
        words = f"{number} entr{'y' if number == 1 else 'ies'}"
        return f"Artifact({self.name!r}, type={self.type!r}, {words})"

    @property
    def entries(self) -> dict[str, Media]:
        """What was added, by name."""
        return dict(self._entries)

    def add_file(
        self,
        local_path: PathLike,
        name: str | None = None,
        *,
        overwrite: bool = False,
        **unused: Any,
    ) -> None:
        """Add a file, under its own name if it is given none.

        Parameters
        ----------
        local_path
            Where the file is.
        name
            What it is called in here; it may have folders.
        overwrite
            Whether it replaces another of that name.
        unused
            ``is_tmp``, ``skip_cache`` and ``policy`` are accepted and not used.

        Raises
        ------
        mediatypes.errors.MissingFileError
            If the file cannot be read.
        mediatypes.errors.OptionError
            If the name is taken by something else.
        """
        _note("Artifact.add_file", unused)
        path = parse_path("Artifact.add_file", "local_path", local_path)
        self._add(File(path), path.name if name is None else name, overwrite=overwrite)

    def add_dir(
        self, local_path: PathLike, name: str | None = None, **unused: Any
    ) -> None:
        """Add all files in a folder and below it, under `name` if it is given.

        Parameters
        ----------
        local_path
            Where the folder is.
        name
            What stands before the names of its files.
        unused
            ``skip_cache``, ``policy`` and ``merge`` are accepted and not used.

        Raises
        ------
        mediatypes.errors.MissingFileError
            If there is no such folder.
        """
        _note("Artifact.add_dir", unused)
        folder = parse_path("Artifact.add_dir", "local_path", local_path)
        if not folder.is_dir():
            raise MissingFileError(
                "Artifact.add_dir",
                "local_path",
                expected="a folder",
                received=repr(os.fspath(folder)),
                hint="Add a single file with add_file().",
            )
        for file in below(os.fspath(folder)):
            inner = Path(file).relative_to(folder).as_posix()
            self._add(File(file), f"{name}/{inner}" if name else inner)

    def add(self, obj: Any, name: str, *, overwrite: bool = False) -> None:
        """Add a media value, such as a table or an image.

        Parameters
        ----------
        obj
            The value.
        name
            What it is called in here.
        overwrite
            Whether it replaces another of that name.

        Raises
        ------
        mediatypes.errors.UnsupportedInputError
            If it is no media value.
        mediatypes.errors.OptionError
            If the name is taken by something else.
        """
        if not isinstance(obj, Media):
            raise UnsupportedInputError(
                "Artifact.add",
                "obj",
                expected="a media value, such as a mediatypes.Table",
                received=type_name(obj),
                hint="Add a file with add_file().",
            )
        self._add(obj, name, overwrite=overwrite)

    def add_reference(self, uri: str, name: str | None = None, **unused: Any) -> None:
        """Add an address, which is kept as text; what it leads to is not fetched.

        Parameters
        ----------
        uri
            The address.
        name
            What it is called in here; by default the last part of the address.
        unused
            ``checksum`` and ``max_objects`` are accepted and not used.
        """
        _note("Artifact.add_reference", unused)
        address = _text("uri", uri)
        found = PurePosixPath(address.rstrip("/")).name if name is None else name
        self._add(Text(address), found)

    @contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None, **unused: Any
    ) -> Generator[IO[Any], None, None]:
        """Give a file to write, which is added when the block ends without an error.

        Parameters
        ----------
        name
            What it is called in here.
        mode
            ``"x"`` or ``"w"`` for text, with a ``"b"`` behind for bytes.
        encoding
            Of text; UTF-8 by default.
        unused
            ``policy`` is accepted and not used.

        Raises
        ------
        mediatypes.errors.OptionError
            If there is no such mode, or the name is taken.
        """
        _note("Artifact.new_file", unused)
        check_one_of("Artifact.new_file", "mode", mode, _MODES)
        memory = io.BytesIO()
        if "b" in mode:
            yield memory
        else:
            text = io.TextIOWrapper(memory, encoding=encoding or "utf-8", newline="")
            yield text
            text.flush()
            text.detach()
        content = File(memory.getvalue(), name=PurePosixPath(name).name)
        self._add(content, name, overwrite="w" in mode)

    def wait(self, timeout: float | None = None) -> Self:
        """Return the artifact: there is nothing to wait for."""
        del timeout
        return self

    def _add(self, value: Media, name: str, *, overwrite: bool = False) -> None:
        key = check_key(_text("name", name), "Artifact")
        known = self._entries.get(key)
        if known is not None and known != value and not overwrite:
            raise OptionError(
                "Artifact",
                "name",
                expected="a name that is not taken",
                received=repr(key),
                hint="Pass another, or overwrite=True.",
            )
        self._entries[key] = value


def _note(call: str, given: dict[str, Any]) -> None:
    """Warn of arguments that mean nothing here, and refuse those that nobody knows."""
    for name, value in given.items():
        if name not in _NOT_USED:
            msg = f"{call}() got an unexpected keyword argument {name!r}"
            raise TypeError(msg)
        note_ignored(call, name, value not in (None, False), _NOT_USED[name])


def _text(field: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise UnsupportedInputError(
        "Artifact", field, expected="text", received=type_name(value)
    )
