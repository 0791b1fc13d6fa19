"""Bokeh models and documents: their JSON."""

from __future__ import annotations

from typing import Any, Final

from mediatypes._core.optional import loaded
from mediatypes.adapters.description import Description

__all__ = ["RENDERER", "describe"]

RENDERER: Final = None
_MIME: Final = "application/vnd.bokeh+json"
_SIDE: Final = 600
"""What Bokeh makes of a plot without a size."""


def describe(model: Any) -> Description:
    """Return a model as ``json_item`` writes it, or a document as it writes itself."""
    from bokeh.core.json_encoder import serialize_json
    from bokeh.embed import json_item

    bokeh: Any = loaded("bokeh")
    item, root = model, model
    if hasattr(model, "roots"):
        item, root = model.to_json(), next(iter(model.roots), None)
    else:
        item = json_item(model)
    sides = (int(getattr(root, name, None) or _SIDE) for name in ("width", "height"))
    width, height = sides
    text, version = str(serialize_json(item)), str(bokeh.__version__)
    return Description("bokeh", version, _MIME, text, width, height)
