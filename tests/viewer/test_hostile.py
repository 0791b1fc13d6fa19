"""Runs made by somebody who means harm: the page shows them, and nothing happens."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import shutil
import socket
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from matplotlib.figure import Figure

import mediatypes as mt
from tests.viewer.site import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site

ACTION: Final = "top.canary=1;window.canary=1;document.title='canary'"
SHAPES: Final = (
    "<script>{}</script>",
    '<img src=x onerror="{}">',
    '<svg onload="{}"></svg>',
    "<svg><script>{}</script></svg>",
    '"><script>{}</script>',
    '\'><img src=x onerror="{}">',
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "</script><script>{}</script>",
    '<iframe srcdoc="<script>{}</script>"></iframe>',
    '<a href="javascript:{}">click</a>',
    "[click](javascript:{})",
    '![x](x"onerror="{})',
    "<javascript:{}>",
    "[a](data:text/html,<script>{}</script>)",
    '<math><mtext><img src=x onerror="{}"></mtext></math>',
    '<details open ontoggle="{}">',
    '<body onload="{}">',
    '<input autofocus onfocus="{}">',
    "<style>@import 'http://127.0.0.1:9/x.css'</style>{}",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>{}",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>{}",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "`;{}//",
)
PLACES: Final = (
    *("keys", "captions", "labels", "config", "markdown", "texts"),
    *("tables", "html", "svg", "plotly", "vega"),
)
"""Where each of them stands."""
TRAP: Final = socket.create_server(("127.0.0.1", 0))
"""Whoever is led out of the page ends here."""
ELSEWHERE: Final = f"http://127.0.0.1:{TRAP.getsockname()[1]}/"
PAYLOADS: Final = [
    shape.format(ACTION).replace("http://127.0.0.1:9/", ELSEWHERE) for shape in SHAPES
]


def was_told() -> bytes:
    """Return what somebody has sent to the trap.

    Chromium connects before it asks the page's policy whether a frame may go there; it
    then sends nothing.
    """
    TRAP.settimeout(0.3)
    found = b""
    while True:
        try:
            connection, _ = TRAP.accept()
        except TimeoutError:
            return found
        connection.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            found += connection.recv(1000)
        connection.close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a hundred payloads, in all that a run can say."""
    place = tmp_path_factory.mktemp("hostile")
    (place / "evil.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg"><script>{ACTION}</script></svg>'
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mt.MediaTypesWarning)  # no picture of one
        written = _write(place)
    shutil.copytree(written, place / "runs" / "<img src=x onerror=top.canary=1>")
    return place / "runs"


def _write(place: Path) -> Path:
    first = PAYLOADS[0]
    with mt.init(
        name=PAYLOADS[1],
        dir=place / "runs",
        config={text: text for text in PAYLOADS},
        tags=PAYLOADS[:3],
        notes=PAYLOADS[4],
        reinit="create_new",
    ) as run:
        run.log({f"k/{text}": 1.0 for text in PAYLOADS})
        run.log({"words": PAYLOADS[2]})
        pictures = [_picture(text) for text in PAYLOADS]
        run.log({f"m/{first}": pictures, "text": mt.Text("\n".join(PAYLOADS))})
        run.log({"marked": [mt.Markdown(text, caption=text) for text in PAYLOADS]})
        run.log({"page": mt.Html("".join(PAYLOADS), caption=first)})
        run.log({"file": mt.File(place / "evil.svg", caption=first)})
        sound = mt.Audio(np.zeros(80, np.int16), sample_rate=8000, caption=first)
        run.log({"sound": sound, f"h/{first}": mt.Histogram([1, 2])})
        run.log({"sheet": mt.Table(columns=PAYLOADS, data=[PAYLOADS, PAYLOADS[::-1]])})
        run.log({"drawing": _svg(), "live": _plotly(), "vega": _vega()})
    return run.dir


def _svg() -> mt.Plot:
    figure = Figure(figsize=(4, 8))
    for number, text in enumerate(PAYLOADS):
        plain = text.replace("$", "")  # which would be a formula
        figure.text(0.0, number / len(PAYLOADS), plain, gid=plain, url=plain)
    return mt.Plot(figure, vector=True, caption=PAYLOADS[0])


def _plotly() -> mt.Plot:
    import plotly.graph_objects as go

    bars = go.Bar(
        x=PAYLOADS,
        y=[1] * len(PAYLOADS),
        text=PAYLOADS,
        name=PAYLOADS[0],
        hovertemplate="".join(PAYLOADS),
    )
    notes = [{"text": text, "x": i, "y": 1} for i, text in enumerate(PAYLOADS)]
    layout = {"title": {"text": "".join(PAYLOADS)}, "annotations": notes}
    return mt.Plot(go.Figure(bars, layout), caption=PAYLOADS[0])


