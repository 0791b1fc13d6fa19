"""What the page asks for: nothing twice, and what comes next before it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

import mediatypes as mt
from tests.viewer.site import until
from tests.viewer.test_browser import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.viewer.site import Site


def heard(page: Page, check: Callable[[], bool]) -> None:
    """Wait until something is true of what the page has told."""

    def look() -> bool:
        page.wait_for_timeout(20)  # events come while the page is waited for
        return check()

    until(look)


def test_each_chart_is_asked_for_once(site: Site, look: Any) -> None:
    page = look(site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("about:blank")
    page.goto(f"{site.base}/#/workspace")
    chart = show(page, "train/loss")
    page.wait_for_selector(f"{chart} [data-ready]", state="attached")
    page.wait_for_timeout(2_500)  # the first look for news is within it

    series = [url for url in asked if "/api/v1/series" in url]
    keys = [key for url in series for key in parse_qs(urlsplit(url).query)["key"]]
    assert sorted(keys) == sorted(set(keys))
    assert "train/loss" in keys
    assert sum("/api/v1/keys" in url for url in asked) == 1
    assert sum("/api/v1/changes" in url for url in asked) >= 2


def test_the_next_step_is_there_before_it_is_wanted(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(dir=tmp_path) as run:
        for step in range(9):
            grey = np.full((8, 8), step, np.uint8)
            run.log({"x": [mt.Image(grey + i) for i in (0, 100)]})
    page = look(serve(tmp_path), "workspace?step=4")
    asked: list[str] = []

    def remember(request: Any) -> None:
        if "/thumb/" in request.url or "/media/" in request.url:
            asked.append(request.url)

    page.on("request", remember)
    panel = show(page, "x")
    page.wait_for_selector(f"{panel} figure[data-step='4']")
    heard(page, lambda: len(asked) >= 6)  # two pictures of three steps
    page.wait_for_timeout(1_000)
    before = len(asked)
    steps = page.evaluate(
        """() => { document.body.dispatchEvent(
            new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
          const of = () => [...document.querySelectorAll('[data-key=x] figure')].map(
            one => one.dataset.step + (one.ariaBusy === 'true' ? ' busy' : ''));
          return new Promise(done => requestAnimationFrame(
            () => requestAnimationFrame(() => done(of())))); }"""
    )
    assert steps == ["5", "5"]
    heard(page, lambda: len(asked) == before + 2)  # those of step 6


def test_all_steps_are_asked_for_once_and_belong_to_the_chosen_runs(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    for name, count in (("one", 70), ("two", 30)):
        with mt.init(name=name, dir=tmp_path, reinit="create_new") as run:
            grey = [np.full((4, 4), i, np.uint8) for i in range(count)]
            run.log({"x": [mt.Image(i, caption=name) for i in grey]})
    page = look(serve(tmp_path), "workspace")
    show(page, "x")
    page.wait_for_selector("[data-key=x] .runrow img")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("[data-key=x] .tabs button:has-text('all steps')")
    page.wait_for_selector(".allcell img")
    page.wait_for_timeout(500)
    stretches = [url for url in asked if "/api/v1/media" in url and "offset" in url]
    assert len(stretches) == len(set(stretches)) >= 1

    page.click(".sidebar label:has-text('two')")
    until(lambda: "70 items" in page.inner_text(".allcount"))
    captions = ".allcell figcaption"
    until(lambda: set(page.locator(captions).all_inner_texts()) == {"0 · one"})
