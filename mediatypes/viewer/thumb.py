"""Small pictures for galleries; the lightbox shows the file itself."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes.errors import MediaTypesError
from mediatypes.formats.picture import opened
from mediatypes.viewer import files
from mediatypes.viewer.answers import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

    from mediatypes.viewer.files import Found

__all__ = ["Thumbs"]

_AS_IT_IS: Final = frozenset(["image/png", "image/jpeg", "image/webp", "image/gif"])
_SMALL_BYTES: Final = 60_000
_MOST_BYTES: Final = 64 << 20
"""Memory for pictures that were made small."""
_WIDTHS: Final = (128, 256, 512, 1024)


class Thumbs:
    """Makes pictures small, and keeps those that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], tuple[bytes, str]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, found: Found, width: int) -> tuple[bytes, str]:
        """Return a picture at most `width` pixels wide, or so, and its type.

        Raises
        ------
        mediatypes.viewer.answers.Refused
            If it cannot be read as a picture.
        """
        width = min((w for w in _WIDTHS if w >= width), default=_WIDTHS[-1])
        known = self._kept.get((found.file.sha256, width))
        if known is not None:
            return known
        data = files.read(found)
        mime = found.file.mime
        if len(data) <= _SMALL_BYTES and (mime in _AS_IT_IS or "svg" in mime):
            return data, mime
        if "svg" in mime:
            return data, mime
        try:
            made = _smaller(data, width), "image/webp"
        except MediaTypesError as error:
            raise Refused(415, "picture", str(error)) from error
        self._keep((found.file.sha256, width), made)
        return made

    def _keep(self, key: tuple[str, int], made: tuple[bytes, str]) -> None:
        with self._lock:
            self._kept[key] = made
            self._bytes += len(made[0])
            while self._bytes > _MOST_BYTES:
                self._bytes -= len(self._kept.popitem(last=False)[1][0])


def _smaller(data: bytes, width: int) -> bytes:
    with opened(data) as picture:
        picture.draft("RGB", (width * 2, width * 2))  # JPEG decodes at a fraction
        small = _eight_bits(picture)
        small.thumbnail((width, width * 4))
        out = io.BytesIO()
        small.save(out, "WEBP", quality=82, method=0)
    return out.getvalue()


def _eight_bits(picture: Image) -> Image:
    from PIL import Image as Pillow

    if picture.mode.startswith(("I", "F")):
        values: Any = np.asarray(picture).astype(np.float64)
        high = (
            65_535.0 if picture.mode.startswith("I") else max(1.0, float(values.max()))
        )
        grey = (np.clip(values / high, 0, 1) * 255).astype(np.uint8)
        return Pillow.fromarray(grey)
    return picture.convert("RGBA" if _has_alpha(picture) else "RGB")


def _has_alpha(picture: Image) -> bool:
    return "transparency" in picture.info or picture.mode in {"RGBA", "LA", "PA", "La"}
