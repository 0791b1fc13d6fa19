"""plotly, Altair and Bokeh figures: kept as their own JSON, with a picture beside."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import altair as alt
import bokeh
import pandas as pd
import plotly
import pytest
from bokeh.document import Document
from bokeh.layouts import row
from bokeh.plotting import figure as bokeh_figure
from PIL import Image as Pillow
from plotly import graph_objects as go

import mediatypes as mt
from mediatypes import errors
from mediatypes.adapters import description, drawing_process, kaleido
from mediatypes.media import Plot, wrap
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = [0.1, 1e300, -5e-324, 2.0]


def plotly_figure() -> Any:
    return go.Figure(go.Scatter(x=[0, 1, 2, 3], y=NUMBERS), {"width": 300})


def altair_chart() -> Any:
    frame = pd.DataFrame({"x": [0, 1, 2, 3], "y": NUMBERS})
    return alt.Chart(frame, width=120, height=80).mark_line().encode(x="x", y="y")


def bokeh_plot() -> Any:
    plot = bokeh_figure(width=200, height=100)
    plot.line([0, 1, 2, 3], NUMBERS)
    return plot


@pytest.fixture(autouse=True)
def _without_renderers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make as if nothing were installed that makes pictures."""
    monkeypatch.setattr(description, "find_spec", lambda name: None)


@pytest.fixture
def with_renderers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make as if everything were."""
    monkeypatch.setattr(description, "find_spec", lambda name: name)


def numbers_of(plot: Plot) -> list[float]:
    """Return the y values that a stored description has."""
    spec: Any = plot.interactive
    if "datasets" in spec:
        (rows,) = spec["datasets"].values()
        return [each["y"] for each in rows]
    if "doc" in spec:
        text = json.dumps(spec)
        at = text.index('"y", ') + 5
        found: list[float] = json.JSONDecoder().raw_decode(text, at)[0]
        return found
    return list(go.Figure(spec).data[0].y)


FIGURES = [
    (plotly_figure, "plotly", plotly.__version__, (300, 450)),
    (altair_chart, "altair", alt.__version__, (120, 80)),
    (bokeh_plot, "bokeh", bokeh.__version__, (200, 100)),
]


@pytest.mark.parametrize(("make", "library", "version", "size"), FIGURES)
def test_a_figure_is_kept_as_its_own_json_with_its_numbers(
    make: Any, library: str, version: str, size: tuple[int, int]
) -> None:
    plot = wrap(make())
    assert isinstance(plot, Plot)
    encoded = plot.encode()
    found = round_trip(plot)

    assert (encoded.extension, encoded.parts) == ("json", ())
    assert library in encoded.mime or "vega" in encoded.mime
    assert encoded.meta["library"] == library
    assert encoded.meta["library_version"] == version
    assert (plot.width, plot.height) == size
    assert numbers_of(plot) == NUMBERS
    assert plot.problems == ()
    assert found == plot
    assert isinstance(found, Plot)
    assert numbers_of(found) == NUMBERS
    assert (found.data, found.vector) == (None, None)
    with pytest.raises(errors.UnsupportedInputError, match="only a browser draws"):
        plot.to_numpy()


def test_figures_are_logged_bare_alone_and_in_lists() -> None:
    run = mt.init()
    run.log({"one": plotly_figure(), "many": [plotly_figure(), altair_chart()]})
    run.log({"one": bokeh_plot()})
    run.finish(quiet=True)
    found = mt.open_run(run.dir)

    plots: Any = [found.media("one")[0][0], *found.media("many")[0]]
    assert [plot.interactive is not None for plot in plots] == [True] * 3


def test_other_models_of_bokeh_are_no_figures() -> None:
    assert wrap(bokeh.models.ColumnDataSource()) is None
    document = Document()
    document.add_root(row(bokeh_plot(), bokeh_plot()))

    for value in (document, row(bokeh_plot())):
        plot: Any = wrap(value)
        assert "Row" in json.dumps(plot.interactive)


def test_later_changes_do_not_show() -> None:
    figure = plotly_figure()
    plot = Plot(figure)
    figure.data[0].y = [9, 9, 9, 9]

    assert numbers_of(plot) == NUMBERS


def test_numbers_that_json_has_no_form_for_are_null_and_said() -> None:
    data: Any = alt.Data
    values: Any = data(values=[{"x": 0, "y": float("nan")}, {"x": 1, "y": 2}])
    chart = alt.Chart(values).mark_point().encode(x="x:Q", y="y:Q")
    plot = Plot(chart)
    spec: Any = plot.interactive

    assert spec["data"]["values"] == [{"x": 0, "y": None}, {"x": 1, "y": 2}]
    assert plot.problems == ("1 numbers of its JSON are not finite and are null",)
    assert plot.source.reasons == plot.problems
    words = Plot(go.Figure(layout={"title": "NaN"}))
    assert words.problems == ()


def test_what_the_library_cannot_write_is_an_error_of_ours_with_the_key() -> None:
    broken = altair_chart()
    broken.encoding.x = 3
    run = mt.init()

    with pytest.raises(errors.EncodeError, match=r"log: data\['c'\]: Plot: .* as JSON"):
        run.log({"c": broken})
    run.finish(quiet=True)


@pytest.mark.parametrize(
    "options", [{"file_type": "webp"}, {"dpi": 50}, {"bbox": "tight"}, {"vector": True}]
)
def test_options_of_a_drawing_are_refused(options: Any) -> None:
    (name,) = options
    with pytest.raises(errors.OptionError, match=f"{name} must be left out"):
        Plot(plotly_figure(), **options)
    Plot(plotly_figure(), "c", interactive=True, close=True)


# Pictures


@pytest.mark.usefixtures("with_renderers")
def test_a_picture_by_vl_convert_stands_beside_the_json() -> None:
    plot = Plot(altair_chart(), caption="c")
    encoded = plot.encode()

    assert (encoded.extension, encoded.mime) == ("png", "image/png")
    (part,) = encoded.parts
    assert (part.name, part.kind) == ("interactive", "altair")
    assert part.mime.startswith("application/vnd.vegalite.v")
    with Pillow.open(io.BytesIO(encoded.data)) as picture:
        assert picture.size == (plot.width, plot.height)
        assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 2
    assert plot.pixels.shape[:2] == (plot.height, plot.width)
    assert round_trip(plot) == plot
    assert numbers_of(plot) == NUMBERS


@pytest.mark.usefixtures("with_renderers")
def test_a_picture_that_cannot_be_made_is_said_and_the_json_is_there() -> None:
    values: Any = alt.UrlData("http://example.invalid/data.csv")
    run = mt.init()
    run.log({"c": alt.Chart(values).mark_point().encode(x="x:Q")})
    with pytest.warns(errors.MediaTypesWarning, match="'c': no picture by vl_convert"):
        run.finish(quiet=True)
    plot: Any = mt.open_run(run.dir).media("c")[0][0]

    assert plot.interactive["data"]["url"].startswith("http")
    assert plot.source.reasons[0].startswith("no picture by vl_convert: ")


class Kaleido:
    """Stands for kaleido's own: each number of times that it was opened is counted."""

    opened = closed = 0
    trouble: BaseException | None = None

    def __init__(self, n: int) -> None:
        assert n == 1

    async def open(self) -> None:
        if isinstance(Kaleido.trouble, OSError):
            raise Kaleido.trouble
        await asyncio.sleep(0)
        Kaleido.opened += 1

    async def close(self) -> None:
        Kaleido.closed += 1
        if Kaleido.trouble is not None:
            raise Kaleido.trouble

    async def calc_fig(self, figure: Any, opts: Any) -> bytes:
        if Kaleido.trouble is not None:
            raise Kaleido.trouble
        assert figure["data"][0]["type"] == "scatter"
        out = io.BytesIO()
        Pillow.new("RGB", (opts["width"], opts["height"])).save(out, opts["format"])
        return out.getvalue()


