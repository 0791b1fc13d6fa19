"""Figures that are drawn from their description, in a frame that reaches nothing."""

from __future__ import annotations

import importlib.util
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

import mediatypes as mt
from mediatypes.viewer import figures
from tests.cli.test_commands import call
from tests.viewer.site import until
from tests.viewer.test_browser import show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.viewer.site import Site


def drawn(page: Any, key: str) -> Any:
    """Ask for the figure to be drawn; return its frame, once it is."""
    row = f"{show(page, key)} [data-run*=first]"
    if key == "bars":  # which has a picture
        page.wait_for_selector(f"{row} img")
        page.click(f"{row} button.draw")
    frame = page.wait_for_selector(f"{row} iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    page.wait_for_selector(f"{row} .cell:has(iframe)[aria-busy=false]", timeout=60_000)
    return frame.content_frame()


@pytest.mark.parametrize(
    ("key", "words"), [("live", "bar {step}"), ("bars", "chart {step}")]
)
def test_a_figure_is_drawn_and_follows_the_step(
    site: Site, look: Any, key: str, words: str
) -> None:
    page = look(site, "workspace?step=40")
    frame = drawn(page, key)
    text = "document.body.textContent"
    until(lambda: words.format(step=40) in frame.evaluate(text), 20)
    page.locator("body").press("ArrowLeft")  # 35, which the second run has
    page.locator("body").press("ArrowLeft")
    until(lambda: words.format(step=30) in frame.evaluate(text), 20)
    page.wait_for_selector(f"[data-key={key}] .cell:has(iframe)[data-step='30']")
    assert words.format(step=40) not in frame.evaluate(text)


@pytest.mark.parametrize("key", ["live", "bars"])
def test_its_frame_reaches_neither_the_server_nor_the_page(
    site: Site, look: Any, key: str
) -> None:
    refused = ("Content Security Policy", "Blocked a frame", "net::ERR")
    page = look(site, "workspace", expected=refused)
    frame = drawn(page, key)
    ask = "u => fetch(u).then(r => r.status, e => 'refused')"
    within = (
        "() => { try { return top.document.title } catch (e) { return 'refused' } }"
    )

    assert frame.evaluate("self.origin") == "null"
    assert frame.evaluate(ask, f"{site.base}/api/v1/runs") == "refused"
    assert frame.evaluate(ask, f"{site.base}/static/main.js") == "refused"
    assert frame.evaluate(within) == "refused"


def test_a_figure_that_cannot_be_drawn_says_so(
    tmp_path: Path, serve: Any, look: Any
) -> None:
    import plotly.graph_objects as go

    with mt.init(dir=tmp_path, reinit="create_new") as run:
        figure = go.Figure(go.Bar(y=[1]))
        run.log({"x": mt.Plot(figure)})
    (path,) = (run.dir / "media/plot/x").iterdir()
    found = serve(tmp_path)
    path.write_bytes(b"{" * path.stat().st_size)  # no longer what was recorded
    page = look(found, "workspace", expected=("410",))
    show(page, "x")
    page.wait_for_selector("[data-key=x] .broken")

    assert "digest differs" in page.inner_text("[data-key=x] .broken")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without the libraries."""
    figures.script.cache_clear()
    for name in ("plotly", "vl_convert"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    yield
    figures.script.cache_clear()


def test_without_the_library_the_picture_is_there_and_the_way_to_more(
    bare: None, site: Site, look: Any
) -> None:
    page = look(site, "workspace")
    panel = show(page, "live")
    page.wait_for_selector(f"{panel} .card")

    assert "plotly is installed" in page.inner_text(panel)
    assert page.locator(f"{panel} button.draw").count() == 0
    assert page.locator(f"{panel} a.download").count() == 2
    assert site.ask("/frame/plotly").status == 404
    assert site.ask("/frame/plotly.js").status == 404
    show(page, "bars")
    page.wait_for_selector("[data-key=bars] img")


@pytest.mark.parametrize("name", ["plotly", "vega"])
def test_the_frame_may_run_its_scripts_and_nothing_else(site: Site, name: str) -> None:
    answer = site.ask(f"/frame/{name}", token=False)
    policy = answer.headers["content-security-policy"]

    assert answer.status == 200
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "connect-src" not in policy
    assert "unsafe-eval" not in policy
    assert "allow-same-origin" not in policy
    library = site.ask(f"/frame/{name}.js", token=False)
    assert library.status == 200
    assert library.headers["cross-origin-resource-policy"] == "cross-origin"
    again = site.ask(f"/frame/{name}.js", If_None_Match=library.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_an_unknown_library_is_none(site: Site) -> None:
    assert site.ask("/frame/else").status == 404
    assert site.ask("/frame/else.js").status == 404


def test_figures_are_drawn_in_an_export_from_disk(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], browser: Any
) -> None:
    path = str(mt.runs(folder).paths[0])
    assert call(capsys, "export", path, str(tmp_path / "o.html"))[0] == 0
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(20_000)
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.goto((tmp_path / "o.html").as_uri() + "#/workspace?step=40")
    page.wait_for_selector("header.top")
    for key, words in (("live", "bar 40"), ("bars", "chart 40")):
        drawn(page, key).wait_for_selector(f"text={words}")
    page.close()
    assert not troubles


def test_nothing_of_a_library_ends_the_block_it_is_in() -> None:
    text = figures.whole_frame_page("plotly")

    assert text is not None
    assert text.count("</script") == 2
    assert json.dumps("</script>")[1:-1] not in text.replace("</script>", "", 2)
