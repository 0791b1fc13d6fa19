"""SVG without anything that runs or fetches: Scalable Vector Graphics 2, chapter 2.

What is kept is named; all else is left out, so that a new element of SVG is not let in
by mistake.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from mediatypes.errors import DecodeError

__all__ = ["safe"]

_KEPT: Final = frozenset(
    [
        *("svg", "g", "defs", "symbol", "use", "title", "desc", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "textPath", "image", "clipPath", "mask", "pattern"),
        *("marker", "linearGradient", "radialGradient", "stop", "filter"),
        *("feGaussianBlur", "feColorMatrix", "feOffset", "feBlend", "feFlood"),
        *("feComposite", "feMerge", "feMergeNode"),
    ]
)
_SVG: Final = "http://www.w3.org/2000/svg"
_OWN: Final = re.compile(
    r"\s*(#[\w.:-]+|data:image/(png|jpeg|gif|webp);base64,[\sA-Za-z0-9+/=]*)\s*"
)
"""Where a reference may lead: into the document, or to pixels inside it."""
_CALL: Final = re.compile(
    r"url\s*\(\s*[\"']?#|\b(rgba?|hsla?|translate|rotate|scale|matrix|skew[xy])\s*\(",
    re.IGNORECASE,
)
"""What may be called in attributes and style sheets; others may fetch."""
_OUT: Final = re.compile(r"[@\\(]|javascript:", re.IGNORECASE)
"""What leads out of them, once those calls are taken away; escapes could hide it."""
_MOST_DEEP: Final = 200


class _Builder(ET.TreeBuilder):
    """Builds a tree that is not too deep to be written."""

    _depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        if self._depth > _MOST_DEEP:
            msg = f"svg: it is nested deeper than {_MOST_DEEP}"
            raise DecodeError(msg)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def safe(data: bytes) -> bytes:
    """Return an SVG document without scripts, links and references to elsewhere.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no SVG document, or declares entities.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - this is the end
        root = builder.close()
    except (expat.ExpatError, AssertionError, ValueError, TypeError) as error:
        msg = f"svg: {error}"
        raise DecodeError(msg) from error
    if _local(root.tag) != "svg":
        msg = f"svg: its first tag is {root.tag!r}"[:80]
        raise DecodeError(msg)
    _clean(root)
    root.set("xmlns", _SVG)
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _refuse_entity(name: str, *_: object) -> None:
    msg = f"it declares an entity, {name[:40]!r}"
    raise DecodeError(msg)


def _local(name: str) -> str:
    """Return a tag of SVG's without its namespace, and one of another as it is."""
    space, _, local = name.rpartition("}")
    return local if space in {"", _SVG} else name


def _clean(element: ET.Element) -> None:
    """Keep what is safe of `element`, which itself is."""
    stack = [element]
    while stack:
        part = stack.pop()
        part.tag = _local(part.tag)
        attributes = [_attribute(*item) for item in part.attrib.items()]
        part.attrib.clear()
        part.attrib.update(item for item in attributes if item is not None)
        if part.tag == "style" and _leads_out(part.text or ""):
            part.text = ""
        for child in list(part):
            child.tag = _local(child.tag)
            if child.tag == "a":  # what a link shows is kept, where it leads is not
                child.tag = "g"
                child.attrib.pop("href", None)
            if child.tag in _KEPT:
                stack.append(child)
            else:
                part.remove(child)


def _attribute(name: str, value: str) -> tuple[str, str] | None:
    """Return an attribute as it is kept, None if it is not."""
    local = name.rpartition("}")[2]
    if local == "href":
        return (local, value) if _OWN.fullmatch(value) else None
    if "}" in name or local.lower().startswith("on") or local == "base":
        return None
    return None if _leads_out(value) else (local, value)


def _leads_out(text: str) -> bool:
    return _OUT.search(_CALL.sub("", text)) is not None
