"""The page: its modules under one import map, each addressed by its content."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

__all__ = [
    "MODULES",
    "STATIC",
    "STYLES",
    "Asset",
    "assets",
    "components",
    "import_names",
    "page",
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
        mime = _TYPES.get(path.suffix[1:])
        if path.is_file() and mime is not None:
            name, data = path.relative_to(STATIC).as_posix(), path.read_bytes()
            version = hashlib.sha256(data).hexdigest()[:12]
            found[name] = Asset(name, data, mime, version)
    return found


def import_names() -> dict[str, str]:
    """Return what each module is imported as, and its path."""
    ours = {f"{MODULES}{n}": n for n in assets() if n.endswith(".js")}
    ours = {w: name for w, name in ours.items() if not name.startswith(_APART)}
    return ours | _VENDOR


def components() -> list[str]:
    """Return the kinds of media that have a component of their own."""
    names = (name for name in assets() if name.startswith("components/"))
    return [Path(name).stem for name in names]


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
    ahead = "".join(
        f'<link rel="modulepreload" href="{address}">' for address in addresses.values()
    )
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    script = (
        f'<script type="importmap" nonce="{nonce}">'
        f"{json.dumps({'imports': addresses})}</script>{ahead}"
        f'<script type="module" nonce="{nonce}">'
        f'import {{ start }} from "{MODULES}main.js"; '
        f'import * as source from "{MODULES}server.js"; '
        f"start(source, {json.dumps(components())});</script>"
    )
    icon = f"./static/icon.svg?v={assets()['icon.svg'].version}"
    text = text.replace("<!--styles-->", styles).replace("<!--scripts-->", script)
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; frame-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return text.replace("icon.svg", icon), policy
