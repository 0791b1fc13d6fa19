"""The modules of others that the dashboard brings along, as their packages have them.

``python tests/quality/vendored.py`` fetches them anew from the npm registry, checks
each package against its digest, and writes the files, their licences and
``VENDOR.json``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import urllib.request
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = (
    Path(__file__).parents[2] / "mediatypes" / "viewer" / "static" / "vendor"
)


class Package(NamedTuple):
    """A package of the npm registry, and which of its files are taken."""

    name: str
    version: str
    licence: str
    integrity: str
    """SHA-512 of the archive, as the registry states it."""
    files: dict[str, str]
    """Names in the archive, and what they are called here."""

    @property
    def url(self) -> str:
        """Where the archive is."""
        short = self.name.rpartition("/")[2]
        return f"https://registry.npmjs.org/{self.name}/-/{short}-{self.version}.tgz"


PACKAGES: Final = (
    Package(
        "preact",
        "11.2.0",
        "MIT",
        "/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==",
        {"dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "hooks.js"},
    ),
    Package(
        "htm",
        "3.1.1",
        "Apache-2.0",
        "983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
        {"dist/htm.mjs": "htm.js"},
    ),
    Package(
        "@preact/signals-core",
        "1.14.5",
        "MIT",
        "vcRv7Ityz5JVmeiVqIluLFzT/PDS/AlhHUpw3/aUWqcVUs6bDGIPXE/6RSC4evBNWYvnniozg5Syfj33al3gkg==",
        {"dist/signals-core.mjs": "signals-core.js"},
    ),
    Package(
        "@preact/signals",
        "2.11.4",
        "MIT",
        "Rb+5RPo9gWSaHtzJeauhHxiC8KP/IF2DEPkHPEOGOnuy2wnJzRqyeLRankUCYd6ADqtxS6GnWGv6Ie343d8aYw==",
        {"dist/signals.mjs": "signals.js"},
    ),
    Package(
        "uplot",
        "1.6.32",
        "MIT",
        "KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        {"dist/uPlot.esm.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
    ),
)


def _fetched(package: Package) -> dict[str, bytes]:
    with urllib.request.urlopen(package.url, timeout=60) as answer:
        data = answer.read()
    found = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != package.integrity:
        msg = f"{package.url} is not what it was: sha512-{found}"
        raise SystemExit(msg)
    short = package.name.replace("@", "").replace("/", "-")
    wanted = package.files | {"LICENSE": f"LICENSE-{short}.txt"}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {
            here: archive.extractfile(f"package/{there}").read()  # type: ignore[union-attr]  # a file
            for there, here in wanted.items()
        }


def _write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = []
    for package in PACKAGES:
        files = _fetched(package)
        for name, data in files.items():
            (FOLDER / name).write_bytes(data)
        rows.append(
            {
                "name": package.name,
                "version": package.version,
                "licence": package.licence,
                "source": package.url,
                "integrity": f"sha512-{package.integrity}",
                "sha256": {n: hashlib.sha256(d).hexdigest() for n, d in files.items()},
            }
        )
    text = json.dumps(rows, indent=2) + "\n"
    (FOLDER / "VENDOR.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _write()
