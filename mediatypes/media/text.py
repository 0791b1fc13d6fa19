"""Plain text."""

from __future__ import annotations

from typing import ClassVar

from mediatypes.media.document import Document

__all__ = ["Text"]


class Text(Document):
    """Plain text, in UTF-8.

    Parameters
    ----------
    data
        One of:

        * text: always the text itself, even if it looks like a path;
        * an ``os.PathLike`` such as ``pathlib.Path``: the file at that path;
        * bytes, or an open file: UTF-8, whose bytes are kept;
        * another `Text`: its text, and its words where none are given.
    caption
        Text shown above it.
    id
        Name of the sample it belongs to, the same at every step.
    meta
        Further facts, as JSON can write them.

    Raises
    ------
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If the bytes of a file are not UTF-8.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that holds text.

    Notes
    -----
    Line ends and a byte order mark are kept. A lone surrogate, which UTF-8 has no form
    for, becomes U+FFFD, with a warning.

    Examples
    --------
    >>> Text("a *b*", caption="answer")
    Text(5 bytes, caption='answer')
    >>> Text("a *b*").text
    'a *b*'
    """

    kind: ClassVar[str] = "text"
    _extension: ClassVar[str] = "txt"
