"""Each page and each layout, and the whole of them by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from tests.viewer.conftest import picture
from tests.viewer.site import until
from tests.viewer.test_browser import PANEL, contrast, show, url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site

PAGES = ("runs", "workspace", "config", "files", "problems")


def test_config_shows_what_differs_and_all_when_asked(site: Site, look: Any) -> None:
    page = look(site, "config")
    page.wait_for_selector("tbody tr.differs")
    rows = page.locator("tbody th[scope=row]").all_inner_texts()
    assert "lr" in rows
    assert "model.width" not in rows
    page.uncheck("label:has-text('only what differs') input")
    until(
        lambda: "model.width" in page.locator("th[scope=row]").all_inner_texts(),
    )


def test_files_shows_what_was_printed_and_what_lies_in_the_folder(
    site: Site, folder: Path, look: Any
) -> None:
    page = look(site, "files")
    first = "section[data-run*=first]"
    page.wait_for_selector(f"{first} pre.log")
    printed = page.inner_text(f"{first} pre.log").splitlines()
    assert printed[0] == "training first"
    assert "mediatypes: first is finished" in printed
    names = page.locator(f"{first} td code").all_inner_texts()
    assert {"run.json", "output.log", "media/image/odd/"} <= set(names)
    files = [p for p in (folder / site.ids[0]).rglob("*") if p.is_file()]
    assert f"{len(files)} files" in page.inner_text(first)
    page.fill(f"{first} input[type=search]", "nothing of this")
    until(lambda: page.inner_text(f"{first} pre.log") == "")


def test_what_a_living_run_prints_comes_to_the_page(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(name="alive", dir=tmp_path, reinit="create_new") as run:
        run.log({"loss": 1.0})
        (run.dir / "output.log").write_text("".join(f"line {i}\n" for i in range(99)))
        page = look(serve(tmp_path), "files")
        page.wait_for_selector("pre.log:has-text('line 98')")
        with (run.dir / "output.log").open("a") as file:
            file.write("the last words\n")
        run.log({"loss": 0.5})
        page.wait_for_selector("pre.log:has-text('the last words')", timeout=5_000)
        bottom = "e => e.scrollHeight - e.clientHeight - e.scrollTop"
        until(lambda: page.locator("pre.log").evaluate(bottom) < 2)


def test_problems_names_the_odd_and_the_command(site: Site, look: Any) -> None:
    page = look(site, "problems")
    page.wait_for_selector("tr.warning")

    text = page.inner_text("tbody")
    assert "odd" in text
    assert "mediatypes verify" in text


PLACES = {"words": "step {n}", "sound": "tone {n}", "marked": "Head {n}"}
"""What stands in a panel at step n."""
WATCH_WORDS = """places => {
  window.bad = []; window.seen = new Set();
  const check = () => {
    for (const [key, words] of Object.entries(places)) {
      const s = `[data-key=${key}] :is(.card, .sound)[data-step]`;
      for (const e of document.querySelectorAll(s)) {
        const text = e.innerText.trim();
        if (!/[0-9]/.test(text)) continue; // not there yet
        window.seen.add(key + e.dataset.step);
        const wanted = new RegExp(words.replace('{n}', e.dataset.step) + '(?![0-9])');
        if (!wanted.test(text)) window.bad.push([key, e.dataset.step, text]);
      }
    }
    requestAnimationFrame(check); };
  check(); }"""
"""Looks at texts and sounds in every frame."""


def test_scrubbing_fast_never_shows_the_words_of_another_step(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace", viewport={"width": 1280, "height": 9_000})
    for key in PLACES:
        page.wait_for_selector(f"[data-key={key}] [data-run*=first] [data-sha]")
    page.evaluate(WATCH_WORDS, PLACES)
    slider = page.locator(".stepbar input[type=range]")
    last = int(slider.get_attribute("max") or 0)
    for position in [*range(last), *range(last, -1, -3), *range(0, last + 1, 2)]:
        slider.evaluate(
            "(e, v) => { e.value = v;"
            " e.dispatchEvent(new Event('input', {bubbles: true})); }",
            position,
        )
        page.wait_for_timeout(30)
    until(lambda: not page.evaluate("document.querySelector('[aria-busy=true]')"))

    assert len(page.evaluate("[...window.seen]")) > 6
    assert page.evaluate("window.bad") == []


@pytest.mark.parametrize("mode", ["side by side", "wipe", "blink", "difference"])
def test_two_runs_are_compared_in_the_large_view(
    site: Site, look: Any, mode: str
) -> None:
    page = look(site, "workspace?step=60")
    panel = show(page, "val/pictures")
    page.click(f"{panel} .picture >> nth=0")
    page.click(f"dialog .tabs button:has-text('{mode}')")
    if mode == "difference":
        page.wait_for_selector(".verdict")
        wanted = picture(55, 0, 1).astype(float) - picture(50, 0, 0).astype(float)
        psnr = 10 * np.log10(255**2 / np.mean(wanted**2))
        assert f"{psnr:.2f} dB" in page.inner_text(".verdict")
    elif mode == "blink":
        shown = "document.querySelector('dialog .layer img').dataset.sha"
        before = page.evaluate(shown)
        until(lambda: page.evaluate(shown) != before)
    else:
        page.wait_for_selector("dialog .layer img >> nth=1")
    if mode == "wipe":
        page.fill("dialog input[type=range]", "20")
        clip = "document.querySelectorAll('dialog .layer')[1].style.clipPath"
        until(lambda: "20%" in page.evaluate(clip))


def test_a_film_plays_steps_by_frame_and_is_that_of_its_step(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace?step=40")
    panel = show(page, "film")
    row = f"{panel} [data-run*=first]"
    page.wait_for_selector(f"{row} video")
    film = page.locator(f"{row} video")
    until(lambda: film.evaluate("v => v.readyState") >= 2)
    assert film.evaluate("v => [v.videoWidth, v.videoHeight]") == [48, 32]
    assert film.evaluate("v => v.duration") == pytest.approx(2.0, abs=0.1)
    assert "film 40" in page.inner_text(row)
    film.focus()
    film.press(".")
    until(lambda: film.evaluate("v => v.currentTime") == pytest.approx(1 / 3, abs=0.02))
    grey = """v => { const c = new OffscreenCanvas(48, 32).getContext('2d');
        c.drawImage(v, 0, 0); return c.getImageData(20, 20, 1, 1).data[0]; }"""
    until(lambda: film.evaluate(grey) == pytest.approx(40, abs=4))
    film.press(",")
    until(lambda: film.evaluate("v => v.currentTime") == pytest.approx(0, abs=0.02))


def test_a_sound_plays_and_another_goes_on_where_it_was(site: Site, look: Any) -> None:
    page = look(site, "workspace?step=60")
    panel = show(page, "sound")
    page.wait_for_selector(f"{panel} canvas.spectrum >> nth=1")
    page.click(f"{panel} .tabs button:has-text('linear')")
    page.wait_for_selector(f"{panel} .hertz:has-text('linear')")
    until(lambda: "bands=linear" in url(page))
    times = "s => [...document.querySelectorAll(s + ' audio')].map(a => a.currentTime)"
    paused = "s => [...document.querySelectorAll(s + ' audio')].map(a => a.paused)"
    page.click(f"{panel} .play >> nth=0")
    until(lambda: page.evaluate(times, panel)[0] > 0.1)
    page.click(f"{panel} .play >> nth=1")
    until(lambda: page.evaluate(times, panel)[1] > 0.1)
    assert page.evaluate(paused, panel)[0]


def test_histograms_are_drawn_as_a_map_and_as_ridges(site: Site, look: Any) -> None:
    page = look(site, "workspace?step=40")
    panel = show(page, "spread")
    page.wait_for_selector(f"{panel} .heat-map canvas")
    page.wait_for_selector(f"{panel} [data-run*=first] .bars[data-step='40']")
    page.click(f"{panel} .tabs button:has-text('ridges')")
    page.wait_for_selector(f"{panel} canvas[aria-label='Histograms, one line a step']")
    until(lambda: "hist=ridge" in url(page))


def test_a_timeline_has_a_column_for_each_step_and_moves_the_cursor(
    site: Site, look: Any
) -> None:
    page = look(site, "workspace?step=20")
    panel = show(page, "val/pictures")
    page.click(f"{panel} .tabs button:has-text('timeline')")
    row = f"{panel} [data-run*=first]"
    page.wait_for_selector(f"{row} .tile[data-step='0'] figure")
    steps = page.locator(f"{row} .tile").evaluate_all(
        "all => all.map(t => t.dataset.step)"
    )
    assert [int(step) for step in steps] == [0, 10, 20, 30, 40, 50]
    assert page.locator(f"{row} .tile.on").get_attribute("data-step") == "20"
    page.wait_for_selector(f"{row} .tile[data-step='30'] figure[data-index='2'] img")
    red = """async s => { const i = document.querySelector(s); await i.decode();
        const c = new OffscreenCanvas(32, 24).getContext('2d');
        c.drawImage(i, 0, 0, 32, 24);
        return [...c.getImageData(20, 20, 1, 1).data].slice(0, 3); }"""
    cell = f"{row} .tile[data-step='30'] figure[data-index='2'] img"
    assert page.evaluate(red, cell) == picture(30, 2, 0)[20, 20].tolist()
    page.click(f"{row} .tile[data-step='30'] .tilehead")
    until(lambda: page.input_value(".stepnumber") == "30")
    until(lambda: "layout=timeline+val%2Fpictures" in url(page))


def test_a_long_timeline_is_a_few_columns(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(name="long", dir=tmp_path, reinit="create_new") as run:
        for step in range(300):
            run.log({"x": mt.Image(np.full((2, 2), step % 256, np.uint8))})
    page = look(serve(tmp_path), "workspace?layout=timeline+x")
    show(page, "x")
    page.wait_for_selector(".tile[data-step='299'] img")  # where the cursor is
    assert page.locator(".tile").count() < 20
    page.evaluate("document.querySelector('.strip').scrollLeft = 0")
    page.wait_for_selector(".tile[data-step='0'] img")
    assert page.locator(".tile").count() < 20


def test_every_page_can_be_reached_and_used_by_keyboard_alone(
    site: Site, look: Any
) -> None:
    page = look(site, "runs")
    page.wait_for_selector("tbody tr")
    for number, name in enumerate(PAGES, 1):
        page.keyboard.press(str(number))
        page.wait_for_selector(
            f"nav button[aria-current=page]:has-text('{name.title()}')"
        )
    page.keyboard.press("2")
    page.wait_for_selector(".stepbar")
    reached: set[str] = set()
    what = """() => { const e = document.activeElement; const s = getComputedStyle(e);
        return [e.tagName, e.ariaLabel || e.innerText || e.title || '',
                e.matches(':focus-visible') ? s.outlineStyle : 'none']; }"""
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, name, outline = page.evaluate(what)
        if tag in {"BUTTON", "INPUT", "SELECT"}:
            assert outline != "none", (tag, name)  # the focus can be seen
            reached.add(name.strip())
    assert {"Runs", "Step", "Find a key", "One step back", "Go to step"} <= reached
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("pictures")
    until(lambda: page.locator(".panel").count() == 1)
    page.focus(f"{PANEL} .picture")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.lightbox[open]")
    before = page.inner_text("dialog .about")
    page.keyboard.press("j")
    until(lambda: page.inner_text("dialog .about") != before)
    page.keyboard.press("c")
    until(lambda: page.locator("dialog .tabs button.on").inner_text() != "single")
    page.keyboard.press("Escape")
    until(lambda: page.locator("dialog").count() == 0)
    page.keyboard.press("m")
    until(lambda: "overlay=0" in url(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_on_every_page(site: Site, look: Any, scheme: str) -> None:
    page = look(site, color_scheme=scheme)
    inks = """() => [...document.querySelectorAll('main *, header *, aside *')]
      .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
        && e.checkVisibility() && !e.closest('.chart, .sound-picture, button:disabled'))
      .map(e => { let p = e; let paper = 'rgba(0, 0, 0, 0)';
        while (p && /, 0\\)$|color\\(|transparent/.test(paper)) {
          paper = getComputedStyle(p).backgroundColor; p = p.parentElement; }
        return [e.innerText.slice(0, 30), getComputedStyle(e).color, paper]; })"""
    for name in PAGES:
        page.goto(f"{site.base}/#/{name}")
        page.wait_for_selector(f"nav button.on:has-text('{name.title()}')")
        until(lambda: len(page.inner_text("main")) > 20)
        found = page.evaluate(inks)
        assert found
        faint = [row for row in found if contrast(row[1], row[2]) < 4.5]  # WCAG 2 AA
        assert not faint, name


def test_motion_stops_where_it_is_not_wanted(site: Site, look: Any) -> None:
    page = look(site, "runs", reduced_motion="reduce")
    page.wait_for_selector(".status i")

    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('.status i')).animationName"
        )
        == "none"
    )
