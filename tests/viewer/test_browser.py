"""The dashboard as a person meets it, in Chromium."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from tests.viewer.conftest import picture
from tests.viewer.site import Site, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

Look = "Callable[..., Page]"
PANEL = "[data-key='val/pictures']"
KINDS = {
    "val/pictures": ("image", "img"),
    "depth": ("image", "img"),
    "sound": ("audio", "canvas.spectrum"),
    "walk": ("plot", "img"),
    "spread": ("histogram", ".heat-map canvas"),
    "matrix": ("array", "canvas.plane"),
    "page": ("html", "button.inert"),
    "words": ("text", "pre:has-text('plain words of step')"),
    "marked": ("markdown", ".markdown strong:has-text('strong')"),
    "scan": ("object3d", ".space canvas[data-drawn]"),
    "rows": ("table", ".sheet td img"),
    "weights": ("file", "a.download"),
    "film": ("video", "video"),
    "live": ("plot", "iframe"),
    "bars": ("plot", "img"),
}
"""Kind and content of each panel."""


WATCH = """s => {
  window.bad = []; window.seen = 0;
  const check = () => {
    for (const f of document.querySelectorAll(s + ' figure[data-step]')) {
      window.seen++;
      const c = new OffscreenCanvas(32, 24).getContext('2d');
      c.drawImage(f.querySelector('img'), 0, 0, 32, 24);
      const red = c.getImageData(20, 20, 1, 1).data[0];
      const words = f.innerText.includes('step ' + f.dataset.step + ' ');
      const over = f.querySelector('canvas')?.dataset.sha;
      if (red !== f.dataset.step * 4 || !words || (over && over !== f.dataset.sha))
        window.bad.push([f.dataset.step, red, f.innerText, over]);
    }
    requestAnimationFrame(check); };
  check(); }"""
"""Looks at every picture of a panel in every frame: pixels, words, overlay."""


def show(page: Page, key: str) -> str:
    """Bring a panel to the screen; return its selector."""
    selector = f"[data-key={json.dumps(key)}]"
    page.wait_for_selector(selector, state="attached")
    page.evaluate(
        "s => document.querySelector(s).scrollIntoView({block: 'center'})", selector
    )
    return selector


def url(page: Page) -> str:
    """Return the address as it is now; Playwright's own is that of its last event."""
    found: str = page.evaluate("location.href")
    return found


def test_the_table_lists_runs_and_opens_one(site: Site, look: Any) -> None:
    page = look(site, "runs")
    page.wait_for_selector("tbody tr")

    names = page.locator("tbody tr .name button").all_inner_texts()
    assert names == ["second", "first"]
    assert "finished" in page.inner_text("tbody tr")
    page.fill("input[type=search]", "lr<0.15")
    until(lambda: page.locator("tbody tr").count() == 1)
    page.click("tbody tr .name button")
    page.wait_for_selector(".workspace")
    chosen = page.locator(".sidebar input:checked").count()
    assert chosen == 1
    assert "token" not in url(page)


def test_the_table_is_sorted_by_a_click_on_its_head(site: Site, look: Any) -> None:
    page = look(site, "runs")
    page.click("th:has-text('Name') button")

    until(lambda: page.inner_text("tbody tr .name button") == "first")
    assert page.get_attribute("th:has-text('Name')", "aria-sort") == "ascending"


def test_every_kind_has_a_panel_that_shows_it(site: Site, look: Any) -> None:
    page = look(site, "workspace")
    for key, (kind, content) in KINDS.items():
        panel = show(page, key)
        page.wait_for_selector(f"{panel} [data-step]")
        assert page.get_attribute(panel, "data-kind") == kind
        page.wait_for_selector(f"{panel} {content}")
        assert page.locator(f"{panel} .broken").count() == 0


def test_charts_are_drawn_with_both_runs(site: Site, look: Any) -> None:
    page = look(site, "workspace")
    chart = show(page, "train/loss")

    page.wait_for_selector(f"{chart} [data-ready] canvas")
    colours = page.evaluate(
        """s => { const c = document.querySelector(s + ' canvas');
        const g = c.getContext('2d');
        const d = g.getImageData(0, 0, c.width, c.height).data;
        const found = new Set();
        for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 250)
          found.add([d[i], d[i + 1], d[i + 2]].join());
        return [...found]; }""",
        chart,
    )
    assert {"59,130,246", "249,115,22"} <= set(colours)


