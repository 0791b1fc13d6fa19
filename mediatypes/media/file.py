"""Files of any kind."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

import numpy as np

from mediatypes._core.optional import type_name
from mediatypes._core.text import mend
from mediatypes._core.words import check_caption, plural
from mediatypes.adapters import files
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.formats.sniff import format_of
from mediatypes.media.base import NO_PARTS, FileMedia
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.formats.sniff import Format
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.typing import FileLike, PathLike

__all__ = ["File"]

MAX_BYTES: Final = 2**31
"""A larger file would be held in memory until it is written."""
_MAX_NAME: Final = 255
"""Characters of a name, as file systems have it."""
_SHOWN_NAME: Final = 24


class File(FileMedia):
    """A file of any kind, byte for byte.

    The bytes are read when the value is made and held in memory until they are in the
    run folder, so a later change of the file does not show.

    Parameters
    ----------
    data
        A path (text or ``os.PathLike``), bytes, or a file open for reading bytes; at
        most 2 GiB. Another `File` gives its bytes, and its words where none are given.
    caption
        Text shown with the file.
    name
        Its name, kept in the record as data; by default that of the path or open file.
        Folders before it are left out. It decides the kind of file where the bytes do
        not.
    id
        Name of the sample it belongs to, the same at every step.
    meta
        Further facts, as JSON can write them.

    Raises
    ------
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.OptionError
        If it has more than 2 GiB, or a name more than 255 characters.
    mediatypes.errors.UnsupportedInputError
        If `data` is no file, or gives text.

    Notes
    -----
    The name of the stored file is made of key, step and digest. Its extension and MIME
    type are taken from a short list: a format that is known by its first bytes has to
    have them, others go by the name, and all else is ``.bin``,
    ``application/octet-stream``. Pages and drawings that a browser would run are among
    the latter: `Html` is for them.

    Examples
    --------
    >>> File(b"a,b", name="scores.csv")
    File('scores.csv', 3 bytes, text/csv)
    >>> File(b"a,b").file_type
    'bin'
    """

    kind: ClassVar[str] = "file"

    def __init__(
        self,
        data: PathLike | FileLike | bytes | object,
        caption: str | None = None,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._label(caption, id, meta, like=data)
        if isinstance(data, File):
            content, known = data.data, data.name
        else:
            content, known = _read(data), _name_of(data)
        name = known if name is None else _check_name(name)
        facts = {} if name is None else {"name": name}
        form = _form(content, name)
        self._hold(form, facts, Source(rule="bytes kept"), file=content)

    @property
    def name(self) -> str | None:
        """Name that the file had, without folders."""
        name = self._facts.get("name")
        return name if isinstance(name, str) else None

    @property
    def data(self) -> bytes:
        """Bytes of the file."""
        return self._file or b""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the file."""
        return self.source.reasons + (() if self._file else ("the file was empty",))

    def to_numpy(self) -> NDArray[Any]:
        """Return the bytes of the file, shape (bytes,), uint8, read-only."""
        return np.frombuffer(self.data, np.uint8)

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its file."""
        self = super().decode(record, data, parts)
        self._set(_format=_form(data, self.name))  # whatever the record says
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, File):
            return NotImplemented
        mine = self.caption, self.id, self.meta, self._file, self.name
        return mine == (other.caption, other.id, other.meta, other._file, other.name)

    __hash__ = None

    def __repr__(self) -> str:
        size, form = plural(len(self.data), "byte"), self._format.mime
        if self.name is None:
            return self._shown(size, form)
        shown = repr(self.name[:_SHOWN_NAME])[: _SHOWN_NAME + 2]
        is_whole = shown == repr(self.name)
        return self._shown(shown if is_whole else f"{shown}…", size, form)


def _form(data: bytes, name: str | None) -> Format:
    return format_of(data, PurePath(name or "").suffix)


def _read(data: object) -> bytes:
    size = _size_of(data)
    if size <= MAX_BYTES:
        content = files.read(data, "File")
        if content is None:
            raise UnsupportedInputError(
                "File",
                "data",
                expected="a path, bytes or an open file",
                received=type_name(data),
            )
        size = len(content.data)
        if size <= MAX_BYTES:
            return content.data
    raise OptionError(
        "File",
        "data",
        expected=f"at most {MAX_BYTES:,} bytes",
        received=f"{size:,} bytes",
        hint="Log its path as text, and keep the file beside the run.",
    )


def _size_of(data: object) -> int:
    """Return how many bytes a path has, 0 where it is not known before reading."""
    if not isinstance(data, (str, os.PathLike)):
        return 0
    try:
        return Path(os.fsdecode(data)).stat().st_size  # pyright: ignore[reportUnknownArgumentType] - of str or bytes
    except (OSError, ValueError):
        return 0  # reading will say why


def _name_of(data: object) -> str | None:
    """Return the last part of a path's name, mended; None where there is none."""
    given: Any = data
    if not isinstance(data, (str, os.PathLike)):
        given = getattr(data, "name", "")
    if not isinstance(given, (str, bytes, os.PathLike)):
        return None  # a pipe has a number
    name: str = mend(PurePath(os.fsdecode(cast("str", given))).name)[0]
    return name[:_MAX_NAME] or None


def _check_name(name: object) -> str:
    text = check_caption(name, "File", "name") or ""
    last = text.replace("\\", "/").rpartition("/")[2]
    if not 1 <= len(last) <= _MAX_NAME:
        raise OptionError(
            "File",
            "name",
            expected=f"1 to {_MAX_NAME} characters",
            received=f"{len(last):,} characters",
        )
    return last
