"""The media types. This is the only list of them."""

from __future__ import annotations

from typing import Final

from mediatypes.media.array import Array
from mediatypes.media.audio import Audio
from mediatypes.media.base import Media
from mediatypes.media.histogram import Histogram
from mediatypes.media.image import Image
from mediatypes.media.plot import Plot

__all__ = [
    "MEDIA_TYPES",
    "Array",
    "Audio",
    "Histogram",
    "Image",
    "Media",
    "Plot",
    "wrap",
]

MEDIA_TYPES: Final[dict[str, type[Media]]] = {
    media.kind: media for media in (Array, Audio, Histogram, Image, Plot)
}
"""Every type, by its kind."""


def wrap(value: object) -> Media | None:
    """Return `value` as a media value, if it is one or stands for one."""
    if isinstance(value, Media):
        return value
    for media in MEDIA_TYPES.values():
        if media.accepts_bare(value):
            return media(value)  # type: ignore[call-arg]  # all take their data first
    return None
