"""Typed values out of records, their digests checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from mediatypes._core.arrays import is_mapping
from mediatypes.errors import ManifestError
from mediatypes.media import MEDIA_TYPES, Media
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema import decode_members, decode_value
from mediatypes.store.files import parts_of, read_file

if TYPE_CHECKING:
    from mediatypes.store.beneath import Folder

__all__ = ["Values"]

_MAX_JSON: Final = 1 << 30
_MISFITS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""What a record with wrong members makes a decoder raise."""


class Values:
    """Turns what a run's records hold into what was logged.

    Parameters
    ----------
    folder
        The run folder.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def media(self, record: MediaRecord) -> Media:
        """Return the value of a media record.

        Raises
        ------
        mediatypes.errors.IntegrityError
            If a file of it is missing or not what the record says.
        mediatypes.errors.ManifestError
            If this release knows no such kind.
        """
        kind = MEDIA_TYPES.get(record.kind)
        if kind is None or kind.is_inline:
            msg = f"Media of kind {record.kind!r} with a file need a newer mediatypes."
            raise ManifestError(msg)
        data = self.read(record.path, record.size, record.sha256)
        try:
            return kind.decode(record, data, parts_of(self._folder, record))
        except _MISFITS as error:
            msg = f"The record of {record.path} cannot be understood: {error!r}."
            raise ManifestError(msg) from error

    def plain(self, value: Any) -> Any:
        """Return the Python value of JSON, typed values in it included."""
        return decode_value(value, self._typed)

    def members(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the Python values of a row, of settings or of a summary."""
        return decode_members(data, self._typed)

    def scalars(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return those of a row's values that are one number, text, bool or None."""
        single = {k: v for k, v in data.items() if not is_mapping(v) or "$t" not in v}
        return {
            key: value
            for key, value in self.members(single).items()
            if value is None or isinstance(value, (bool, int, float, str))
        }

    @staticmethod
    def keys(data: dict[str, Any]) -> list[str]:
        """Return the keys of a row, without decoding its values."""
        return [key.removeprefix("$") for key in data]

    def read(self, path: str, size: int, sha256: str) -> bytes:
        """Return the content of a file of the run, its size and digest checked."""
        return read_file(self._folder, path, size, sha256)

    def _typed(self, members: dict[str, Any]) -> Any:
        kind = members["$t"]
        inline = MEDIA_TYPES.get(kind) if isinstance(kind, str) else None
        try:
            if kind == "media":
                record = msgspec.convert({**members, "r": 0}, MediaRecord)
                return self.media(record)
            if kind == "json":
                file = msgspec.convert(members, _File)
                data = self.read(file.path, file.size, file.sha256)
                return self.plain(msgspec.json.decode(data))
            if inline is not None and inline.is_inline:
                return inline.from_inline(members)
        except (*_MISFITS, msgspec.MsgspecError, RecursionError) as error:
            msg = f"A typed value ({kind}) cannot be understood: {error!r}."
            raise ManifestError(msg) from error
        msg = f"A value of type {kind!r} needs a newer mediatypes."
        raise ManifestError(msg)


class _File(msgspec.Struct):
    """A file that holds a large value."""

    path: str
    size: Annotated[int, msgspec.Meta(ge=0, le=_MAX_JSON)]
    sha256: str
