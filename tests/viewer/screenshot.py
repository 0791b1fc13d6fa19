"""Pictures of the dashboard, made anew from two runs of the demo.

``python -m tests.viewer.screenshot`` writes ``docs/pictures/dashboard.png``, which the
README shows; with a folder after it, every page in light and dark goes there instead.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright

from tests.viewer.conftest import ARGUMENTS, chromium, make_run
from tests.viewer.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable

TARGET: Final = Path(__file__).parents[2] / "docs" / "pictures" / "dashboard.png"
WIDE: Final = {"width": 1280, "height": 1080}
PHONE: Final = {"width": 375, "height": 812}


def demo(folder: Path) -> None:
    """Train twice."""
    for seed in ("0", "1"):
        command = [sys.executable, "-m", "mediatypes", "demo", "--dir", str(folder)]
        subprocess.run([*command, "--seed", seed], check=True, capture_output=True)


def _panel(page: Any, key: str, content: str) -> None:
    selector = f"[data-key='{key}']"
    page.wait_for_selector(selector, state="attached")
    page.evaluate(
        "s => document.querySelector(s).scrollIntoView({block: 'center'})", selector
    )
    page.wait_for_selector(f"{selector} {content}", timeout=60_000)


def _light(page: Any, mode: str) -> None:
    _panel(page, "paintings", "figure img")
    page.click("[data-key=paintings] .picture >> nth=0")
    page.click(f"dialog .tabs button:has-text('{mode}')")
    page.mouse.move(500, 500)


VIEWS: Final[dict[str, tuple[str, Callable[[Any], None]]]] = {
    "runs": ("runs", lambda page: page.wait_for_selector("tbody tr")),
    "workspace": (
        "workspace?step=200&log=1",
        lambda page: page.wait_for_selector("[data-key=paintings] figure img"),
    ),
    "config": ("config", lambda page: page.wait_for_selector("tbody tr")),
    "files": ("files", lambda page: page.wait_for_selector("tbody tr")),
    "problems": ("problems", lambda page: page.wait_for_selector("main h1")),
    "sounds": ("workspace", lambda page: _panel(page, "sound", "canvas.spectrum")),
    "histograms": ("workspace", lambda page: _panel(page, "weights", "canvas")),
    "ridges": (
        "workspace?hist=ridge",
        lambda page: _panel(page, "weights", "canvas"),
    ),
    "timeline": (
        "workspace?layout=timeline+paintings&step=200",
        lambda page: _panel(page, "paintings", ".tile img"),
    ),
    "all": (
        "workspace?layout=all+paintings",
        lambda page: _panel(page, "paintings", ".allcell img"),
    ),
    "lightbox": ("workspace?step=200", lambda page: _light(page, "single")),
    "side": ("workspace?step=200", lambda page: _light(page, "side by side")),
    "difference": ("workspace?step=200", lambda page: _light(page, "difference")),
    "help": ("workspace", lambda page: page.locator("body").press("?")),
}
"""Views of the demo: an address, and what has to be there."""
KINDS: Final = {
    "val/pictures": "figure canvas[data-sha]",
    "live": "iframe",
    "film": "video",
    "matrix": "canvas.plane",
    "rows": ".sheet td img",
    "marked": ".markdown strong",
    "page": "button.inert",
    "weights": "a.download",
}
"""Kinds that the demo has not, from the runs of the tests."""


def _see(browser: Any, site: Site, scheme: str, size: dict[str, int]) -> Any:
    page = browser.new_page(viewport=size, color_scheme=scheme)
    page.goto(site.link)
    page.wait_for_selector("header.top")
    return page


def _shoot(page: Any, path: Path) -> None:
    page.wait_for_timeout(1_500)
    page.screenshot(path=path)


def every_page(browser: Any, folder: Path, target: Path) -> None:
    """Take a picture of each view in light and dark, wide and narrow."""
    target.mkdir(parents=True, exist_ok=True)
    others = folder / "kinds"
    others.mkdir()
    (others / "weights.bin").write_bytes(b"w" * 100)
    for number, name in enumerate(["first", "second"]):
        make_run(others / "runs", name, number, others / "weights.bin")
    site, kinds = Site(folder / "demo"), Site(others / "runs")
    for scheme in ("light", "dark"):
        for name, (where, wait) in VIEWS.items():
            page = _see(browser, site, scheme, WIDE)
            page.goto(f"{site.base}/#/{where}")
            wait(page)
            _shoot(page, target / f"{name}-{scheme}.png")
            page.close()
        page = _see(browser, kinds, scheme, WIDE)
        page.goto(f"{kinds.base}/#/workspace")
        for key, content in KINDS.items():
            _panel(page, key, content)
            _shoot(page, target / f"kind-{key.replace('/', '-')}-{scheme}.png")
        page.close()
        for name in ("runs", "workspace", "config", "files", "problems"):
            page = _see(browser, kinds, scheme, PHONE)
            page.goto(f"{kinds.base}/#/{name}")
            _shoot(page, target / f"phone-{name}-{scheme}.png")
            page.close()
    site.stop()
    kinds.stop()


def for_the_readme(browser: Any, folder: Path) -> None:
    """Take the picture that the README shows."""
    site = Site(folder / "demo")
    page = _see(browser, site, "light", WIDE)
    where, wait = VIEWS["workspace"]
    page.goto(f"{site.base}/#/{where}")
    wait(page)
    page.wait_for_selector("[data-ready]")
    TARGET.parent.mkdir(exist_ok=True)
    _shoot(page, TARGET)
    site.stop()


def main() -> None:
    """Train, look, and write."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        demo(folder / "demo")
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        if len(sys.argv) > 1:
            every_page(browser, folder, Path(sys.argv[1]))
        else:
            for_the_readme(browser, folder)
        browser.close()


if __name__ == "__main__":
    main()
