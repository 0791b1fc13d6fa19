"""What is looked at in the dashboard of each tool, and when it counts as there."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import urllib.request
from typing import Any, Final, NamedTuple, Protocol

__all__ = ["COMMANDS", "VIEWS"]

_TRACKIO: Final = (
    "import trackio; trackio.show(project='{what}', open_browser=False, "
    "block_thread=True, host='127.0.0.1')"
)
COMMANDS: Final = {
    "mediatypes": (
        ["-m", "mediatypes", "view", "{data}", "--no-open", "--port", "0"],
        r"http://127\.0\.0\.1:\d+/#token=\S+",
    ),
    "tensorboard": (
        [
            *("-m", "tensorboard.main", "--logdir", "{data}", "--port", "6011"),
            *("--host", "127.0.0.1", "--samples_per_plugin", "images=10000"),
        ],
        r"http://127\.0\.0\.1:\d+/",
    ),
    "trackio": (
        [
            "-c",
            _TRACKIO,
        ],
        r"http://127\.0\.0\.1:\d+[^\s'\"]*",
    ),
}
"""How each is started, and what its address looks like."""
_TALL: Final = {"width": 1280, "height": 6_000}
"""So that all charts are on screen, since all tools leave out what is not."""
_WIDE: Final = {"width": 1280, "height": 900}
_SECONDS: Final = 120_000
_FRAMES: Final = """async s => {
  const box = document.querySelector(s); const start = performance.now(); let n = 0;
  while (performance.now() - start < 2000) {
    await new Promise(requestAnimationFrame); box.scrollTop += 60; n++; }
  return n / ((performance.now() - start) / 1000); }"""
_OPENED: Final = """async () => {
  const click = await new Promise(
    done => addEventListener('click', done, { capture: true, once: true }));
  const shown = async check => {
    while (!check()) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame); // the frame that shows it has been made
    return (performance.now() - click.timeStamp) / 1000;
  };
  const pictures = () => [...document.querySelectorAll('.allcell img')];
  const isThere = image => image.complete && image.naturalWidth > 0;
  const cells = () => document.querySelectorAll('.allcell').length;
  const first = await shown(() => pictures().some(isThere));
  const all = await shown(() => pictures().filter(isThere).length === cells());
  return [first, all]; }"""
_MOVES: Final = """async ([count, stride, pause]) => {
  const slider = document.querySelector('.stepbar input[type=range]');
  const times = [];
  for (let n = 1; n <= count; n++) {
    await new Promise(done => setTimeout(done, pause));
    const start = performance.now();
    slider.value = Number(slider.max) - n * stride;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const wanted = () => document.querySelector('.stepnumber').value;
    do { await new Promise(requestAnimationFrame); } while (
      document.querySelector('figure[aria-busy=true]') ||
      [...document.querySelectorAll('figure[data-step]')].some(
        f => f.dataset.step !== wanted()));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[count >> 1] / 1000; }"""


class _Look(Protocol):
    def __call__(self, browser: Any, address: str) -> dict[str, float]: ...


class _Wait(Protocol):
    def __call__(self, address: str, started: float) -> None: ...


class View(NamedTuple):
    """What is asked of one dashboard."""

    wait_read: _Wait
    """Returns when all data have been read."""
    charts: _Look
    gallery: _Look


def _page(browser: Any, size: dict[str, int]) -> Any:
    page = browser.new_page(viewport=size)
    page.set_default_timeout(_SECONDS)
    _settle(page)
    return page


def _settle(page: Any) -> None:
    """Let the browser end what it does for the page before."""
    page.wait_for_timeout(500)


def _asked(address: str, **headers: str) -> Any:
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def _until(check: Any, seconds: float = 900.0) -> None:
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            sys.exit("a dashboard did not come up")
        time.sleep(0.1)


def _ours_read(address: str, started: float) -> None:
    del started
    base, _, token = address.partition("#token=")

    def is_read() -> bool:
        found = _asked(f"{base}api/v1/changes", Authorization=f"Bearer {token}")
        return bool(found["reading"]["done"] == found["reading"]["total"])

    _until(is_read)


def _our_charts(browser: Any, address: str) -> dict[str, float]:
    base, _, _ = address.partition("#")
    found: dict[str, float] = {}
    names = {"first": (_WIDE, 1), "charts": (_TALL, 48)}
    runs = _asked_runs(address)
    for name, (size, count) in names.items():
        page = _page(browser, size)
        page.goto(address)
        page.wait_for_selector("header.top")
        where = "&".join(f"run={one}" for one in runs)
        page.goto("about:blank")
        _settle(page)
        start = time.perf_counter()
        page.goto(f"{base}#/workspace?{where}")
        page.wait_for_selector(f":nth-match([data-ready], {count})", state="attached")
        found[name] = time.perf_counter() - start
        page.close()
    return found


def _asked_runs(address: str) -> list[str]:
    base, _, token = address.partition("#token=")
    answer = _asked(f"{base}api/v1/runs", Authorization=f"Bearer {token}")
    return [run["id"] for run in answer["runs"]]


def _our_gallery(browser: Any, address: str) -> dict[str, float]:
    base = address.partition("#")[0]
    page = _page(browser, _WIDE)
    page.goto(address)
    page.wait_for_selector("header.top")
    page.goto(f"{base}#/workspace")
    page.wait_for_selector("[data-key=pictures] figure img")
    page.wait_for_timeout(1_000)
    page.evaluate(f"() => {{ window.opened = ({_OPENED})(); }}")
    tab = "[data-key=pictures] .tabs button:has-text('{}')"
    page.click(tab.format("all steps"))
    opened, filled = page.evaluate("window.opened")
    page.wait_for_timeout(500)
    nodes = page.evaluate("document.querySelectorAll('.all *').length")
    frames = page.evaluate(_FRAMES, ".all")
    page.click(tab.format("by run"))
    page.wait_for_selector("[data-key=pictures] .runrow img")
    page.wait_for_timeout(1_000)
    move = page.evaluate(_MOVES, [15, 1, 1_000])
    jump = page.evaluate(_MOVES, [9, 11, 0])
    page.close()
    shown = {"gallery": opened, "filled": filled, "nodes": nodes, "frames": frames}
    return shown | {"move": move, "jump": jump}


def _tensorboard_read(address: str, started: float) -> None:
    del started
    sizes: list[int] = []

    def is_read() -> bool:
        with contextlib.suppress(OSError, ValueError):
            tags = _asked(f"{address}data/plugin/scalars/tags")
            images = _asked(f"{address}data/plugin/images/tags")
            count = sum(len(one) for one in tags.values())
            count += sum(
                t.get("samples", 1) for r in images.values() for t in r.values()
            )
            sizes.append(count + len(str(tags)) + len(str(images)))
            time.sleep(1)
        return len(sizes) > 5 and len(set(sizes[-5:])) == 1 and sizes[-1] > 4

    _until(is_read)


def _tensorboard_charts(browser: Any, address: str) -> dict[str, float]:
    page = _page(browser, _WIDE)
    start = time.perf_counter()
    page.goto(f"{address}#timeseries")
    page.wait_for_selector("scalar-card:has(line-chart svg path, line-chart canvas)")
    _until(lambda: not page.locator("scalar-card mat-spinner").count())
    found = time.perf_counter() - start
    page.close()
    return {"first": found}


def _tensorboard_gallery(browser: Any, address: str) -> dict[str, float]:
    page = _page(browser, _WIDE)
    start = time.perf_counter()
    page.goto(f"{address}#timeseries")
    page.wait_for_selector("image-card img")
    opened = time.perf_counter() - start
    nodes = page.evaluate("document.querySelectorAll('image-card *').length")
    page.close()
    return {"gallery": opened, "nodes": nodes}


def _trackio_read(address: str, started: float) -> None:
    del address, started
    time.sleep(2)


def _trackio_charts(browser: Any, address: str) -> dict[str, float]:
    page = _page(browser, _WIDE)
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".vega-embed :is(canvas, svg)")
    found = time.perf_counter() - start
    page.close()
    return {"first": found}


def _not_measured(browser: Any, address: str) -> dict[str, float]:
    del browser, address
    return {}


VIEWS: Final = {
    "mediatypes": View(_ours_read, _our_charts, _our_gallery),
    "tensorboard": View(_tensorboard_read, _tensorboard_charts, _tensorboard_gallery),
    "trackio": View(_trackio_read, _trackio_charts, _not_measured),
}
