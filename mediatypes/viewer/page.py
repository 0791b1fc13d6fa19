"""The page: its modules in one file, and each alone, addressed by their content."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from mediatypes.viewer.linked import linked

__all__ = [
    "MODULES",
    "STATIC",
    "STYLES",
    "Asset",
    "asset",
    "assets",
    "components",
    "import_names",
    "page",
    "script",
]

STATIC: Final = Path(__file__).parent / "static"
_VENDOR: Final = {
    "preact": "vendor/preact.js",
    "preact/hooks": "vendor/hooks.js",
    "htm": "vendor/htm.js",
    "@preact/signals-core": "vendor/signals-core.js",
    "@preact/signals": "vendor/signals.js",
    "uplot": "vendor/uplot.js",
}
"""What the modules of others are imported as."""
_APART: Final = ("vendor/", "frames/")
"""What is no module of the page's own."""
MODULES: Final = "#mt/"
"""What our own modules are imported as."""
STYLES: Final = (
    "vendor/uplot.css",
    "base.css",
    "workspace.css",
    "space.css",
    "lightbox.css",
    "narrow.css",
)
"""Style sheets in the order in which they win."""
_TYPES: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}


class Asset(NamedTuple):
    """A file of the page."""

    name: str
    data: bytes
    mime: str
    version: str
    """Of its content, so that a browser may keep it for ever."""


@cache
def assets() -> dict[str, Asset]:
    """Return every file of the page, by its path below ``static``."""
    found: dict[str, Asset] = {}
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix[1:] in _TYPES:
            name = path.relative_to(STATIC).as_posix()
            found[name] = _asset(name, path.read_bytes())
    return found


def _asset(name: str, data: bytes) -> Asset:
    mime = _TYPES[name.rpartition(".")[2]]
    return Asset(name, data, mime, hashlib.sha256(data).hexdigest()[:12])


def asset(name: str) -> Asset | None:
    """Return a file of the page, or None if there is none of that name."""
    return script() if name == script().name else assets().get(name)


def import_names() -> dict[str, str]:
    """Return what each module is imported as, and its path."""
    ours = {f"{MODULES}{n}": n for n in assets() if n.endswith(".js")}
    ours = {w: name for w, name in ours.items() if not name.startswith(_APART)}
    return ours | _VENDOR


def components() -> list[str]:
    """Return the kinds of media that have a component of their own."""
    names = (name for name in assets() if name.startswith("components/"))
    return [Path(name).stem for name in names]


@cache
def script() -> Asset:
    """Return all modules as one file."""
    texts = {
        word: assets()[name].data.decode() for word, name in import_names().items()
    }
    return _asset("page.js", linked(texts).encode())


def page(nonce: str) -> tuple[str, str]:
    """Return the page that a server sends, and its content security policy.

    Parameters
    ----------
    nonce
        Made anew for each answer.
    """
    addresses = {
        word: f"./static/{name}?v={assets()[name].version}"
        for word, name in import_names().items()
    }
    styles = "".join(
        f'<link rel="stylesheet" href="./static/{name}?v={assets()[name].version}">'
        for name in STYLES
    )
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    whole = f"./static/{script().name}?v={script().version}"
    start = (
        f'<script type="importmap" nonce="{nonce}">'
        f"{json.dumps({'imports': addresses})}</script>"
        f'<link rel="modulepreload" href="{whole}">'
        f'<script type="module" nonce="{nonce}">'
        f'import {{ $load as load }} from "{whole}"; '
        f'load("{MODULES}main.js").start(load("{MODULES}server.js"), '
        f"{json.dumps(components())}, load);</script>"
    )
    icon = f"./static/icon.svg?v={assets()['icon.svg'].version}"
    text = text.replace("<!--styles-->", styles).replace("<!--scripts-->", start)
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; frame-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return text.replace("icon.svg", icon), policy
