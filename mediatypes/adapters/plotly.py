"""plotly figures: their JSON, and a picture by kaleido."""

from __future__ import annotations

import json
from typing import Any, Final

from mediatypes._core.optional import loaded
from mediatypes.adapters import kaleido
from mediatypes.adapters.description import Description

__all__ = ["RENDERER", "describe", "to_png"]

RENDERER: Final = "kaleido"
_MIME: Final = "application/vnd.plotly.v1+json"
_WIDTH, _HEIGHT = 700, 450
"""What plotly.js makes of a figure without a size."""


def describe(figure: Any) -> Description:
    """Return `figure` as its own ``to_json`` writes it."""
    version = str(getattr(loaded("plotly"), "__version__", ""))
    layout = figure.layout
    size = int(layout.width or _WIDTH), int(layout.height or _HEIGHT)
    return Description("plotly", version, _MIME, figure.to_json(), *size)


def to_png(description: Description) -> bytes:
    """Return a picture of a description."""
    figure: dict[str, Any] = json.loads(description.text)
    return kaleido.to_png(figure, description.width, description.height)
