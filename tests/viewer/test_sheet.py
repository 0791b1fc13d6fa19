"""Large tables: the first rows at once, the rest when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

import mediatypes as mt
from tests.cli.test_commands import call
from tests.viewer.site import until
from tests.viewer.test_browser import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.viewer.site import Site

ROWS: Final = 300_000
"""So many that their height is more than what the page makes of it."""
TOP: Final = "(s, y) => { document.querySelector(s).scrollTop = y; }"


def table(rows: int) -> mt.Table:
    """Row n is n, and -n."""
    numbers = np.arange(rows)
    return mt.Table(["up", "down"], np.stack([numbers, -numbers], 1))


def first(page: Page, box: str) -> list[str]:
    """Return the cells of the uppermost row that can be seen."""
    found: list[str] = page.evaluate(
        """s => { const box = document.querySelector(s);
          const top = box.querySelector('thead').getBoundingClientRect().bottom;
          const row = [...box.querySelectorAll('tbody tr:not([aria-hidden])')].find(
            one => one.getBoundingClientRect().bottom > top + 1);
          return row ? [...row.cells].map(one => one.innerText) : []; }""",
        box,
    )
    return [text.replace("\u202f", "").replace("−", "-") for text in found]


@pytest.fixture
def sheet(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> tuple[Page, str, list[int]]:
    """A page with the table, its box, and the sizes of the answers about its file."""
    with mt.init(dir=tmp_path) as run:
        run.log({"x": table(ROWS)})
    page = look(serve(tmp_path), "workspace")
    sizes: list[int] = []

    def answered(answer: Any) -> None:
        if "/media/" in answer.url or "/file/" in answer.url:
            sizes.append(int(answer.headers.get("content-length", 0)))

    page.on("response", answered)
    box = f"{show(page, 'x')} .sheet"
    page.wait_for_selector(f"{box} td")
    return page, box, sizes


def test_the_first_rows_are_there_before_the_rest_is_read(
    sheet: tuple[Page, str, list[int]],
) -> None:
    page, box, sizes = sheet
    assert first(page, box) == ["0", "0"]
    assert page.get_attribute(f"{box} table", "aria-rowcount") == str(ROWS)
    assert page.locator(f"{box} tr").count() < 40
    assert sum(sizes) < 1 << 20, sizes


def test_every_row_can_be_scrolled_to(sheet: tuple[Page, str, list[int]]) -> None:
    page, box, _ = sheet
    page.evaluate(f"({TOP})('{box}', 1e9)")
    last = page.locator(f"{box} tbody tr:not([aria-hidden])").last
    until(lambda: str(ROWS - 1) in last.inner_text().replace("\u202f", ""))
    assert last.is_visible()
    page.evaluate(f"({TOP})('{box}', 4e6)")
    until(lambda: 100_000 < int((first(page, box) or ["0"])[0]) < 200_000)
    page.evaluate(f"({TOP})('{box}', 0)")
    until(lambda: first(page, box) == ["0", "0"])


def test_all_rows_are_sorted_and_searched(sheet: tuple[Page, str, list[int]]) -> None:
    page, box, _ = sheet
    page.click(f"{box} th button:has-text('down')")
    until(lambda: first(page, box) == [str(ROWS - 1), str(1 - ROWS)])
    panel = box.removesuffix(" .sheet")
    page.fill(f"{panel} input[type=search]", "-12345")
    until(lambda: page.get_attribute(f"{box} table", "aria-rowcount") == "11")
    until(lambda: first(page, box) == ["123459", "-123459"])
    page.click(f"{box} th button:has-text('down')")
    page.click(f"{box} th button:has-text('down')")
    page.fill(f"{panel} input[type=search]", "")
    until(lambda: first(page, box) == ["0", "0"])


def test_a_small_table_is_read_whole(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(dir=tmp_path) as run:
        run.log({"x": table(20)})
    page = look(serve(tmp_path), "workspace")
    box = f"{show(page, 'x')} .sheet"
    page.wait_for_selector(f"{box} td")
    page.click(f"{box} th button:has-text('down')")
    until(lambda: first(page, box) == ["19", "-19"])


@pytest.mark.parametrize("target", ["page.html", "page/"])
def test_a_large_table_of_an_export_is_sorted_too(
    tmp_path: Path, browser: Any, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    with mt.init(dir=tmp_path / "runs") as run:
        run.log({"x": table(60_000)})
    code, _, err = call(capsys, "export", str(run.dir), f"{tmp_path}/{target}")
    assert (code, err) == (0, "")
    path = tmp_path / target
    page = browser.new_page()
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{(path / 'index.html' if path.is_dir() else path).as_uri()}#/workspace")
    box = f"{show(page, 'x')} .sheet"
    page.wait_for_selector(f"{box} td")
    page.click(f"{box} th button:has-text('down')")
    until(lambda: first(page, box) == ["59999", "-59999"])
    page.close()
    assert troubles == []
