"""The libraries that draw a figure from its description, where they are installed.

They are as large as the rest of this package together, so none is brought along: plotly
for Python holds the plotly.js that draws its figures, and vl-convert holds Vega.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

from mediatypes.viewer import page
from mediatypes.viewer.cache import default_folder

__all__ = [
    "FRAME_POLICY",
    "frame_page",
    "known",
    "library_of",
    "script",
    "whole_frame_page",
]

_SECONDS: Final = 60
_BUNDLE: Final = (
    "import sys, vl_convert\n"
    "sys.stdout.buffer.write(vl_convert.javascript_bundle(None).encode())"
)
"""Run in a process of its own, since vl-convert takes 90 MB of memory."""
_PAGE: Final = (
    '<!doctype html><meta charset="utf-8"><title>Figure</title>'
    "<style>html,body,#figure{margin:0;height:100%;background:#fff}</style>"
    '<div id="figure"></div>'
)
FRAME_POLICY: Final = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
"""What a frame may do that draws a figure: run these scripts, and reach nothing."""


def known() -> dict[str, bool]:
    """Return which libraries are installed, without loading any."""
    return {
        "plotly": _plotly_path() is not None,
        "vega": importlib.util.find_spec("vl_convert") is not None,
    }


def library_of(mime: str) -> str | None:
    """Return which library draws a description of that type.

    Examples
    --------
    >>> library_of("application/vnd.vegalite.v6+json")
    'vega'
    >>> library_of("application/json") is None
    True
    """
    for library in ("plotly", "vega"):
        if mime.startswith(f"application/vnd.{library}"):
            return library
    return None


@cache
def script(library: str) -> bytes | None:
    """Return a library as one classic script, or None if it is not installed."""
    if library == "plotly":
        path = _plotly_path()
        return None if path is None else path.read_bytes()
    if library == "vega" and known()["vega"]:
        return _vega()
    return None


def frame_page(library: str) -> str:
    """Return the page of a frame that draws what it is sent."""
    drawing = page.assets()["frames/draw.js"]
    return _PAGE + (
        f'<script src="./{library}.js"></script>'
        f'<script src="../static/frames/draw.js?v={drawing.version}"></script>'
    )


def whole_frame_page(library: str) -> str | None:
    """Return that page with its scripts in it, or None if the library is not there."""
    data = script(library)
    if data is None:
        return None
    drawing = page.assets()["frames/draw.js"].data
    texts = [_inside(one.decode("utf-8", "replace")) for one in (data, drawing)]
    return _PAGE + "".join(f"<script>{text}</script>" for text in texts)


def _inside(text: str) -> str:
    """Return a script that does not end the block it is in: in words it is the same."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _plotly_path() -> Path | None:
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "package_data" / "plotly.min.js"
    return path if path.is_file() else None


def _vega() -> bytes | None:
    version = importlib.metadata.version("vl-convert-python")
    kept = default_folder() / f"vega-{version}.js"
    with contextlib.suppress(OSError):
        return kept.read_bytes()
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-c", _BUNDLE],
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # Its names are its own: a classic script would share them with the page.
    data = b"(() => {" + done.stdout + b"\n})();"
    with contextlib.suppress(OSError):
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = kept.with_suffix(f".{os.getpid()}.part")
        temporary.write_bytes(data)
        temporary.replace(kept)
    return data
