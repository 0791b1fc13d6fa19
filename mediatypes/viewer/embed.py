"""The dashboard of a run in a cell of a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from mediatypes.viewer.bundle import bundle
from mediatypes.viewer.catalogue import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["frame_of"]

_MEGABYTE = 1_000_000


def frame_of(folder: Path, height: int, max_mb: float) -> tuple[str, str]:
    """Return a frame with the page of a run in it, and what it is in a word.

    The frame has an origin of its own: its scripts reach neither the notebook nor any
    network.

    Parameters
    ----------
    folder
        Of the run.
    height
        Of the frame, in pixels.
    max_mb
        Room for media files, which become part of the notebook.
    """
    catalogue = Catalogue.of([folder])
    catalogue.poll()
    made = bundle(catalogue, most_bytes=round(max_mb * _MEGABYTE))
    frame = (
        f'<iframe sandbox="allow-scripts" referrerpolicy="no-referrer" '
        f'title="{html.escape(catalogue.all()[0].name)}" '
        f'style="width:100%;height:{height}px;border:1px solid #8884" '
        f'srcdoc="{html.escape(made.html)}"></iframe>'
    )
    return frame, f"{made.kept} media items, {made.left_out} left out"
