"""The pictures of shapes and molecules in the reference, made anew.

``python -m tests.viewer.screenshot_space`` writes ``docs/pictures/object3d.png`` and
``docs/pictures/molecule.png``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import trimesh
from playwright.sync_api import sync_playwright

import mediatypes as mt
from tests.viewer.conftest import ARGUMENTS, chromium
from tests.viewer.site import Site

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"


def scan() -> mt.Object3D:
    """A street: ground, and two boxes with points on them."""
    random = np.random.default_rng(0)
    ground = random.uniform((-12, -8, 0), (12, 8, 0.1), (9_000, 3))
    cars: list[dict[str, Any]] = [
        {"center": (-3, -2, 0.8), "size": (4.4, 1.9, 1.6), "label": "car"},
        {"center": (4, 2, 0.8), "size": (4.4, 1.9, 1.6), "label": "car"},
    ]
    turns = [(1.0, 0.0, 0.0, 0.0), (np.cos(0.3), 0.0, 0.0, np.sin(0.3))]
    points: list[Any] = [ground]
    for car, turn in zip(cars, turns, strict=True):
        car["orientation"] = turn
        inside = random.uniform(-0.5, 0.5, (1_500, 3))
        inside[np.arange(1_500), random.integers(0, 3, 1_500)] = 0.5
        angle = 2 * np.arctan2(turn[3], turn[0])
        rotated = np.array(
            [
                [np.cos(angle), -np.sin(angle), 0],
                [np.sin(angle), np.cos(angle), 0],
                [0, 0, 1],
            ]
        )
        points.append(inside * car["size"] @ rotated.T + car["center"])
    arrow = {"start": (4, 2, 0.8), "end": (8, 4.6, 0.8), "color": (30, 140, 60)}
    cloud = np.concatenate(points)
    return mt.Object3D(cloud, boxes=cars, vectors=[arrow], caption="lidar frame")


def main() -> None:
    """Log, look, and write the pictures."""
    torus = mt.Object3D(trimesh.creation.torus(1, 0.35), caption="torus")
    smiles = {
        "caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
        "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    }
    molecules = [mt.Molecule.from_smiles(v, caption=k) for k, v in smiles.items()]
    with tempfile.TemporaryDirectory() as folder:
        with mt.init(dir=folder, name="shapes") as run:
            run.log({"object3d": [scan(), torus], "molecule": molecules})
        site = Site(Path(folder))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=ARGUMENTS
            )
            page = browser.new_page(
                viewport={"width": 1280, "height": 1200}, color_scheme="light"
            )
            page.goto(site.link)
            page.wait_for_selector("header.top")
            page.goto(f"{site.base}/#/workspace")
            for key in ("object3d", "molecule"):
                page.wait_for_selector(f"[data-key={key}] canvas[data-drawn]")
                page.wait_for_timeout(500)
                panel = page.locator(f"[data-key={key}]")
                panel.screenshot(path=PICTURES / f"{key}.png")
            browser.close()
        site.stop()


if __name__ == "__main__":
    main()
