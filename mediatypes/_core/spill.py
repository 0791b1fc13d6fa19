"""Annotations that are too long for the line of a record, as files of their own.

Labels that many pictures share are then one file, since equal files are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from mediatypes.errors import ManifestError
from mediatypes.schema import EncodedPart

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GROUPS", "restored", "spilled"]

GROUPS: Final = ("classes", "masks", "boxes", "points", "lines")
"""Kinds of annotations, in the record and as arguments."""

_PREFIX: Final = "meta/"
_CLASSES: Final = "classes"
_MOST: Final = {_CLASSES: 1 << 10, "masks": 1 << 10}
"""Bytes of labels that a line has room for."""
_SET, _ALL = 1 << 16, 1 << 18
"""Bytes of any other set, and of all of them."""

_encode: Final = msgspec.json.Encoder().encode


def spilled(meta: dict[str, Any]) -> list[EncodedPart]:
    """Take out of `meta` what is too long, and return it as parts.

    Their names are ``meta/classes``, or ``meta/<group>/<name>`` for a set.
    """
    parts: list[EncodedPart] = []
    room = _ALL
    for group in GROUPS:
        entries: dict[str, Any] = meta.pop(group, {})
        if not entries:
            continue
        if group == _CLASSES:
            entries = {"": entries}
        short: dict[str, Any] = {}
        for name, entry in entries.items():
            text = _encode(entry)
            if len(text) > min(_MOST.get(group, _SET), room):
                where = f"{_PREFIX}{group}/{name}" if name else f"{_PREFIX}{group}"
                form = "json", "json", "application/json", text
                parts.append(EncodedPart(where, *form))
            else:
                room -= len(text)
                short[name] = entry
        if short:
            meta[group] = short[""] if group == _CLASSES else short
    return parts


def restored(
    meta: Mapping[str, Any], parts: Mapping[str, bytes]
) -> dict[str, dict[str, Any]]:
    """Return the annotations in `meta` and in those of `parts` that hold some.

    Raises
    ------
    mediatypes.errors.ManifestError
        If a part is no JSON.
    """
    found: dict[str, dict[str, Any]] = {
        group: dict(meta[group]) for group in GROUPS if group in meta
    }
    for part in parts:
        group, _, name = part.removeprefix(_PREFIX).partition("/")
        if not part.startswith(_PREFIX) or group not in GROUPS:
            continue
        try:
            entry: dict[str, Any] = msgspec.json.decode(parts[part])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            msg = f"part {part!r} is no JSON: {error}"
            raise ManifestError(msg) from error
        if group == _CLASSES:
            found[group] = entry
        else:
            found.setdefault(group, {})[name] = entry
    return found