def test_a_picture_and_its_mask_are_those_of_the_step_that_is_named(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace?step=20")
    panel = show(page, "val/pictures")
    row = f"{panel} [data-run*='second']"

    page.wait_for_selector(f"{row} figure[data-step='15']")
    assert "≤ step 15" in page.inner_text(f"{row} header")
    colour = page.evaluate(
        """async s => { const i = document.querySelector(s); await i.decode();
        const c = new OffscreenCanvas(32, 24).getContext('2d');
        c.drawImage(i, 0, 0, 32, 24);
        return [...c.getImageData(20, 20, 1, 1).data].slice(0, 3); }""",
        f"{row} figure[data-index='2'] img",
    )
    assert colour == picture(15, 2, 1)[20, 20].tolist()


def test_scrubbing_fast_never_shows_a_picture_of_another_step(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace")
    panel = show(page, "val/pictures")
    page.wait_for_selector(f"{panel} figure[data-step]")
    page.evaluate(
        WATCH,
        panel,
    )
    slider = page.locator(".stepbar input[type=range]")
    last = int(slider.get_attribute("max") or 0)
    for position in [*range(last), *range(last, -1, -3), *range(0, last + 1, 2)]:
        slider.evaluate(
            "(e, v) => { e.value = v;"
            " e.dispatchEvent(new Event('input', {bubbles: true})); }",
            position,
        )
    until(lambda: not page.evaluate("document.querySelector('figure[aria-busy=true]')"))

    assert page.evaluate("window.seen") > 100
    assert page.evaluate("window.bad") == []


def test_the_keyboard_moves_the_step_and_changes_the_page(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace?step=20")
    page.wait_for_selector(".stepbar")
    until(lambda: page.input_value(".stepnumber") == "20")
    page.locator("body").press("ArrowLeft")
    until(lambda: page.input_value(".stepnumber") == "15")
    page.locator("body").press("End")
    until(lambda: page.input_value(".stepnumber") == "60")
    page.locator("body").press("3")
    page.wait_for_selector("main.config")
    page.locator("body").press("?")
    page.wait_for_selector("dialog.help[open]")
    page.locator("body").press("Escape")
    until(lambda: page.locator("dialog").count() == 0)


def test_every_control_has_a_name_for_a_screen_reader(site: Site, look: Any) -> None:
    page = look(site, "workspace")
    show(page, "val/pictures")
    page.wait_for_selector(f"{PANEL} figure[data-step]")

    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, img, canvas')]
        .filter(e => !(e.innerText?.trim() || e.ariaLabel || e.alt || e.closest('label')
          || e.ariaHidden === 'true' || e.closest('.chart, .sound-picture')))
        .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_the_state_of_the_page_is_in_its_address(site: Site, look: Any) -> None:
    page = look(site, "workspace")
    page.wait_for_selector(".settings")
    page.check("label:has-text('log y') input")
    page.click(".sidebar label:has-text('first')")
    until(lambda: all(word in url(page) for word in ("log=1", "run=")))
    address = url(page)

    other = page.context.new_page()
    other.goto(site.link)
    other.wait_for_selector("header.top")
    other.goto(address)
    other.wait_for_selector(".settings")
    until(lambda: other.is_checked("label:has-text('log y') input"))
    assert other.locator(".sidebar input:checked").count() == 1
    assert site.links.token not in address


def test_the_large_view_shows_exact_values_and_compares_runs(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace")
    panel = show(page, "depth")
    page.click(f"{panel} .picture >> nth=0")
    page.wait_for_selector("dialog.lightbox[open] .layer img")
    box = page.locator(".layer").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.95)
    until(lambda: "63000" in page.inner_text("dialog header"))
    page.click("dialog .tabs button:has-text('difference')")
    page.wait_for_selector(".verdict")
    assert "equal" in page.inner_text(".verdict")
    page.keyboard.press("Escape")
    until(lambda: page.locator("dialog").count() == 0)


def test_samples_of_several_runs_stand_side_by_side(site: Site, look: Any) -> None:
    page = look(site, "workspace?step=60")
    panel = show(page, "val/pictures")
    page.click(f"{panel} .tabs button:has-text('by sample')")
    page.wait_for_selector(f"{panel} .samples figure[data-index='3']")

    def stand() -> bool:  # once the pictures of both runs are there
        tops = page.evaluate(
            """s => [0, 1, 2, 3].map(i => [...document.querySelectorAll(`${s} ` +
            `figure[data-index="${i}"]`)].map(f => f.getBoundingClientRect().top))""",
            panel,
        )
        even = all(len(row) == 2 and abs(row[0] - row[1]) < 2 for row in tops)
        return even and tops == sorted(tops)

    until(stand)


def test_a_class_that_is_switched_off_is_not_drawn(site: Site, look: Any) -> None:
    page = look(site, "workspace?step=60")
    panel = show(page, "val/pictures")
    canvas = f"{panel} figure[data-index='0'] canvas"
    page.wait_for_selector(f"{canvas}[data-sha]")
    inside = """s => { const c = document.querySelector(s);
        const g = c.getContext('2d');
        return g.getImageData(c.width * 0.37, c.height / 2, 1, 1).data[3]; }"""
    until(lambda: page.evaluate(inside, canvas) > 0)
    page.click(f"{panel} .chip.class:has-text('ball')")

    until(lambda: page.evaluate(inside, canvas) == 0)
    until(lambda: "hide=ball" in url(page))


def test_logged_html_runs_only_when_asked_and_reaches_nothing(
    site: Site, look: Any
) -> None:
    refused = ("Content Security Policy",)
    page = look(site, "workspace?step=50", expected=refused)
    panel = show(page, "page")
    page.wait_for_selector(f"{panel} button.inert")
    assert page.locator(f"{panel} iframe").count() == 0
    page.click(f"{panel} button.inert >> nth=0")
    frame = page.wait_for_selector(f"{panel} iframe")
    assert frame is not None
    assert frame.get_attribute("sandbox") == "allow-scripts"
    content = frame.content_frame()
    assert content is not None
    content.wait_for_selector("h1:has-text('Page')")
    assert content.evaluate("self.origin") == "null"
    reached = content.evaluate(
        "u => fetch(u).then(r => r.status, e => 'refused')", f"{site.base}/api/v1/runs"
    )
    assert reached == "refused"


def test_a_row_of_a_living_run_appears_within_two_seconds(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(name="alive", dir=tmp_path, reinit="create_new") as run:
        run.log({"loss": 1.0, "x": mt.Image(np.zeros((4, 4), np.uint8))})
        page = look(serve(tmp_path), "workspace")
        page.wait_for_selector(".status.live")
        until(lambda: page.input_value(".stepnumber") == "0")
        run.log({"loss": 0.5, "x": mt.Image(np.ones((4, 4), np.uint8))})
        until(lambda: page.input_value(".stepnumber") == "1", 3.0)
        page.wait_for_selector("figure[data-step='1']", timeout=3000)


def test_a_chart_says_why_it_cannot_be_drawn(site: Site, look: Any) -> None:
    def without(route: Any) -> None:
        text, start = route.fetch().text(), '$makers["uplot"] = () => {'
        assert start in text
        body = text.replace(start, f"{start} throw new Error('uPlot is gone');")
        route.fulfill(body=body, content_type="text/javascript")

    page = look(site)
    page.route("**/page.js*", without)
    page.goto("about:blank")
    page.goto(f"{site.base}/#/workspace")
    page.wait_for_selector(".chart .empty:has-text('uPlot is gone')")


def test_ten_thousand_pictures_are_a_few_nodes(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(name="many", dir=tmp_path, reinit="create_new") as run:
        for step in range(20):
            tiny = np.full((2, 2), step, np.uint8)
            run.log({"x": [mt.Image(tiny) for _ in range(100)]})
    page = look(serve(tmp_path), "workspace")
    show(page, "x")
    page.click("[data-key=x] .tabs button:has-text('all steps')")
    page.wait_for_selector(".allcell img")
    assert "2 000 items" in page.inner_text(".allcount").replace("\u202f", " ")
    assert page.evaluate("document.querySelectorAll('.all *').length") < 200
    page.evaluate("document.querySelector('.all').scrollTop = 1e9")
    until(lambda: "19" in page.locator(".allcell figcaption").last.inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone_and_text_can_be_read(
    site: Site, look: Any, scheme: str
) -> None:
    size = {"width": 375, "height": 812}
    page = look(site, viewport=size, color_scheme=scheme)
    for where in ("runs", "workspace", "config", "problems"):
        page.goto(f"{site.base}/#/{where}")
        page.wait_for_selector(f"nav button.on:has-text('{where.title()}')")
        until(lambda: page.inner_text("main"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 375

    ink, paper = (
        page.evaluate(f"getComputedStyle(document.body).{name}")
        for name in ("color", "backgroundColor")
    )
    assert contrast(ink, paper) > 7


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 counts it."""
    lights = []
    for colour in (one, other):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in parts
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    high, low = sorted(lights, reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_page_without_its_token_says_what_to_do(site: Site, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.base)
    page.wait_for_selector(".locked")
    assert "mediatypes view" in page.inner_text(".locked")
    page.fill("input[name=token]", site.link)
    page.click("button.main")
    page.wait_for_selector("header.top")
    context.close()


def test_a_folder_without_runs_says_how_to_start_one(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    page = look(serve(tmp_path), "runs")

    page.wait_for_selector(".nothing")
    assert "mt.init(" in page.inner_text(".nothing pre")
