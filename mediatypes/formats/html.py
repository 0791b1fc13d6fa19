"""HTML, as far as its encoding goes: the HTML Standard, "Determining the encoding"."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["declared_charset", "with_charset"]

_BOM: Final = b"\xef\xbb\xbf"
_WITHIN: Final = 1024
"""Bytes in which a browser looks for a declaration before it reads on."""
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META: Final = re.compile(
    rb"""<meta[\s/][^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE
)
_SKIPPED: Final = rb"(?>\s|<!--(?>.*?-->)|<\?[^>]*>)*+"
"""White space, comments and processing instructions, without any way back."""
_BEFORE_HEAD: Final = tuple(
    re.compile(_SKIPPED + tag, re.IGNORECASE | re.DOTALL)
    for tag in (rb"<!doctype[^>]*>", rb"<html(?:\s[^>]*)?>", rb"<head(?:\s[^>]*)?>")
)
"""What may stand before the first element of the head, in this order."""
_DECLARATION: Final = b'<meta charset="utf-8">'


def declared_charset(data: bytes) -> str | None:
    """Return the encoding that a page declares where browsers look, if it does.

    Examples
    --------
    >>> declared_charset(b'<meta charset="latin-1"><p>')
    'latin-1'
    >>> declared_charset(b"<p>charset=none") is None
    True
    """
    if data.startswith(_BOM):
        return "utf-8"
    found = _META.search(_COMMENT.sub(b"", data[:_WITHIN]))
    return None if found is None else found[1].decode("latin-1").lower()


def with_charset(data: bytes) -> bytes:
    """Return a page with a declaration of UTF-8 as the first element of its head.

    Nothing else changes: the declaration is put behind the document type and the tags
    ``html`` and ``head``, where they are.

    Examples
    --------
    >>> with_charset(b"<html><p>")
    b'<html><meta charset="utf-8"><p>'
    """
    at = 0
    for pattern in _BEFORE_HEAD:
        found = pattern.match(data, at)
        at = at if found is None else found.end()
    return data[:at] + _DECLARATION + data[at:]
