"""Paths, bytes and open files, and what is text in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from mediatypes._core.arrays import is_array
from mediatypes._core.optional import type_name
from mediatypes._core.text import mend
from mediatypes.errors import DecodeError, MissingFileError, UnsupportedInputError

__all__ = ["Content", "read", "read_text", "undecodable"]

_BYTES: Final = ("B", "b", "c")
"""Formats of a memoryview that is the content of a file, and no array."""


class Content(NamedTuple):
    """The bytes of a file, and where they came from."""

    data: bytes
    source: str


def read(value: object, media: str, hint: str = "") -> Content | None:
    """Return the content of `value` if it is a path, bytes or an open file, else None.

    An open file is read from where it stands and put back there, if it can seek. `hint`
    ends what is said of a path that names no readable file.

    Raises
    ------
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.UnsupportedInputError
        If an open file gives text.
    """
    if is_array(value):
        return None
    if isinstance(value, (str, os.PathLike)):
        return _read_path(Path(os.fsdecode(value)), media, hint)  # pyright: ignore[reportUnknownArgumentType] - of str or bytes
    if isinstance(value, (bytes, bytearray)):
        return Content(bytes(value), type_name(value))
    if type(value) is memoryview and value.ndim == 1 and value.format in _BYTES:
        return Content(value.tobytes(), "memoryview")
    if hasattr(value, "read"):
        return _read_open(value, media)
    return None


def read_text(value: object, media: str) -> tuple[Content, bool] | None:
    """Return the UTF-8 text of `value`, and whether some of it had no UTF-8 form.

    Text itself is taken as it is, never as a path: a path is an ``os.PathLike``. Lone
    surrogates become U+FFFD. Open files may give text or bytes.

    Raises
    ------
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If bytes are not UTF-8.
    """
    if isinstance(value, str):
        return _encoded(value, "text")
    if hasattr(value, "read"):
        data, source = _read_any(value, media), type_name(value)
        if isinstance(data, str):
            return _encoded(data, source)
        content: Content | None = Content(_checked(data, value, media), source)
    else:
        content = read(value, media)
    if content is None:
        return None
    try:
        content.data.decode()
    except UnicodeDecodeError as error:
        raise undecodable(media, "text in UTF-8", content.source, error) from error
    return content, False


def _encoded(text: str, source: str) -> tuple[Content, bool]:
    mended, changed = mend(str.__str__(text))
    return Content(mended.encode(), source), changed


def _read_path(path: Path, media: str, hint: str) -> Content:
    try:
        return Content(path.read_bytes(), f"file {str(path)!r}")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise MissingFileError(
            media,
            "path",
            expected="a readable file",
            received=f"{str(path)!r} ({(reason or type(error).__name__).lower()})",
            hint=hint,
        ) from error


def _read_open(file: object, media: str) -> Content:
    return Content(_checked(_read_any(file, media), file, media), type_name(file))


def _read_any(file: object, media: str) -> Any:
    """Return what `file` gives from where it stands, and put it back there."""
    tell, seek = getattr(file, "tell", None), getattr(file, "seek", None)
    try:
        position = tell() if tell and seek else None
    except (OSError, ValueError):  # a pipe, or a closed file, which reading will tell
        position = None
    try:
        data: Any = getattr(file, "read")()  # noqa: B009 - unknown on purpose
    except (OSError, ValueError) as error:
        raise MissingFileError(
            media,
            "file",
            expected="open for reading bytes",
            received=f"a file that cannot be read ({error})",
            source=type_name(file),
        ) from error
    if position is not None and seek:
        seek(position)
    return data


def _checked(data: object, file: object, media: str) -> bytes:
    if not isinstance(data, (bytes, bytearray)):
        raise UnsupportedInputError(
            media,
            "file",
            expected="open for reading bytes",
            received=f"{type_name(data)} when read",
            source=type_name(file),
            hint='Open it with mode "rb".',
        )
    return bytes(data)


def undecodable(
    media: str, expected: str, source: str, error: Exception
) -> DecodeError:
    """Return the error for file content that `media` cannot be made of."""
    reason = str(error).rstrip(".")
    text = f"{media}: data must be {expected}; got content from {source} that is not"
    return DecodeError(f"{text} ({reason}).")
