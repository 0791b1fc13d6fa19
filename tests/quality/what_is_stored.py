"""The table of what is stored for each element type, made by storing it.

After a change that is meant, write the page anew::

    python tests/quality/what_is_stored.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

if __name__ == "__main__":  # as a script, Python's path begins in this folder
    sys.path.insert(0, str(Path(__file__).parents[2]))

from mediatypes.errors import InvalidMediaError
from mediatypes.media import Array, Audio, Histogram, Image, Video

__all__ = ["PAGE", "page"]

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "what-is-stored.md"

DTYPES: Final = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64", "longdouble", "complex64", "complex128"),
    *("<U3", "S3", "datetime64[s]", "object"),
)
NAMES: Final = {"<U3": "text", "S3": "bytes", "datetime64[s]": "datetime64"}

_MARKED: Final = re.compile("(<!-- made: (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def _error(error: InvalidMediaError) -> str:
    return f"refused: {type(error).__name__}"


def _image(array: Any) -> tuple[str, str]:
    image = Image(array)
    form = f"{8 * image.pixels.itemsize}-bit {image.file_type.upper()}"
    return form, image.source.rule or ""


def _audio(array: Any) -> tuple[str, str]:
    sound = Audio(array, 8_000)
    return f"WAV {sound.encode().meta['subtype']}", sound.source.rule or ""


def _histogram(array: Any) -> tuple[str, str]:
    histogram = Histogram(array)
    counts, edges = histogram.counts.dtype, histogram.edges.dtype
    return f"{counts} counts, {edges} edges", histogram.source.rule or ""


def _video(array: Any) -> tuple[str, str]:
    video = Video(array[np.newaxis, np.newaxis], file_type="png")
    return "8 bits a channel", video.source.rule or ""


def _array(array: Any) -> tuple[str, str]:
    value = Array(array)
    dtype = value.encode().meta["dtype"].removeprefix("|")
    return f"NPY `{dtype}`", value.source.rule or ""


TYPES: Final = {
    "Image": _image,
    "Audio": _audio,
    "Histogram": _histogram,
    "Array": _array,
    "Video": _video,
}


def _cell(name: str, array: Any) -> str:
    try:
        form, rule = TYPES[name](array)
    except InvalidMediaError as error:
        return _error(error)
    return f"{form}, `{rule}`"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n" + "\n".join(lines) + "\n"


def _element_types() -> str:
    rows = []
    for dtype in DTYPES:
        array = np.zeros((4, 4), dtype)
        cells = [_cell(name, array) for name in TYPES]
        if dtype == "longdouble":  # which has another size on other machines
            cells[list(TYPES).index("Array")] = "NPY, as wide as it is, `exact`"
        rows.append([NAMES.get(dtype, dtype), *cells])
    return _table(["Elements", *TYPES], rows)


_COUNTS: Final = ("clipped", "nonfinite")


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def _odd_cell(media: Any, array: Any) -> str:
    """Return what is stored for the one number of `array`, and how it is counted."""
    if media is Image:
        picture = Image(array)
        stored, source = picture.pixels[0, 0], picture.source
    else:
        sound = Audio(array.ravel(), 8_000)
        stored, source = sound.to_numpy()[0], sound.source
    counted = [name for name in _COUNTS if getattr(source, name)]
    return f"{_number(stored)}{f', {counted[0]}' if counted else ''}"


CASES: Final = (
    ("float32 0.5", np.float32(0.5)),
    ("float32 1.5", np.float32(1.5)),
    ("float32 −0.25", np.float32(-0.25)),
    ("float32 1.001", np.float32(1.001)),
    ("float32 NaN", np.float32("nan")),
    ("float32 infinity", np.float32("inf")),
    ("float32 −infinity", np.float32("-inf")),
    ("int16 300", np.int16(300)),
    ("int16 −1", np.int16(-1)),
    ("int64 255", np.int64(255)),
    ("uint16 65535", np.uint16(65_535)),
    ("int32 65536", np.int32(65_536)),
)


def _odd_values() -> str:
    rows = []
    for name, number in CASES:
        array = np.full((1, 1), number)
        cells = []
        for media in (Image, Audio):
            try:
                cells.append(_odd_cell(media, array))
            except InvalidMediaError as error:
                cells.append(_error(error))
        rows.append([name, *cells])
    return _table(["One value", "Image: pixel", "Audio: sample"], rows)


_TABLES: Final = {"element types": _element_types, "odd values": _odd_values}


def page() -> str:
    """Return the page as it has to be: its prose, and tables made anew."""

    def made(found: re.Match[str]) -> str:
        return f"{found[1]}{_TABLES[found[2]]()}\n{found[3]}"

    return _MARKED.sub(made, PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
