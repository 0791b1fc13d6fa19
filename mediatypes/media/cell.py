"""The cells of a table as JSON, and the files of the media in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from msgspec import structs

from mediatypes._core.cells import ABSENT
from mediatypes._core.checksum import crc32
from mediatypes._core.tags import from_tag, to_json
from mediatypes.adapters.codecs import assemble
from mediatypes.errors import ManifestError
from mediatypes.schema import DraftFile, decode_value
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema.draft import drafted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediatypes.media.base import Media
    from mediatypes.schema import Draft
    from mediatypes.schema.draft import Buffer

__all__ = ["TABLE", "CellReader", "CellWriter", "compact"]

TABLE: Final = "table"
"""The kind that no cell has."""
_MISFITS: Final = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError)
"""What wrong members make a decoder raise."""


def compact(media: Media) -> Media:
    """Return `media` with its files in memory instead of what they are made of."""
    snapshot = media.draft()
    encoded = assemble(snapshot)
    parts = {part.name: part.data for part in encoded.parts}
    facts = {"kind": media.kind, "mime": encoded.mime} | _facts(snapshot.draft)
    record = _record(facts, f"x.{encoded.extension}", encoded.data)
    return type(media).decode(record, encoded.data, parts)


def _facts(draft: Draft) -> dict[str, Any]:
    """Return what the record of a media value says, without its files."""
    facts: dict[str, Any] = {
        "caption": draft.caption,
        "id": draft.id,
        "meta": draft.meta or None,
        "source": draft.source and msgspec.to_builtins(draft.source),
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _record(facts: Mapping[str, Any], path: str, data: bytes) -> MediaRecord:
    fixed: dict[str, Any] = {"r": 0, "key": "", "step": 0, "i": 0, "sha256": ""}
    members = {**facts, **fixed, "parts": (), "path": path, "size": len(data)}
    return msgspec.convert(members, MediaRecord)


class CellWriter:
    """Writes cells as JSON, and collects the files of the media in them."""

    def __init__(self) -> None:
        self._places: dict[tuple[bytes, int], int] = {}
        self.files: list[DraftFile] = []
        """Files, of which equal ones are there once."""
        self.buffers: list[Buffer] = []
        """Data of the files, in their order."""

    def __call__(self, cell: Any) -> Any:
        """Return the JSON of a cell."""
        return to_json(cell, self._media)

    def _media(self, media: Media) -> dict[str, Any]:
        if media.is_inline:
            return media.to_inline()
        draft, buffers, late = media.draft()
        if late is not None:
            draft, buffers, _ = drafted(late())
        names = [self._put(*pair) for pair in zip(draft.files, buffers, strict=True)]
        members = {"$t": media.kind, "file": names[0], "mime": draft.files[0].mime}
        parts = {
            file.name: name
            for file, name in zip(draft.files[1:], names[1:], strict=True)
        }
        return members | _facts(draft) | ({"parts": parts} if parts else {})

    def _put(self, file: DraftFile, buffer: Buffer) -> str:
        known = msgspec.json.encode(structs.replace(file, name="")), crc32(buffer)
        place = self._places.get(known)
        if place is None or not _is_same(self.buffers[place], buffer):
            place = self._places[known] = len(self.files)
            name = f"{place}.{file.extension}"
            self.files.append(structs.replace(file, name=name))
            self.buffers.append(buffer)
        return self.files[place].name


def _is_same(first: Buffer, second: Buffer) -> bool:
    if isinstance(first, bytes) or isinstance(second, bytes):
        return first is second or (isinstance(first, type(second)) and first == second)
    return first is second or np.array_equal(first.view("u1"), second.view("u1"))


class CellReader:
    """Reads cells from JSON.

    Parameters
    ----------
    parts
        Files of the media in them, by name.
    """

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts

    def __call__(self, value: Any) -> Any:
        """Return the cell of JSON.

        Raises
        ------
        mediatypes.errors.DecodeError
            If a tag has wrong members.
        mediatypes.errors.ManifestError
            If a tag is not known, or a media value lacks a file.
        """
        return decode_value(value, self._tagged)

    def _tagged(self, members: dict[str, Any]) -> Any:
        from mediatypes.media import MEDIA_TYPES

        found = from_tag(members, decode_value)
        if found is not ABSENT:
            return found
        kind = members["$t"]
        media = MEDIA_TYPES.get(kind) if isinstance(kind, str) else None
        if media is None or kind == TABLE:
            msg = f"a cell of kind {kind!r:.40} needs a newer mediatypes"
            raise ManifestError(msg)
        if media.is_inline:
            return media.from_inline(members)
        try:
            return self._decoded(media, members)
        except (msgspec.ValidationError, *_MISFITS) as error:
            msg = f"a cell of kind {kind!r} cannot be understood: {error!r:.120}"
            raise ManifestError(msg) from error

    def _decoded(self, media: type[Media], members: dict[str, Any]) -> Media:
        name: str = members["file"]
        data = self._parts[name]
        parts = {
            part: self._parts[file] for part, file in members.get("parts", {}).items()
        }
        facts = {**members, "kind": members["$t"]}
        return media.decode(_record(facts, name, data), data, parts)
