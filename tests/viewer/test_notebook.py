"""The dashboard of a run in a cell of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import mediatypes as mt

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_shows_its_dashboard_in_a_frame_without_a_server(
    folder: Path, tmp_path: Path, browser: Any
) -> None:
    shown = mt.open_run(mt.runs(folder).paths[0]).show(height=500)
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<title>Notebook</title>{shown._repr_html_()}")
    page = browser.new_page()
    page.set_default_timeout(20_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(notebook.as_uri())
    element = page.wait_for_selector("iframe")
    assert element.get_attribute("sandbox") == "allow-scripts"
    frame = element.content_frame()
    frame.wait_for_selector("header.top")
    frame.wait_for_selector("[data-ready] canvas")
    panel = "[data-key='val/pictures']"
    frame.wait_for_selector(panel, state="attached")
    frame.evaluate("s => document.querySelector(s).scrollIntoView()", panel)
    frame.wait_for_selector(f"{panel} figure canvas[data-sha]")

    assert frame.evaluate("self.origin") == "null"
    assert page.title() == "Notebook"
    outside = [one for one in asked if not one.startswith(("data:", "blob:", "file:"))]
    assert outside == ["about:srcdoc"] or not outside
    page.close()


def test_a_run_that_is_being_written_shows_what_there_is(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, name="</iframe><b>", reinit="create_new") as run:
        run.log({"x": [mt.Image(np.zeros((2, 2), np.uint8))] * 3})
        shown: Any = run.show()
        few: Any = run.show(max_mb=0)
    assert "</iframe><b>" not in shown._repr_html_()
    assert "3 media items, 0 left out" in repr(shown)
    assert "3 left out" in repr(few)
    assert "3 media items, 0 left out" in repr(run.show())


def test_a_run_that_keeps_nothing_shows_nothing() -> None:
    with mt.init(mode="disabled", reinit="create_new") as run:
        assert run.show() is None
