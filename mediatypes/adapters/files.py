"""Paths, bytes and open files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from mediatypes._core.arrays import is_array
from mediatypes._core.optional import type_name
from mediatypes.errors import DecodeError, MissingFileError, UnsupportedInputError

__all__ = ["Content", "read", "undecodable"]

_BYTES: Final = ("B", "b", "c")
"""Formats of a memoryview that is the content of a file, and no array."""


class Content(NamedTuple):
    """The bytes of a file, and where they came from."""

    data: bytes
    source: str


def read(value: object, media: str) -> Content | None:
    """Return the content of `value` if it is a path, bytes or an open file, else None.

    An open file is read from where it stands and put back there, if it can seek.

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
        return _read_path(Path(os.fsdecode(value)), media)  # pyright: ignore[reportUnknownArgumentType] - of str or bytes
    if isinstance(value, (bytes, bytearray)):
        return Content(bytes(value), type_name(value))
    if type(value) is memoryview and value.ndim == 1 and value.format in _BYTES:
        return Content(value.tobytes(), "memoryview")
    if hasattr(value, "read"):
        return _read_open(value, media)
    return None


def _read_path(path: Path, media: str) -> Content:
    try:
        return Content(path.read_bytes(), f"file {str(path)!r}")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise MissingFileError(
            media,
            "path",
            expected="a readable file",
            received=f"{str(path)!r} ({(reason or type(error).__name__).lower()})",
        ) from error


def _read_open(file: object, media: str) -> Content:
    tell, seek = getattr(file, "tell", None), getattr(file, "seek", None)
    try:
        position = tell() if tell and seek else None
    except (OSError, ValueError):  # a pipe, or a closed file, which reading will tell
        position = None
    try:
        data = getattr(file, "read")()  # noqa: B009 - the type is unknown on purpose
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
    if not isinstance(data, (bytes, bytearray)):
        raise UnsupportedInputError(
            media,
            "file",
            expected="open for reading bytes",
            received=f"{type_name(data)} when read",
            source=type_name(file),
            hint='Open it with mode "rb".',
        )
    return Content(bytes(data), type_name(file))


def undecodable(
    media: str, expected: str, source: str, error: Exception
) -> DecodeError:
    """Return the error for file content that `media` cannot be made of."""
    reason = str(error).rstrip(".")
    text = f"{media}: data must be {expected}; got content from {source} that is not"
    return DecodeError(f"{text} ({reason}).")
