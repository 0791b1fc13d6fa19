"""The media types. This is the only list of them."""

from __future__ import annotations

from typing import Final

from mediatypes.media.array import Array
from mediatypes.media.audio import Audio
from mediatypes.media.base import Media
from mediatypes.media.file import File
from mediatypes.media.histogram import Histogram
from mediatypes.media.html import Html
from mediatypes.media.image import Image
from mediatypes.media.markdown import Markdown
from mediatypes.media.plot import Plot
from mediatypes.media.table import Table
from mediatypes.media.text import Text
from mediatypes.media.video import Video

__all__ = [
    "MEDIA_TYPES",
    "Array",
    "Audio",
    "File",
    "Histogram",
    "Html",
    "Image",
    "Markdown",
    "Media",
    "Plot",
    "Table",
    "Text",
    "Video",
    "wrap",
]

MEDIA_TYPES: Final[dict[str, type[Media]]] = {
    media.kind: media
    for media in (
        Array,
        Audio,
        File,
        Histogram,
        Html,
        Image,
        Markdown,
        Plot,
        Table,
        Text,
        Video,
    )
}
"""Every type, by its kind."""


def wrap(value: object) -> Media | None:
    """Return `value` as a media value, if it is one or stands for one."""
    if isinstance(value, Media):
        return value.snapshot()
    for media in MEDIA_TYPES.values():
        if media.accepts_bare(value):
            return media(value)  # type: ignore[call-arg]  # all take their data first
    return None
