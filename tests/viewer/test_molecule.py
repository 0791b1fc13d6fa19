"""Molecules, turned in Chromium without a graphics card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import mediatypes as mt
from tests.viewer.test_browser import show
from tests.viewer.test_space import CANVAS, is_near, pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.viewer.site import Site

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "molecule"


def test_atoms_and_bonds_are_drawn_whether_or_not_the_file_names_the_bonds(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    named, near = (mt.Molecule(FIXTURES / f"ethanol.{form}") for form in ("sdf", "xyz"))
    with mt.init(dir=tmp_path) as run:
        run.log({"named": named, "near": near})
    page = look(serve(tmp_path), "workspace")

    pictures = []
    for key in ("named", "near"):
        show(page, key)
        found = pixels(page, f"[data-key={key}] {CANVAS}")
        assert is_near(found, (230, 50, 45)).sum() > 200  # oxygen
        assert is_near(found, (95, 100, 110)).sum() > 1_000  # carbon
        assert is_near(found, (225, 225, 230)).sum() > 200  # hydrogen
        pictures.append(found)
    differs = (pictures[0] != pictures[1]).any(axis=-1)
    assert differs.mean() < 0.001  # sticks of the same bonds, from the other end
    assert "9 atoms · 8 bonds · C2H6O" in page.inner_text("[data-key=named] figcaption")
    assert page.locator("[data-key=near] a.download").count() == 1
