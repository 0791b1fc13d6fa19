"""The dashboard of some runs as one file that needs no server and no network."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes.errors import MediaTypesError
from mediatypes.media import MEDIA_TYPES
from mediatypes.media.array import Array
from mediatypes.media.audio import Audio
from mediatypes.schema import Media as MediaRecord
from mediatypes.store.beneath import Folder
from mediatypes.store.files import read_file
from mediatypes.viewer import api, density, items, page, preview, series, sound
from mediatypes.viewer.links import Links

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes.schema import Part
    from mediatypes.viewer.catalogue import Catalogue
    from mediatypes.viewer.index import RunIndex
    from mediatypes.viewer.track import Place, Track

__all__ = ["Bundle", "bundle"]

_BUCKETS: Final = 800
_STEPS: Final = 200
_SCRIPT_END: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""Written so that no text of a run can end the block it is in."""


class Bundle(NamedTuple):
    """A page, and what it holds."""

    html: str
    kept: int
    """Media items whose files are in it."""
    left_out: int
    """Those that did not fit."""


class _Files:
    """Files as ``data:`` addresses, as long as there is room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._known: dict[str, str] = {}
        self.data: list[str] = []
        self.kept = self.left_out = 0

    def take(self, run: RunIndex, record: MediaRecord) -> list[int] | None:
        """Return the numbers of a record's files, or None if they do not fit."""
        files: list[MediaRecord | Part] = [record, *record.parts]
        new = {f.sha256: f for f in files if f.sha256 not in self._known}
        need = sum(file.size for file in new.values()) * 4 // 3
        if need > self._room:
            self.left_out += 1
            return None
        folder = Folder(run.path)
        try:
            for digest, file in new.items():
                data = read_file(folder, file.path, file.size, digest)
                mime = file.mime.partition(";")[0]
                text = base64.b64encode(data).decode()
                self._known[digest] = str(len(self.data))
                self.data.append(f"data:{mime};base64,{text}")
        finally:
            folder.close()
        self._room -= need
        self.kept += 1
        return [int(self._known[file.sha256]) for file in files]


def bundle(catalogue: Catalogue, *, most_bytes: int) -> Bundle:
    """Return the page of all runs of a catalogue.

    Parameters
    ----------
    catalogue
        The runs, read to their end.
    most_bytes
        Room for media files, as they are in the page. The newest steps of every key
        come first, and what is left out is said on the page.
    """
    runs = [run for run in catalogue.all() if run.error is None]
    everything = catalogue.all()
    keys = api.keys(runs)
    files = _Files(most_bytes)
    media = {key: _media(runs, key, files) for key in keys["media"]}
    answers: dict[str, Any] = {
        "meta": api.meta(catalogue) | {"live": False},
        "runs": api.runs(catalogue),
        "sparks": {key: _sparks(runs, key) for key in keys["scalars"]},
        "keys": {run.id: api.keys([run]) for run in runs},
        "problems": api.problems(everything),
        "series": {
            key: {
                run.id: series.series([run], key, count=_BUCKETS)
                for run in runs
                if key in run.columns
            }
            for key in keys["scalars"]
        },
        "hist": {
            key: density.over_steps(runs, key, count=_STEPS)
            for key, entry in keys["media"].items()
            if entry["kind"] == "histogram"
        },
        "media": media,
        "files": files.data,
        "left_out": files.left_out,
    }
    return Bundle(_html(answers), files.kept, files.left_out)


def _sparks(runs: list[RunIndex], key: str) -> dict[str, Any]:
    return {run.id: api.run_facts(run, key).get("spark") for run in runs}


def _media(runs: list[RunIndex], key: str, files: _Files) -> dict[str, list[Any]]:
    links = Links()  # they lead nowhere; the files take their place
    found: dict[str, list[Any]] = {}
    for run in runs:
        track = run.tracks.get(key)
        if track is None:
            continue
        rows = [
            _item(run, track, key, place, links, files)
            for place in reversed(track.between(0, track.total))
        ]
        found[run.id] = [row for row in reversed(rows) if row is not None]
    return found


def _item(
    run: RunIndex, track: Track, key: str, place: Place, links: Links, files: _Files
) -> dict[str, Any] | None:
    found = items.item(run, track, key, place, links)
    if "url" not in found:
        return found
    try:
        record = run.record(place)
        if not isinstance(record, MediaRecord):
            return found
        numbers = files.take(run, record)
        if numbers is None:
            return None
        looks = _looks(run, record)
    except (MediaTypesError, OSError) as error:
        return found | {"error": str(error), "url": ""}
    parts = [
        part | {"url": number}
        for part, number in zip(found["parts"], numbers[1:], strict=True)
    ]
    found |= {"url": numbers[0], "parts": parts} | looks
    found.pop("thumb", None)
    return found


def _looks(run: RunIndex, record: MediaRecord) -> dict[str, Any]:
    """Return what the server would make of a file when it is looked at."""
    if record.kind not in {Audio.kind, Array.kind}:
        return {}
    folder = Folder(run.path)
    try:
        data = read_file(folder, record.path, record.size, record.sha256)
    finally:
        folder.close()
    value: Any = MEDIA_TYPES[record.kind].decode(record, data)
    samples: NDArray[Any] = value.to_numpy()
    if record.kind == Audio.kind:
        return {"sound": sound.picture_of(samples, value.sample_rate)}
    return {"preview": preview.look_at(samples)}


def _html(answers: dict[str, Any]) -> str:
    assets = page.assets()
    addresses = {
        word: f"data:text/javascript;base64,{_encoded(assets[name].data)}"
        for word, name in page.import_names().items()
    }
    styles = "".join(
        f"<style>{assets[name].data.decode()}</style>" for name in page.STYLES
    )
    scripts = (
        f'<script type="importmap">{_json({"imports": addresses})}</script>'
        f'<script type="application/json" id="answers">{_json(answers)}</script>'
        f'<script type="module">import {{ start }} from "{page.MODULES}main.js"; '
        f'import * as source from "{page.MODULES}embedded.js"; '
        f"start(source, {_json(page.components())});</script>"
    )
    policy = (
        "default-src 'none'; script-src 'unsafe-inline' data:; img-src data: blob:; "
        "style-src 'unsafe-inline'; media-src data: blob:; connect-src data:; "
        "frame-src data:; form-action 'none'; base-uri 'none'"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    icon = f"data:image/svg+xml;base64,{_encoded(assets['icon.svg'].data)}"
    text = (page.STATIC / "index.html").read_text(encoding="utf-8")
    text = text.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{head}')
    text = text.replace("icon.svg", icon).replace("<!--styles-->", styles)
    return text.replace("<!--scripts-->", scripts)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _json(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for letter, written in _SCRIPT_END.items():
        text = text.replace(letter, written)
    return text
