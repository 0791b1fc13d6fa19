"""SVG, of which only the first tag is read: Scalable Vector Graphics 2, chapter 8.

Nothing is drawn, no entity is expanded and nothing is fetched.
"""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple
from xml.parsers import expat

from mediatypes.errors import DecodeError

__all__ = ["Header", "header"]

_MAX_PROLOGUE: Final = 1 << 20
_CHUNK: Final = 1 << 14
_LENGTH: Final = re.compile(r"\s*\+?([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]{1,3})?)(\D*)")
_PIXELS: Final = {
    "": 1.0,
    "px": 1.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "pt": 96 / 72,
    "pc": 16.0,
}
"""CSS pixels of each absolute unit."""
_DEFAULT: Final = (300.0, 150.0)
"""What CSS says of a picture that has no size of its own."""
_VIEW_BOX: Final = 4
_MOST: Final = 1e6


class Header(NamedTuple):
    """The size that an SVG file gives itself, in CSS pixels, rounded."""

    width: int
    height: int


class _Root:
    """The first tag of a document."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.attributes: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.name is None:
            self.name, self.attributes = name, attributes


def header(data: bytes) -> Header:
    """Return the size that an SVG file gives itself.

    It is that of ``width`` and ``height`` where they are absolute, else that of
    ``viewBox``; one that is missing follows from the other by the ``viewBox``.

    Raises
    ------
    mediatypes.errors.DecodeError
        If the first tag is not ``svg``, comes after more than 1 MiB, or the document
        declares entities.
    """
    root = _root(data)
    if root.name is None or root.name.rpartition(":")[2] != "svg":
        msg = f"its first tag is {root.name!r}"[:80]
        raise DecodeError(msg)
    width = _length(root.attributes.get("width"))
    height = _length(root.attributes.get("height"))
    box = _view_box(root.attributes.get("viewBox", ""))
    if box is None:
        wide, high = width or _DEFAULT[0], height or _DEFAULT[1]
    else:
        ratio = box[0] / box[1]
        wide = width or (height * ratio if height else box[0])
        high = height or (width / ratio if width else box[1])
    return Header(_whole(wide), _whole(high))


def _root(data: bytes) -> _Root:
    root, parser = _Root(), expat.ParserCreate()
    parser.StartElementHandler = root.start
    parser.EntityDeclHandler = _refuse_entity
    try:
        for start in range(0, min(len(data), _MAX_PROLOGUE), _CHUNK):
            parser.Parse(data[start : start + _CHUNK], False)  # noqa: FBT003 - not the end
            if root.name is not None:
                break
    except (expat.ExpatError, ValueError, LookupError) as error:
        if root.name is None or isinstance(error, DecodeError):
            msg = f"svg: {error}"
            raise DecodeError(msg) from error
    return root


def _refuse_entity(name: str, *_: object) -> None:
    msg = f"it declares an entity, {name[:40]!r}"
    raise DecodeError(msg)


def _length(text: str | None) -> float | None:
    """Return a length in CSS pixels, None if it is relative, absent or no length."""
    found = None if text is None else _LENGTH.fullmatch(text[:40])
    if found is None:
        return None
    scale = _PIXELS.get(found[2].strip().lower())
    length = float(found[1]) * (scale or 0)
    return length if 0 < length < math.inf else None


def _view_box(text: str) -> tuple[float, float] | None:
    parts = text[:200].replace(",", " ").split()
    if len(parts) != _VIEW_BOX:
        return None
    width, height = _length(parts[2]), _length(parts[3])
    return None if width is None or height is None else (width, height)


def _whole(length: float) -> int:
    return max(1, round(min(length, _MOST)))
