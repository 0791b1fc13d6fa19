"""A matplotlib figure as SVG, its words as words, and safe to show."""

from __future__ import annotations

import io
from typing import Any, Final

from mediatypes.adapters.surroundings import settings
from mediatypes.formats.svg_safe import safe
from mediatypes.schema import EncodedPart

__all__ = ["NAME", "part_of"]

NAME: Final = "vector"
_SETTINGS: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mediatypes",
    "svg.image_inline": True,
    "svg.id": None,
}
"""Words stay words, and the same figure is the same bytes."""
_NOTHING: Final = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def part_of(figure: Any, options: dict[str, Any]) -> EncodedPart:
    """Return `figure` as its ``savefig`` writes it to SVG, without its metadata."""
    save = getattr(figure, "savefig", None) or figure.save
    out = io.BytesIO()
    with settings(_SETTINGS):
        save(out, format="svg", metadata=_NOTHING, **options)
    return EncodedPart(NAME, "svg", "svg", "image/svg+xml", safe(out.getvalue()))
