"""The media types, by name and by kind; their only list is `mediatypes.media.kinds`."""

from __future__ import annotations

from typing import Final, cast

from mediatypes.media import kinds
from mediatypes.media.base import Media
from mediatypes.media.kinds import *  # noqa: F403 - it has nothing but types

__all__ = ["MEDIA_TYPES", "Media", "wrap"]

MEDIA_TYPES: Final[dict[str, type[Media]]] = {
    media.kind: media
    for media in cast("list[object]", list(vars(kinds).values()))
    if isinstance(media, type) and issubclass(media, Media)
}
"""Every type, by its kind."""

__all__ += [media.__name__ for media in MEDIA_TYPES.values()]


def wrap(value: object) -> Media | None:
    """Return `value` as a media value, if it is one or stands for one."""
    if isinstance(value, Media):
        return value.snapshot()
    for media in MEDIA_TYPES.values():
        if media.accepts_bare(value):
            return media(value)  # type: ignore[call-arg]  # all take their data first
    return None
