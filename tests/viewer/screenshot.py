"""The picture of the dashboard in the README, made anew from two runs of the demo.

``python -m tests.viewer.screenshot`` writes ``docs/pictures/dashboard.png``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from tests.viewer.conftest import ARGUMENTS, chromium
from tests.viewer.site import Site

TARGET: Final = Path(__file__).parents[2] / "docs" / "pictures" / "dashboard.png"


def main() -> None:
    """Train twice, look, and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in ("0", "1"):
            command = [sys.executable, "-m", "mediatypes", "demo", "--dir", folder]
            subprocess.run([*command, "--seed", seed], check=True, capture_output=True)
        site = Site(Path(folder))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=ARGUMENTS
            )
            page = browser.new_page(
                viewport={"width": 1280, "height": 1080}, color_scheme="light"
            )
            page.goto(site.link)
            page.wait_for_selector("header.top")
            page.goto(f"{site.base}/#/workspace?step=200&log=1")
            page.wait_for_selector("[data-key=paintings] figure img")
            page.wait_for_selector("[data-ready]")
            page.wait_for_timeout(1_500)
            TARGET.parent.mkdir(exist_ok=True)
            page.screenshot(path=TARGET)
            browser.close()
        site.stop()


if __name__ == "__main__":
    main()
