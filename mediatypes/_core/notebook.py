"""Values as a notebook shows them: plain HTML without a script.

Notebooks that are not trusted, and pages that show notebooks, leave scripts out.
"""

from __future__ import annotations

import base64
import importlib
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mediatypes.schema import Encoded

__all__ = ["Dashboard", "html_of", "of_file", "of_histogram", "of_rows"]

_MOST_BYTES: Final = 2_000_000
"""A longer file is named, so that a notebook stays a file one can open."""
_MOST_LETTERS: Final = 20_000
_PICTURE: Final = "max-width:100%;max-height:480px;min-width:96px"
_SIDE: Final = 96
"""Pictures up to this size are drawn larger, with their pixels to be seen."""


class _Shown(Protocol):
    def _repr_html_(self) -> str: ...


class Dashboard:
    """The dashboard of a run as a notebook shows it: a frame with the whole page in it.

    Parameters
    ----------
    folder
        Of the run.
    height
        Of the frame, in pixels.
    max_mb
        Room for media files, in megabytes; the newest steps come first.
    """

    def __init__(self, folder: Path, height: int = 640, max_mb: float = 10.0) -> None:
        self._folder = folder
        # By name, since what draws pages stands above what reads and writes runs.
        embed: Any = importlib.import_module("mediatypes.viewer.embed")
        self._html: str
        self._words: str
        self._html, self._words = embed.frame_of(folder, height, max_mb)

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return f"Dashboard({str(self._folder)!r}, {self._words})"


def html_of(value: _Shown) -> str:
    """Return what a notebook shows of a value."""
    return value._repr_html_()  # pyright: ignore[reportPrivateUsage] - what notebooks call


def of_file(encoded: Encoded, caption: str | None, words: str) -> str:
    """Return a value with a file.

    Parameters
    ----------
    encoded
        Its files; a part named ``picture`` is what it looks like.
    caption
        Shown below.
    words
        What it is, in short.
    """
    drawn = next((part for part in encoded.parts if part.name == "picture"), None)
    if drawn is not None:
        data = base64.b64encode(drawn.data).decode()
        address = f"data:{drawn.mime};base64,{data}"
        return _framed(_picture(address, {}), caption, words)
    kind = encoded.mime.partition("/")[0]
    if kind == "text":
        text = encoded.data[:_MOST_LETTERS].decode("utf-8", "replace")
        return _framed(f"<pre>{_escape(text)}</pre>", caption, words)
    shown = {"image": _picture, "audio": _sound, "video": _film}.get(kind)
    if shown is None or len(encoded.data) > _MOST_BYTES:
        return _framed("", caption, words)
    data = base64.b64encode(encoded.data).decode()
    address = f"data:{_escape(encoded.mime)};base64,{data}"
    return _framed(shown(address, encoded.meta), caption, words)


def of_histogram(members: Mapping[str, Any], words: str) -> str:
    """Return a histogram, drawn from its counts and edges."""
    counts, edges = members["counts"], members["edges"]
    most = max(counts, default=0) or 1
    span = (edges[-1] - edges[0]) or 1
    bars = "".join(
        f'<rect x="{400 * (edges[i] - edges[0]) / span:.2f}" '
        f'y="{100 - 100 * count / most:.2f}" '
        f'width="{400 * (edges[i + 1] - edges[i]) / span:.2f}" '
        f'height="{100 * count / most:.2f}"/>'
        for i, count in enumerate(counts)
    )
    drawn = f'<svg viewBox="0 0 400 100" width="400" fill="#4f46e5">{bars}</svg>'
    return _framed(drawn, None, words)


def of_rows(title: str, rows: Mapping[str, Any], pictures: str = "") -> str:
    """Return a table of two columns under a title, and what stands below it."""
    cells = "".join(
        f"<tr><th style='text-align:left'>{_escape(key)}</th>"
        f"<td style='text-align:left'>{_escape(str(value))}</td></tr>"
        for key, value in rows.items()
    )
    head = f"<strong>{_escape(title)}</strong>"
    return f"<div>{head}<table>{cells}</table>{pictures}</div>"


def _escape(text: str) -> str:
    import html  # its table of entities takes long to load

    return html.escape(text)


def _framed(shown: str, caption: str | None, words: str) -> str:
    lines = [_escape(text) for text in (caption, words) if text]
    below = "<br>".join(lines)
    return (
        f"<figure style='display:inline-block;margin:4px'>{shown}"
        f"<figcaption style='font-size:12px'>{below}</figcaption></figure>"
    )


def _picture(address: str, meta: Mapping[str, Any]) -> str:
    size = max(meta.get("width") or 0, meta.get("height") or 0)
    style = _PICTURE
    if 0 < size <= _SIDE:
        style += ";image-rendering:pixelated"
    return f"<img src='{address}' style='{style}'>"


def _sound(address: str, meta: Mapping[str, Any]) -> str:
    del meta
    return f"<audio controls preload='none' src='{address}'></audio>"


def _film(address: str, meta: Mapping[str, Any]) -> str:
    del meta
    return f"<video controls preload='none' src='{address}' style='{_PICTURE}'></video>"
