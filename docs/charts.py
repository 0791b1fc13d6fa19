"""The pictures of the page about charts, drawn by the code that stands on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mediatypes import Plot

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["draw"]

_BLOCK: Final = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def draw(page: Path, folder: Path) -> list[str]:
    """Write a picture for each plot that the blocks of `page` give a name to."""
    names: dict[str, Any] = {}
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if "mt.init(" in block:  # a run needs a place of its own, and has no picture
            continue
        exec(compile(block, str(page), "exec"), names)  # noqa: S102 - our own page
    folder.mkdir(parents=True, exist_ok=True)
    plots = {name: value for name, value in names.items() if isinstance(value, Plot)}
    for name, plot in plots.items():
        (folder / f"{name}.png").write_bytes(plot.encode().data)
    return sorted(plots)
