"""A figure as SVG: drawn by a browser's rules, words as words, safe to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from mediatypes.media import Plot
from mediatypes.testing import round_trip
from tests.gallery import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    yield
    plt.close("all")


def drawing() -> Figure:
    figure = Figure(figsize=(2, 1), dpi=60)
    axes = figure.subplots()
    axes.plot([1, 2], url="javascript:alert(1)", gid="curve")
    axes.imshow(np.eye(2), extent=(0, 1, 0, 1), aspect="auto")
    axes.set_title("täxt & <b>", url="http://example.invalid/")
    return figure


def test_words_are_words_and_nothing_leads_out() -> None:
    plot = Plot(drawing(), vector=True)
    root = ET.fromstring(plot.vector or b"")
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    links = [
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.endswith("href")
    ]

    assert plot.problems == ()
    assert root.tag == f"{SVG}svg"
    assert "täxt & <b>" in [element.text for element in root.iter(f"{SVG}text")]
    assert {"path", "image"} <= tags
    assert not tags & {"script", "a", "metadata", "foreignObject"}
    assert links
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert (root.get("width"), root.get("height")) == ("144pt", "72pt")


def test_the_same_figure_is_the_same_bytes_and_leaves_no_trace() -> None:
    figure = drawing()
    before = dict(mpl.rcParams), figure.canvas, figure.stale
    first, second = (Plot(figure, vector=True).vector for _ in range(2))

    assert first == second
    assert (dict(mpl.rcParams), figure.canvas, figure.stale) == before


def test_it_reads_back_beside_the_picture() -> None:
    plot = Plot(drawing(), vector=True)
    found = round_trip(plot)
    (part,) = plot.encode().parts

    assert isinstance(found, Plot)
    assert found.vector == plot.vector
    assert found == plot
    assert found != Plot(drawing())
    assert (part.name, part.extension, part.mime) == ("vector", "svg", "image/svg+xml")
    np.testing.assert_array_equal(plot.pixels, Plot(drawing()).pixels)


@pytest.mark.filterwarnings("ignore")
def test_a_description_of_seaborn_has_one_too() -> None:
    import seaborn.objects as so

    plot = Plot(
        so.Plot({"x": [1, 2], "y": [1, 2]}, "x", "y").add(so.Dot()), vector=True
    )

    assert plot.vector is not None
    assert ET.fromstring(plot.vector).tag == f"{SVG}svg"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", plain.FIGURES)
def test_every_figure_of_the_gallery_has_one(name: str) -> None:
    plain.FIGURES[name]()
    plot = Plot(plt, vector=True)
    words = {
        text.get_text()
        for text in plt.gcf().findobj(mpl.text.Text)
        if text.get_visible() and text.get_text().isalpha()
    }
    root = ET.fromstring(plot.vector or b"")
    found = {element.text for element in root.iter(f"{SVG}text")}
    seen = {word for word in words if word in found}

    assert len(seen) >= 0.5 * len(words)  # ticks that are outside are not drawn


def test_why_there_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        msg = "no paths today"
        raise OSError(msg)

    monkeypatch.setattr("matplotlib.backends.backend_svg.RendererSVG.draw_path", broken)
    plot = Plot(drawing(), vector=True)

    assert plot.vector is None
    assert plot.problems == ("no vector form: OSError: no paths today",)
    assert plot.pixels.shape == (60, 120, 4)