@pytest.fixture
def browser(
    monkeypatch: pytest.MonkeyPatch, with_renderers: None
) -> Iterator[type[Kaleido]]:
    """Kaleido without a browser."""
    module: Any = ModuleType("kaleido")
    module.Kaleido = Kaleido
    monkeypatch.setitem(sys.modules, "kaleido", module)
    Kaleido.opened, Kaleido.closed, Kaleido.trouble = 0, 0, None
    rule = drawing_process.begin_run("inline")
    yield Kaleido
    drawing_process.end_run(rule)
    assert kaleido._browser._kaleido is None
    assert Kaleido.opened == Kaleido.closed or Kaleido.trouble is not None


def test_pictures_by_kaleido_share_a_browser(browser: type[Kaleido]) -> None:
    for _ in range(3):
        plot = Plot(plotly_figure())
        encoded = plot.encode()
        assert (encoded.extension, plot.width, plot.height) == ("png", 300, 450)
        assert [part.name for part in encoded.parts] == ["interactive"]
        assert numbers_of(plot) == NUMBERS

    assert (browser.opened, browser.closed) == (1, 0)


@pytest.mark.parametrize("trouble", [OSError("no Chrome"), ValueError("no answer")])
def test_without_a_browser_the_json_is_there_and_the_reason_said(
    browser: type[Kaleido], trouble: Exception
) -> None:
    browser.trouble = trouble
    for _ in range(2):
        plot = Plot(plotly_figure())

        assert plot.encode().extension == "json"
        assert plot.problems == (
            f"no picture by kaleido: {type(trouble).__name__}: {trouble}",
        )
    assert kaleido._browser._loop is None


def test_a_browser_that_does_not_answer_is_given_up(
    browser: type[Kaleido], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forever(self: object, figure: object, opts: object) -> bytes:
        await asyncio.sleep(5)
        return b""

    monkeypatch.setattr(kaleido, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(browser, "calc_fig", forever)

    assert "TimeoutError" in str(Plot(plotly_figure()).source.reasons)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_has_a_browser_of_its_own(browser: type[Kaleido]) -> None:
    Plot(plotly_figure()).encode()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            data = Plot(plotly_figure()).encode()
            code = 0 if (data.extension, browser.opened) == ("png", 2) else 1
        finally:
            os._exit(code)

    assert os.waitpid(pid, 0)[1] == 0
    assert browser.opened == 1


# Damaged files


@pytest.mark.parametrize("data", [b"[1]", b"{", b"\xff", b"[" * 100_000, b"3"])
def test_damaged_json_is_an_error_of_ours(data: bytes) -> None:
    plot = Plot(plotly_figure())
    plot.encode()
    plot._set(_file=data)
    with pytest.raises(errors.DecodeError, match="Plot: its JSON"):
        _ = plot.interactive


@pytest.mark.parametrize("table", [{}, {"columns": ["a"], "data": [[]]}, {"data": 3}])
def test_damaged_numbers_are_an_error_of_ours(table: Any) -> None:
    plot = mt.plot.line(x=[1], y=[1])
    (part,) = plot._forms
    damaged = type(part)(
        part.name, part.kind, part.extension, part.mime, json.dumps(table).encode()
    )
    plot._set(_forms=(damaged,))
    with pytest.raises(errors.DecodeError, match="Plot: its numbers are no table"):
        _ = plot.data
