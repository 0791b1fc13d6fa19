"""Shapes in space, turned in Chromium without a graphics card."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow

import mediatypes as mt
from tests.viewer.site import until
from tests.viewer.test_browser import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.viewer.site import Site

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "object3d"
CANVAS: Final = ".space canvas[data-drawn]"


def pixels(page: Page, selector: str) -> Any:
    """Return what a canvas shows, height × width × RGBA."""
    page.wait_for_selector(selector)
    address = page.evaluate("s => document.querySelector(s).toDataURL()", selector)
    with Pillow.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as found:
        return np.asarray(found)


def is_near(found: Any, colour: tuple[int, int, int]) -> Any:
    """Where the pixels have a colour, whatever light falls on it."""
    wide = found[..., :3].astype(int)
    ratio = wide / np.maximum(wide.max(axis=-1, keepdims=True), 1)
    wanted = np.array(colour) / max(colour)
    return (np.abs(ratio - wanted).max(axis=-1) < 0.1) & (found[..., 3] == 255)


@pytest.fixture
def shown(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> Callable[..., Page]:
    def log(**values: Any) -> Page:
        with mt.init(dir=tmp_path) as run:
            run.log(values)
            run.log({"loss": 1})
        page: Page = look(serve(tmp_path), "workspace")
        for key in values:
            page.wait_for_selector(f"[data-key={key}]", state="attached")
            page.evaluate(
                f"document.querySelector('[data-key={key}]').scrollIntoView()"
            )
        return page

    return log


def test_points_are_drawn_in_their_places_and_the_nearer_one_hides(
    shown: Callable[..., Page],
) -> None:
    up, down = [0, 0, 1, 255, 0, 0], [0, 0, -1, 0, 0, 255]
    found = pixels(shown(x=mt.Object3D([up, down])), CANVAS)

    red, blue = is_near(found, (255, 0, 0)), is_near(found, (0, 0, 255))
    assert red.any()
    assert blue.any()
    assert np.argwhere(red)[:, 0].max() < np.argwhere(blue)[:, 0].min()


def test_arrows_turn_it_and_leave_the_step_alone(shown: Callable[..., Page]) -> None:
    cloud = np.random.default_rng(0).normal(size=(300, 3))
    page = shown(x=mt.Object3D(cloud))
    before = pixels(page, CANVAS)
    step = page.input_value(".stepnumber")
    drawn = page.get_attribute(CANVAS, "data-drawn")

    page.focus(CANVAS)
    page.keyboard.press("ArrowLeft")
    until(lambda: page.get_attribute(CANVAS, "data-drawn") != drawn)
    assert not np.array_equal(pixels(page, CANVAS), before)
    assert page.input_value(".stepnumber") == step
    page.keyboard.press("+")
    until(lambda: (page.get_attribute(CANVAS, "data-drawn") or "").endswith("1.250"))
    page.keyboard.press("0")
    until(lambda: page.get_attribute(CANVAS, "data-drawn") == drawn)
    until(lambda: np.array_equal(pixels(page, CANVAS), before))


def test_a_drag_turns_it_and_the_wheel_zooms_once_it_has_the_focus(
    shown: Callable[..., Page],
) -> None:
    page = shown(x=mt.Object3D(np.random.default_rng(0).normal(size=(300, 3))))
    page.wait_for_selector(CANVAS)
    page.evaluate(
        "s => document.querySelector(s).scrollIntoView({block: 'center'})", CANVAS
    )
    box = page.locator(CANVAS).bounding_box()
    assert box is not None
    drawn = page.get_attribute(CANVAS, "data-drawn") or ""

    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 100, steps=4)
    page.mouse.up()
    until(lambda: (page.get_attribute(CANVAS, "data-drawn") or "")[:5] != drawn[:5])
    page.focus(CANVAS)
    page.mouse.wheel(0, -200)
    until(
        lambda: not (page.get_attribute(CANVAS, "data-drawn") or "").endswith("1.000")
    )


RATIOS: Final = {"z": 1.86, "y": 1.22}
"""Height to width of a box of 1 × 2 × 3, seen 25° from above and turned by 35°."""
MESHES: Final = {
    "ply": "z",
    "binary_ply": "z",
    "stl": "z",
    "binary_stl": "z",
    "glb": "y",
    "obj": "y",
    "gltf": "y",
}
"""Files of the box, and which of its axes is up."""


def test_meshes_of_another_program_are_drawn_whole_and_upright(
    shown: Callable[..., Page],
) -> None:
    values = {}
    for key in MESHES:
        name = "_binary." if key.startswith("binary_") else "."
        path = FIXTURES / f"box{name}{key.removeprefix('binary_')}"
        parts = {"box.bin": FIXTURES / "box.bin"} if key == "gltf" else None
        values[key] = mt.Object3D(path, parts=parts)
    page = shown(**values)

    for key, up in MESHES.items():
        show(page, key)
        found = pixels(page, f"[data-key={key}] {CANVAS}")
        covered = np.argwhere(found[..., 3] == 255)
        height, width = np.ptp(covered, axis=0)
        assert height / width == pytest.approx(RATIOS[up], rel=0.03), key
        assert len(covered) > 0.6 * height * width, key  # it has no holes


def test_boxes_and_vectors_are_drawn_in_their_colours(
    shown: Callable[..., Page],
) -> None:
    box = {"center": (0, 0, 0), "size": (2, 2, 2), "color": (0, 200, 0), "label": "car"}
    arrow = {"start": (0, 0, 0), "end": (0, 0, 2), "color": (200, 0, 200)}
    page = shown(x=mt.Object3D(np.zeros((1, 3)), boxes=[box], vectors=[arrow]))
    found = pixels(page, CANVAS)

    assert is_near(found, (0, 200, 0)).sum() > 400
    assert is_near(found, (200, 0, 200)).sum() > 50
    assert "1 box · 1 vector" in page.inner_text("[data-key=x] figcaption")


def test_what_cannot_be_turned_is_said_and_offered(shown: Callable[..., Page]) -> None:
    numbers = "".join(f"property float {axis}\n" for axis in "xyz")
    many = "element odd 9000000\nproperty list uchar int a\n"
    head = f"ply\nformat ascii 1.0\nelement vertex 1\n{numbers}{many}"
    text = f"{head}end_header\n0 0 0\n"
    page = shown(x=mt.Object3D(text.encode(), file_type="ply"))

    page.wait_for_selector("[data-key=x] p:has-text('cannot be turned here')")
    assert page.locator("[data-key=x] .space-poster img").count() == 1
    assert page.locator("[data-key=x] a.download").count() == 1


def test_a_large_file_is_fetched_when_somebody_asks(shown: Callable[..., Page]) -> None:
    page = shown(x=mt.Object3D(np.random.default_rng(0).normal(size=(200_000, 3))))

    page.click("[data-key=x] .space-poster")
    assert (pixels(page, CANVAS)[..., 3] == 255).sum() > 5_000


def test_an_exported_page_turns_it_too(tmp_path: Path, browser: Any) -> None:
    from mediatypes.viewer.bundle import bundle
    from mediatypes.viewer.catalogue import Catalogue

    with mt.init(dir=tmp_path / "runs") as run:
        run.log({"x": mt.Object3D(FIXTURES / "box.glb")})
    catalogue = Catalogue(tmp_path / "runs")
    catalogue.poll()
    target = tmp_path / "page.html"
    target.write_text(bundle(catalogue, most_bytes=10**6).html, encoding="utf-8")
    page = browser.new_page()
    page.goto(target.as_uri() + "#/workspace")

    assert (pixels(page, CANVAS)[..., 3] == 255).sum() > 5_000
    page.close()
