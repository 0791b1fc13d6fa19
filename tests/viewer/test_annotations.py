"""Masks and boxes as Chromium shows them, in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

import mediatypes as mt
from tests.viewer.site import until
from tests.viewer.test_browser import show
from tests.viewer.test_space import pixels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site

IDS: Final = (0, 255, 256, 65_535)
READ: Final = """async part => {
  const page = await import(document.querySelector("link[rel=modulepreload]").href);
  const { loadMask } = page.$load("#mt/overlay.js");
  const mask = await loadMask(part);
  return [mask.height, mask.width, ...mask.data]; }"""


def quarters() -> Any:
    """A mask whose quarters have the ids, row by row."""
    return np.repeat(np.repeat(np.array(IDS).reshape(2, 2), 16, 0), 16, 1)


def test_class_ids_of_any_width_are_exact_and_shown_in_colours_of_their_own(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    mask = {"mask_data": quarters(), "class_labels": {i: f"class {i}" for i in IDS}}
    image = mt.Image(np.zeros((32, 32), np.uint8), masks={"truth": mask})
    with mt.init(dir=tmp_path) as run:
        run.log({"x": image})
    site = serve(tmp_path)
    page = look(site, "workspace")
    panel = show(page, "x")
    until(lambda: page.locator(f"{panel} canvas.overlay[data-sha]").count())

    part = site.item("x")["parts"][0]
    height, width, *ids = page.evaluate(READ, part)
    assert np.array_equal(np.reshape(ids, (height, width)), quarters())
    read = mt.open_run(run.dir).media("x")[0][0].masks["truth"]["mask_data"]
    assert np.array_equal(read, quarters())

    found = pixels(page, f"{panel} canvas.overlay")
    rows, columns = found.shape[0] // 4, found.shape[1] // 4
    middles = [found[r * rows, c * columns] for r in (1, 3) for c in (1, 3)]
    assert all(colour[3] > 0 for colour in middles)  # class 0 too, as it has a name
    assert len({tuple(colour) for colour in middles}) == 4


def test_boxes_in_both_domains_land_on_the_same_pixels(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    sides = {"minX": 8, "maxX": 24, "minY": 4, "maxY": 20}
    parts = {name: value / 32 for name, value in sides.items()}
    middle = {"middle": [16 / 32, 12 / 32], "width": 16 / 32, "height": 16 / 32}
    forms: dict[str, dict[str, Any]] = {
        "pixels": {"position": sides, "domain": "pixel"},
        "parts": {"position": parts},
        "middle": {"position": middle},
    }
    with mt.init(dir=tmp_path) as run:
        for key, box in forms.items():
            boxes = {"guess": {"box_data": [box | {"class_id": 1}]}}
            run.log({key: mt.Image(np.zeros((32, 32), np.uint8), boxes=boxes)}, step=0)
    page = look(serve(tmp_path), "workspace")

    shown = {}
    for key in forms:
        panel = show(page, key)
        page.wait_for_selector(f"{panel} canvas.overlay[data-sha]")
        shown[key] = pixels(page, f"{panel} canvas.overlay")
        shot = page.locator(f"{panel} .picture").screenshot()
        assert shot[:4] == b"\x89PNG"
    painted = np.argwhere(shown["pixels"][..., 3] > 0)
    scale = shown["pixels"].shape[0] / 32
    low, high = painted.min(0) / scale, painted.max(0) / scale
    np.testing.assert_allclose((low, high), ((4, 8), (20, 24)), atol=1.5 / scale + 0.1)
    assert np.array_equal(shown["pixels"], shown["parts"])
    assert np.array_equal(shown["pixels"], shown["middle"])
