"""For authors of media types: a suite that every type has to pass, and examples.

It needs pytest and hypothesis, which the package itself does not.
"""

from __future__ import annotations

from mediatypes.testing.conformance import MediaTests, round_trip
from mediatypes.testing.lookup import values_of
from mediatypes.testing.strategies import (
    array,
    arrays,
    audio,
    file,
    histogram,
    html,
    image,
    markdown,
    plot,
    table,
    text,
    video,
    words,
)

__all__ = [
    "MediaTests",
    "array",
    "arrays",
    "audio",
    "file",
    "histogram",
    "html",
    "image",
    "markdown",
    "plot",
    "round_trip",
    "table",
    "text",
    "values_of",
    "video",
    "words",
]
