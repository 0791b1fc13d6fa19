"""Files made of the record, for people and other programs; never read as the record."""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Any, Final

import msgspec

from mediatypes.schema.records import members
from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediatypes.schema import Media
    from mediatypes.store.beneath import Folder

__all__ = ["differs", "json_text", "manifest", "manifest_state", "write"]

_MOST: Final = 64 << 20
"""Bytes of a manifest that does not fit the record which are read all the same."""
_numbers: Final = itertools.count()


def manifest(records: Iterable[Media]) -> bytes:
    """Return the text of ``manifest.jsonl``: one line an item, and a line that ends it.

    The last line has the number of lines before it and their SHA-256.
    """
    lines = [msgspec.json.encode(members(record)) + b"\n" for record in records]
    return b"".join([*lines, _end(lines)])


def _end(lines: list[bytes]) -> bytes:
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    end = {"k": "end", "count": len(lines), "sha256": digest}
    return msgspec.json.encode(end) + b"\n"


def write(folder: Folder, writer: str, name: str, data: bytes) -> None:
    """Write a derived file, replacing what is there."""
    temporary = f"{layout.TMP}/{writer}-derived-{next(_numbers)}.part"
    folder.write(temporary, data, sync=True)
    folder.replace(temporary, name)


def json_text(content: dict[str, Any]) -> bytes:
    """Return a mapping as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def manifest_state(folder: Folder, expected: bytes) -> str | None:
    """Return what is wrong with ``manifest.jsonl``: None, ``"stale"`` or ``"damaged"``.

    Stale is a whole manifest of an earlier state; damaged one that contradicts itself.
    """
    try:
        text = folder.read(layout.MANIFEST, limit=len(expected) + _MOST)
    except FileNotFoundError:
        return None
    except OSError:
        return "damaged"
    if text == expected:
        return None
    *lines, end = text.splitlines(keepends=True) or [b""]
    return "stale" if end == _end(lines) else "damaged"


def differs(folder: Folder, name: str, expected: bytes) -> bool:
    """Whether a derived file is there and is not `expected`; no more of it is read."""
    try:
        return folder.read(name, limit=len(expected)) != expected
    except FileNotFoundError:
        return False
    except OSError:
        return True
