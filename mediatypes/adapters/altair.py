"""Altair charts: their Vega-Lite JSON, and a picture by vl-convert."""

from __future__ import annotations

from typing import Any, Final

from mediatypes._core.optional import loaded, require
from mediatypes.adapters.description import Description

__all__ = ["RENDERER", "describe", "to_png"]

RENDERER: Final = "vl_convert"
_SIDE: Final = 300
"""What Vega-Lite makes of a view without a size."""


def describe(chart: Any) -> Description:
    """Return `chart` as its own ``to_json`` writes it, its data in it."""
    altair: Any = loaded("altair")
    with altair.data_transformers.enable("default", max_rows=None):
        text = chart.to_json(indent=None)
    width, height = (_side(getattr(chart, name, None)) for name in ("width", "height"))
    mime = f"application/vnd.vegalite.{_schema().split('.')[0]}+json"
    return Description("altair", str(altair.__version__), mime, text, width, height)


def _side(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else _SIDE


def _schema() -> str:
    """Return the version of Vega-Lite that Altair writes, such as ``"v6.1.0"``."""
    return str(getattr(loaded("altair"), "SCHEMA_VERSION", "v5"))


def to_png(description: Description) -> bytes:
    """Return a picture of a description; nothing is fetched for it."""
    converter: Any = require("vl_convert", extra="altair", feature="a chart's picture")
    major, minor = (*_schema().lstrip("v").split("."), "0")[:2]
    data: bytes = converter.vegalite_to_png(
        description.text, vl_version=f"{major}.{minor}", allowed_base_urls=[]
    )
    return data
