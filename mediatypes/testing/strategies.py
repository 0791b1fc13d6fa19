"""Hypothesis strategies: small values of every type, odd ones among them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mediatypes.media import (
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy
    from numpy.typing import NDArray

__all__ = [
    "PIXELS",
    "array",
    "arrays",
    "audio",
    "file",
    "histogram",
    "html",
    "image",
    "markdown",
    "plot",
    "table",
    "text",
    "video",
    "words",
]

PIXELS: Final = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64"),
)
"""Names of the element types of pictures, and of most arrays."""
_SAMPLES: Final = ("uint8", "int16", "int32", "float16", "float32", "float64")


def arrays(
    dtypes: Sequence[str], shapes: SearchStrategy[tuple[int, ...]]
) -> SearchStrategy[NDArray[Any]]:
    """Return arrays of any of `dtypes`: also NaN, infinite, denormal and extreme ones.

    Parameters
    ----------
    dtypes
        Names of element types.
    shapes
        Strategy of shapes.
    """
    return st.sampled_from(dtypes).flatmap(lambda name: hnp.arrays(name, shapes))


def words() -> SearchStrategy[dict[str, Any]]:
    """Return captions, ids and meta, as keyword arguments of a media type."""
    text = st.text(max_size=80)
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    choices: dict[str, SearchStrategy[Any]] = {
        "caption": text,
        "id": text,
        "meta": st.dictionaries(text, plain | text | st.lists(plain), max_size=3),
    }
    return st.fixed_dictionaries({}, optional=choices)


@st.composite
def array(draw: DrawFn) -> Array:
    """Return arrays of numbers, text and records, of 0 to 3 axes."""
    shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    kinds = hnp.scalar_dtypes() | hnp.unicode_string_dtypes(max_len=4)
    dtype = draw(kinds | hnp.array_dtypes(max_size=3))
    return Array(draw(hnp.arrays(dtype, shapes)), **draw(words()))


@st.composite
def image(draw: DrawFn) -> Image:
    """Return images from arrays of every dtype and number of channels, as PNG.

    Some have masks, boxes, points and classes.
    """
    side = st.integers(1, 5)
    shapes = st.tuples(side, side) | st.tuples(side, side, st.integers(1, 4))
    pixels = draw(arrays(PIXELS, shapes))
    size = (pixels.shape[0], pixels.shape[1])
    return Image(pixels, layout="HWC", **draw(words()), **draw(_annotations(size)))


def _annotations(size: tuple[int, int]) -> SearchStrategy[dict[str, Any]]:
    """Return annotations of a picture of `size`, as keyword arguments."""
    names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
    labels = st.dictionaries(st.integers(-9, 99), st.text(max_size=9), max_size=3)
    ids = hnp.arrays(st.sampled_from(["bool", "uint8", "uint16"]), size)
    mask = st.fixed_dictionaries({"mask_data": ids}, optional={"class_labels": labels})
    number = st.floats(0, 1)
    position: dict[str, SearchStrategy[Any]] = {
        "middle": st.lists(number, min_size=2, max_size=2)
    }
    position |= {"width": number, "height": number}
    box = st.fixed_dictionaries({"position": st.fixed_dictionaries(position)})
    boxes = st.fixed_dictionaries(
        {"box_data": st.lists(box, max_size=2)}, optional={"class_labels": labels}
    )
    points = st.fixed_dictionaries({"point_data": hnp.arrays("f4", (2, 2))})
    choices: dict[str, SearchStrategy[Any]] = {"classes": labels}
    for name, item in (("masks", mask), ("boxes", boxes), ("points", points)):
        choices[name] = st.dictionaries(names, item, max_size=2)
    return st.fixed_dictionaries({}, optional=choices)


@st.composite
def audio(draw: DrawFn) -> Audio:
    """Return sounds of every sample type, empty ones among them, as WAV."""
    frames = st.integers(0, 12)
    shapes = st.tuples(frames) | st.tuples(frames, st.integers(1, 4))
    samples = draw(arrays(_SAMPLES, shapes))
    rate = draw(st.integers(1, 384_000))
    return Audio(samples, rate, layout="FC", **draw(words()))


@st.composite
def histogram(draw: DrawFn) -> Histogram:
    """Return histograms of numbers of every type, and of given counts and edges."""
    if draw(st.booleans()):
        values = draw(arrays(PIXELS, st.tuples(st.integers(0, 20))))
        return Histogram(values, num_bins=draw(st.integers(1, 512)))
    steps = st.lists(st.integers(-1000, 1000), min_size=2, max_size=9, unique=True)
    edges = np.sort(draw(steps)) / 7
    counts = draw(arrays(["uint8", "uint64"], st.just((len(edges) - 1,))))
    return Histogram(np_histogram=(counts, edges))


@st.composite
def plot(draw: DrawFn) -> Plot:
    """Return plots of small figures."""
    from matplotlib.figure import Figure

    size = draw(st.integers(20, 60)), draw(st.integers(20, 60))
    figure = Figure(figsize=(size[0] / 50, size[1] / 50), dpi=50)
    return Plot(figure, **draw(words()))


def file() -> SearchStrategy[File]:
    """Return files of any bytes, some like those of known formats, with any name."""
    starts = st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WAVE", b"<svg"])
    content = st.builds(bytes.__add__, starts, st.binary(max_size=40))
    stems = st.text(min_size=1, max_size=20).filter(lambda stem: stem[-1] not in "/\\")
    ends = st.sampled_from(["", ".csv", ".PNG", ".html", ".exe"])
    names = st.none() | st.builds(str.__add__, stems, ends)
    return st.builds(_file, content, names, words())


def _file(content: bytes, name: str | None, options: dict[str, Any]) -> File:
    return File(content, name=name, **options)


@st.composite
def html(draw: DrawFn) -> Html:
    """Return pages and pieces of them, with and without a declared encoding."""
    starts = ["", "<!doctype html><html><head>", "<html lang=de>", "<!-- <head> -->"]
    text = draw(st.sampled_from(starts)) + draw(st.text(max_size=40))
    declared = draw(st.sampled_from(["", '<meta charset="utf-8">']))
    inject = draw(st.booleans())
    return Html(declared + text, inject, data_is_not_path=True, **draw(words()))


@st.composite
def markdown(draw: DrawFn) -> Markdown:
    """Return texts in Markdown."""
    return Markdown(draw(st.text(max_size=60)), **draw(words()))


def cells() -> SearchStrategy[Any]:
    """Return what the cells of a table may hold, lists and media among it."""
    times = st.datetimes() | st.dates() | st.times() | st.timedeltas()
    aware = st.datetimes(timezones=st.just(dt.UTC))
    numbers = st.integers() | st.floats() | st.complex_numbers() | st.decimals()
    dtypes = hnp.scalar_dtypes() | hnp.unicode_string_dtypes(max_len=3)
    shapes = hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=2)
    media = image() | audio() | histogram() | text()
    plain = st.none() | st.booleans() | numbers | st.text() | st.binary()
    leaves = plain | times | aware | hnp.arrays(dtypes, shapes) | media
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=3,
    )


@st.composite
def table(draw: DrawFn) -> Table:
    """Return tables of mixed cells, and of columns of one type, media among them."""
    letters = st.text(st.characters(codec="utf-8"), max_size=8)
    names = draw(st.lists(letters, max_size=4, unique=True))
    length = draw(st.integers(0, 4))
    kinds = [cells(), st.none() | st.integers(), st.none() | st.floats(), st.booleans()]
    columns: dict[str, Any] = {}
    for name in names:
        if draw(st.booleans()):
            values: Any = st.lists(
                draw(st.sampled_from(kinds)), min_size=length, max_size=length
            )
        else:
            times = ["datetime64[D]", "datetime64[ns]", "timedelta64[us]"]
            values = arrays([*PIXELS, *times], st.just((length,)))
        columns[name] = draw(values)
    return Table(columns, **draw(words()))


@st.composite
def text(draw: DrawFn) -> Text:
    """Return texts of any characters."""
    return Text(draw(st.text(max_size=60)), **draw(words()))


@st.composite
def video(draw: DrawFn) -> Video:
    """Return videos of every dtype and number of channels, in the exact formats."""
    side = st.integers(1, 4)
    shapes = st.tuples(st.integers(1, 3), st.integers(1, 4), side, side)
    kinds = [name for name in PIXELS if name != "uint16"]
    frames = draw(arrays(kinds, shapes))
    form = draw(st.sampled_from(["webp", "png"]))
    rate = draw(st.integers(1, 60) | st.floats(0.01, 1000))
    return Video(frames, fps=rate, file_type=form, layout="TCHW", **draw(words()))