def _vega() -> mt.Plot:
    alt: Any = importlib.import_module("altair")
    rows = [{"a": text, "b": 1, "u": f"javascript:{ACTION}"} for text in PAYLOADS]
    chart = alt.Chart(alt.Data(values=rows), title=PAYLOADS[0]).mark_bar()
    chart = chart.encode(x="a:N", y="b:Q", href="u:N", tooltip="a:N")
    return mt.Plot(chart, caption=PAYLOADS[0])  # vl-convert draws no such links


def _picture(text: str) -> mt.Image:
    box = {"position": {"middle": [0.5, 0.5], "width": 1, "height": 1}, "class_id": 1}
    return mt.Image(
        np.zeros((4, 4), np.uint8),
        caption=text,
        masks={text: {"mask_data": np.ones((4, 4), int), "class_labels": {1: text}}},
        boxes={text: {"box_data": [box | {"box_caption": text}]}},
        meta={text: text},
    )


def test_a_hundred_payloads_do_nothing_on_any_page(
    hostile: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    assert len([*itertools.product(PLACES, PAYLOADS)]) == 275
    page = look(serve(hostile), "runs")
    for where in ("runs", "config", "problems", "workspace"):
        page.goto(f"{page.url.partition('#')[0]}#/{where}")
        page.wait_for_selector("main")
        until(lambda: page.inner_text("main"))
    for panel in page.query_selector_all(".panel, .chartcard"):
        panel.scroll_into_view_if_needed()
    until(lambda: page.locator(".panel figure img").count() >= 20)
    until(lambda: page.locator(".markdown").count() >= 20)
    until(lambda: page.locator(".sheet td").count() >= 2 * len(PAYLOADS))
    page.wait_for_selector("[data-key=drawing] img")
    page.click(".panel .picture >> nth=0")
    page.wait_for_selector("dialog.lightbox[open] img")

    assert was_told() == b""
    assert "<script>" in page.inner_text("dialog .about")
    assert page.evaluate("window.canary ?? null") is None
    assert page.title() == "mediatypes"
    inside = "#app script, #app iframe:not(.figure iframe), a[href^='javascript']"
    assert page.locator(inside).count() == 0


@pytest.mark.parametrize("key", ["live", "vega"])
def test_payloads_in_a_description_do_nothing_in_its_frame(
    hostile: Path, serve: Callable[[Path], Site], look: Any, key: str
) -> None:
    page = look(serve(hostile), "workspace", expected=("Content Security", "net::ERR"))
    page.wait_for_selector(f"[data-key={key}]", state="attached")
    page.locator(f"[data-key={key}]").first.scroll_into_view_if_needed()
    row = f"[data-key={key}] .figure >> nth=0"
    page.wait_for_selector(row)
    if not page.locator(f"{row} >> iframe").count():
        page.click(f"{row} >> button.draw")
    frame = page.wait_for_selector(f"{row} >> iframe").content_frame()
    page.wait_for_selector(f"{row} >> .cell[aria-busy=false]", timeout=60_000)
    if key == "live":
        frame.wait_for_selector("svg.main-svg .bars path")
    element = page.wait_for_selector(f"{row} >> iframe")
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    for part in (0.3, 0.5, 0.7):  # over bars and words, which answer to the mouse
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.up()
    page.wait_for_timeout(300)

    assert was_told() == b""
    assert frame.evaluate("window.canary ?? null") is None
    assert frame.title() == "Figure"
    assert page.evaluate("window.canary ?? null") is None
    assert page.title() == "mediatypes"


def test_scripts_of_a_logged_page_stay_in_their_frame(
    hostile: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    expected: tuple[str, ...] = (
        "Content Security Policy",
        "Blocked a frame",
        "net::ERR",
        "autofocus",
    )
    expected += (f"asked for {ELSEWHERE}",)  # what the policy stops is told as well
    page = look(serve(hostile), "workspace", expected=expected)
    page.wait_for_selector("[data-key=page]", state="attached")
    page.locator("[data-key=page]").scroll_into_view_if_needed()
    page.click("[data-key=page] button.inert >> nth=0")
    page.wait_for_selector("[data-key=page] iframe")
    until(lambda: len(page.frames) > 1)
    page.wait_for_timeout(500)

    assert was_told() == b""
    assert page.evaluate("window.canary ?? null") is None
    assert page.title() == "mediatypes"


def test_a_logged_svg_is_a_download_with_its_scripts_locked(
    hostile: Path, serve: Callable[[Path], Site]
) -> None:
    site = serve(hostile)
    answer = site.file(site.item("file")["url"])

    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert "script-src" not in answer.headers["content-security-policy"]


def test_a_folder_that_is_a_link_out_of_the_run_is_not_followed(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": mt.Text("inside")})
    (path,) = (run.dir / "media/text/x").iterdir()
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"inside")  # even with the very same bytes
    path.unlink()
    path.symlink_to(secret)
    site = serve(tmp_path)

    assert site.file(site.item("x")["url"]).status == 410
