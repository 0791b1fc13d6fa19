"""File formats by their first bytes, never by their name."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Format", "by_extension", "sniff"]


class Format(NamedTuple):
    """A file format."""

    name: str
    extension: str
    mime: str


_FORMATS: Final = {
    name: Format(name, extension, mime)
    for name, extension, mime in (
        ("png", "png", "image/png"),
        ("jpeg", "jpg", "image/jpeg"),
        ("gif", "gif", "image/gif"),
        ("webp", "webp", "image/webp"),
        ("bmp", "bmp", "image/bmp"),
        ("tiff", "tiff", "image/tiff"),
        ("svg", "svg", "image/svg+xml"),
        ("wav", "wav", "audio/wav"),
        ("flac", "flac", "audio/flac"),
        ("ogg", "ogg", "audio/ogg"),
        ("mp3", "mp3", "audio/mpeg"),
        ("npy", "npy", "application/octet-stream"),
    )
}
_ALIASES: Final = {"jpg": "jpeg", "tif": "tiff", "wave": "wav", "oga": "ogg"}
_PREFIXES: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\x93NUMPY", "npy"),
)
_CONTAINERS: Final = {b"WEBP": "webp", b"WAVE": "wav"}
_SVG_WITHIN: Final = 1 << 12
"""Where the first tag of an SVG file has to begin, so that it is known as one."""
_RIFF: Final = (b"RIFF", b"RIFX", b"RF64")
_MPEG_SYNC: Final = 0xE0
_MPEG_LAYER_3: Final = 0x02


def sniff(data: bytes) -> Format | None:
    """Return the format that `data`, at least 12 bytes of a file, begins like.

    Examples
    --------
    >>> sniff(b"GIF89a" + bytes(6)).mime
    'image/gif'
    >>> sniff(b"plain text") is None
    True
    """
    if data[:4] in _RIFF:
        container = _CONTAINERS.get(bytes(data[8:12]))
        return _FORMATS[container] if container else None
    for prefix, name in _PREFIXES:
        if data.startswith(prefix):
            return _FORMATS[name]
    if _is_svg(data):
        return _FORMATS["svg"]
    if len(data) > 1 and data[0] == 0xFF and data[1] & _MPEG_SYNC == _MPEG_SYNC:  # noqa: PLR2004 - MPEG audio frame sync
        return _FORMATS["mp3"] if (data[1] & 0x06) == _MPEG_LAYER_3 else None
    return None


def _is_svg(data: bytes) -> bool:
    """Whether `data` is XML, or nearly so, with a tag named svg near its beginning."""
    text = data[:_SVG_WITHIN].removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<") and (b"<svg" in text or b":svg" in text)


@lru_cache(64)
def by_extension(extension: str) -> Format | None:
    """Return the format that is asked for by `extension`, without its dot.

    Examples
    --------
    >>> by_extension("JPG").name
    'jpeg'
    """
    name = extension.lower().removeprefix(".")
    return _FORMATS.get(_ALIASES.get(name, name))
