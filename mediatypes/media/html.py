"""Web pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from msgspec import structs

from mediatypes._core.optional import type_name
from mediatypes.errors import MissingFileError, UnsupportedInputError
from mediatypes.formats import html
from mediatypes.media.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediatypes.typing import FileLike, PathLike

__all__ = ["Html"]

_ENDINGS: Final = (".html", ".htm")
_NOT_IN_PATHS: Final = "<>\n\r\0"
_MAX_REASON: Final = 120
"""Characters of another library's message that are repeated."""
_METHODS: Final = ("to_html", "_repr_html_")
"""How objects of other libraries give themselves as markup."""


class Html(Document):
    """A web page, or a piece of one.

    Parameters
    ----------
    data
        One of:

        * markup as text. Text of one line that ends in ``.html`` or ``.htm`` and has no
          ``<`` is a path: what is on the disk does not matter;
        * an ``os.PathLike`` such as ``pathlib.Path``: the file at that path;
        * bytes, or an open file: UTF-8, whose bytes are kept but for `inject`;
        * an object with ``to_html()`` or ``_repr_html_()``, such as a plotly figure or
          a data frame: what it returns;
        * another `Html`: its page, and its words where none are given.
    inject
        Whether to put ``<meta charset="utf-8">`` into a page that declares no encoding.
    data_is_not_path
        Whether text is markup even if it looks like a path.
    caption
        Text shown above it.
    id
        Name of what it shows, the same at every step.
    meta
        Further facts, as JSON can write them.

    Raises
    ------
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If the bytes of a file are not UTF-8.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that holds markup.

    Notes
    -----
    Nothing is fetched, cleaned or run here. A page that declares another encoding is
    stored as it is, with a warning if it has characters beyond ASCII.

    Examples
    --------
    >>> Html("<p>Hello", caption="greeting")
    Html(30 bytes, caption='greeting')
    >>> Html("<p>Hello").text
    '<meta charset="utf-8"><p>Hello'
    """

    kind: ClassVar[str] = "html"
    _extension: ClassVar[str] = "html"

    def __init__(
        self,
        data: str | PathLike | FileLike | bytes | object,
        inject: bool = True,  # noqa: FBT001, FBT002 - the call style people know
        data_is_not_path: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        caption: str | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._label(caption, id, meta, like=data)
        if isinstance(data, Html):
            self._hold_as(data)
        elif isinstance(data, str):
            is_path = not data_is_not_path and _looks_like_a_path(data)
            self._take(_existing(data) if is_path else data)
        else:
            self._take(_rendered(data))
        self._declare(inject=inject)

    def _declare(self, *, inject: bool) -> None:
        """Declare the encoding where the page does not, or say that it is another."""
        data, source = self._file or b"", self.source
        charset = html.declared_charset(data)
        if charset is None and inject and data:
            self._hold_text(html.with_charset(data), "charset added", source.reasons)
        elif charset not in {None, "utf-8", "utf8"} and not data.isascii():
            reason = f"the page says that it is {charset!r}, and is stored as UTF-8"
            if reason not in source.reasons:
                reasons = (*source.reasons, reason)
                self._set(source=structs.replace(source, reasons=reasons))


def _looks_like_a_path(text: str) -> bool:
    if not text.lower().endswith(_ENDINGS):
        return False
    return not any(mark in text for mark in _NOT_IN_PATHS)


def _existing(text: str) -> Path:
    path = Path(text)
    try:
        if path.exists():
            return path
        reason = "no such file"
    except OSError as error:  # too long a name
        reason = (error.strerror or type(error).__name__).lower()
    raise MissingFileError(
        "Html",
        "path",
        expected="a readable file",
        received=f"{text[:200]!r} ({reason})",
        hint="Pass data_is_not_path=True if it is markup.",
    )


def _rendered(value: Any) -> Any:
    """Return the markup of `value` if it gives any, else `value`."""
    if isinstance(value, type):
        return cast("object", value)
    method = next(filter(None, (getattr(value, name, None) for name in _METHODS)), None)
    if not callable(method):
        return value
    try:
        text = method()
    except Exception as error:
        reason = str(error).split("\n", 1)[0][:_MAX_REASON].rstrip(". ")
        received = f"an error ({reason or type(error).__name__})"
        raise _not_markup(value, received) from error
    if not isinstance(text, str):
        raise _not_markup(value, type_name(text))
    return text


def _not_markup(value: object, received: str) -> UnsupportedInputError:
    expected = "an object that gives markup"
    return UnsupportedInputError(
        "Html", "data", expected=expected, received=received, source=type_name(value)
    )
