"""File formats by their first bytes, never by their name."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Format", "by_extension", "format_of", "sniff"]


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
        ("mp4", "mp4", "video/mp4"),
        ("mov", "mov", "video/quicktime"),
        ("webm", "webm", "video/webm"),
        ("pdf", "pdf", "application/pdf"),
        ("zip", "zip", "application/zip"),
        ("gzip", "gz", "application/gzip"),
        ("parquet", "parquet", "application/vnd.apache.parquet"),
        ("html", "html", "text/html"),
        ("text", "txt", "text/plain"),
        ("markdown", "md", "text/markdown"),
        ("csv", "csv", "text/csv"),
        ("tsv", "tsv", "text/tab-separated-values"),
        ("json", "json", "application/json"),
        ("jsonl", "jsonl", "application/jsonl"),
        ("yaml", "yaml", "application/yaml"),
        ("toml", "toml", "application/toml"),
        ("any", "bin", "application/octet-stream"),
    )
}
_ALIASES: Final = dict(
    alias.split("=")
    for alias in (
        *("jpg=jpeg", "tif=tiff", "apng=png", "wave=wav", "oga=ogg", "m4v=mp4"),
        *("gz=gzip", "htm=html", "md=markdown", "yml=yaml"),
        *("txt=text", "log=text", "py=text"),
    )
)
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
    (b"%PDF-", "pdf"),
    (b"PK\3\4", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"PAR1", "parquet"),
)
_CONTAINERS: Final = {b"WEBP": "webp", b"WAVE": "wav"}
_SVG_WITHIN: Final = 1 << 12
"""Where the first tag of an SVG file has to begin, so that it is known as one."""
_EBML: Final = b"\x1a\x45\xdf\xa3"
_WEBM_WITHIN: Final = 64
"""Where a WebM file says that it is no other Matroska file."""
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
    behind = _within(data)
    if behind is not None:
        return _FORMATS[behind]
    if len(data) > 1 and data[0] == 0xFF and data[1] & _MPEG_SYNC == _MPEG_SYNC:  # noqa: PLR2004 - MPEG audio frame sync
        return _FORMATS["mp3"] if (data[1] & 0x06) == _MPEG_LAYER_3 else None
    return None


def _within(data: bytes) -> str | None:
    """Return the name of a format that is known by what stands further behind."""
    if data[4:8] == b"ftyp":
        return "mov" if data[8:12] == b"qt  " else "mp4"
    if data.startswith(_EBML) and b"webm" in data[:_WEBM_WITHIN]:
        return "webm"
    return "svg" if _is_svg(data) else None


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


_BY_NAME: Final = frozenset(
    ["text", "markdown", "csv", "tsv", "json", "jsonl", "yaml", "toml"]
)
"""Formats that have no first bytes of their own, and that no browser runs."""
_WEAK: Final = frozenset(["bmp", "mp3"])
"""Formats whose first bytes may be those of text as well."""
_RUN: Final = frozenset(["svg", "html"])
"""Formats in which a browser runs what is written."""


def format_of(data: bytes, extension: str) -> Format:
    """Return the format of any file by its bytes and, where they do not say, its name.

    A format that is known by its first bytes has to have them. What is not known, or
    might be run by a browser, is ``bin``.

    Examples
    --------
    >>> format_of(b"a,b", ".csv").mime, format_of(b"a,b", ".png").mime
    ('text/csv', 'application/octet-stream')
    """
    named, found = by_extension(extension), sniff(data)
    if named is not None and named.name in _BY_NAME:
        return named
    if found is None or found.name in _RUN:
        return _FORMATS["any"]
    return found if found.name not in _WEAK or found == named else _FORMATS["any"]
