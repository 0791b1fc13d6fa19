"""What the types of text are: a value whose file is text in UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np

from mediatypes._core.optional import type_name
from mediatypes._core.words import plural
from mediatypes.adapters import files
from mediatypes.errors import UnsupportedInputError
from mediatypes.formats.sniff import Format, by_extension
from mediatypes.media.base import NO_PARTS, FileMedia
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.schema import Media as MediaRecord
    from mediatypes.typing import FileLike

__all__ = ["Document"]

_MENDED: Final = "its text had lone surrogates, stored as U+FFFD"


class Document(FileMedia):
    """Text in UTF-8, byte for byte.

    Subclasses say what text it is; the words around it are those of every type.
    """

    _extension: ClassVar[str]
    """Of the file that is stored."""

    def __init__(
        self,
        data: str | FileLike | bytes | object,
        caption: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._label(caption, id, meta, like=data)
        if isinstance(data, type(self)):
            self._hold_as(data)
            return
        self._take(data)

    @classmethod
    def _form(cls) -> Format:
        form = by_extension(cls._extension)
        assert form is not None  # noqa: S101 - it is in the table
        return form

    def _take(self, data: object) -> None:
        """Set the data to the text of `data`, which no path is unless it says so."""
        media = type(self).__name__
        found = files.read_text(data, media)
        if found is None:
            raise UnsupportedInputError(
                media,
                "data",
                expected="text, a path, bytes or an open file",
                received=type_name(data),
                hint="Pass str(x), or pathlib.Path(x) for a file.",
            )
        content, mended = found
        self._hold_text(content.data, "exact", (_MENDED,) if mended else ())

    def _hold_text(self, data: bytes, rule: str, reasons: tuple[str, ...]) -> None:
        source = Source(rule=rule, reasons=reasons)
        self._hold(self._form(), {"size": len(data)}, source, file=data)

    @property
    def text(self) -> str:
        """The text as stored.

        Raises
        ------
        mediatypes.errors.DecodeError
            If a file that was read back is not UTF-8.
        """
        media = type(self).__name__
        try:
            return (self._file or b"").decode()
        except UnicodeDecodeError as error:
            expected = "text in UTF-8"
            raise files.undecodable(media, expected, "its file", error) from error

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the text."""
        empty = () if self._file else ("the text was empty",)
        return self.source.reasons + empty

    def to_numpy(self) -> NDArray[Any]:
        """Return the bytes of the file, shape (bytes,), uint8, read-only."""
        return np.frombuffer(self._file or b"", np.uint8)

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its file."""
        self = super().decode(record, data, parts)
        self._set(_format=cls._form())  # text may begin like any other file
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        mine = self.caption, self.id, self.meta, self._file
        return mine == (other.caption, other.id, other.meta, other._file)

    __hash__ = None

    def __repr__(self) -> str:
        return self._shown(plural(len(self._file or b""), "byte"))
