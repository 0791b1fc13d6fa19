"""The dashboard of some runs without a server: as one file, or as a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes.errors import MediaTypesError
from mediatypes.media import MEDIA_TYPES
from mediatypes.media.array import Array
from mediatypes.media.audio import Audio
from mediatypes.schema import Media as MediaRecord
from mediatypes.store.beneath import Folder
from mediatypes.store.files import read_file
from mediatypes.viewer import (
    api,
    contents,
    density,
    figures,
    items,
    page,
    preview,
    series,
    sound,
)
from mediatypes.viewer.links import Links
from mediatypes.viewer.parcel import Beside, Inside, Parcel, data_address

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mediatypes.viewer.catalogue import Catalogue
    from mediatypes.viewer.index import RunIndex
    from mediatypes.viewer.track import Place, Track

__all__ = ["Bundle", "bundle", "unfold"]

_BUCKETS: Final = 800
_STEPS: Final = 200
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' data:; img-src data: blob:; "
    "style-src 'unsafe-inline'; media-src data: blob:; connect-src data:; "
    "frame-src data:; font-src data:; form-action 'none'; base-uri 'none'"
)
_FOLDER_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' data: 'self' file:; "
    "img-src data: blob: 'self' file:; style-src 'unsafe-inline'; "
    "media-src data: blob: 'self' file:; connect-src data: 'self'; "
    "frame-src data:; font-src data:; form-action 'none'; base-uri 'none'"
)
_SCRIPT_END: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""Written so that no text of a run can end the block it is in."""


class Bundle(NamedTuple):
    """A page, and what it holds."""

    html: str
    kept: int
    """Media items whose files are in it."""
    left_out: int
    """Those that did not fit."""


def bundle(catalogue: Catalogue, *, most_bytes: int) -> Bundle:
    """Return the page of all runs of a catalogue, all that it needs in it.

    Parameters
    ----------
    catalogue
        The runs, read to their end.
    most_bytes
        Room for media files, as they are in the page. The newest steps of every key
        come first, and what is left out is said on the page.
    """
    parcel = Parcel(Inside(), most_bytes)
    answers = _answers(catalogue, parcel)
    block = f'<script type="application/json" id="answers">{_json(answers)}</script>'
    return Bundle(_html(block, _POLICY), parcel.kept, parcel.left_out)


def unfold(catalogue: Catalogue, folder: Path, *, most_bytes: int) -> Bundle:
    """Write the page of all runs into a folder, media files as such beside it.

    Parameters
    ----------
    catalogue
        The runs, read to their end.
    folder
        Gets ``index.html``, ``media/`` and ``data/``.
    most_bytes
        Room for media files.
    """
    parcel = Parcel(Beside(folder), most_bytes)
    answers = _answers(catalogue, parcel)
    script = f"globalThis.mediatypesAnswers = {_json(answers)};\n"
    (folder / "data" / "answers.js").write_text(script, encoding="utf-8")
    block = '<script src="data/answers.js"></script>'
    made = Bundle(_html(block, _FOLDER_POLICY), parcel.kept, parcel.left_out)
    (folder / "index.html").write_text(made.html, encoding="utf-8")
    return made


def _answers(catalogue: Catalogue, parcel: Parcel) -> dict[str, Any]:
    """Return all that the page will ask for."""
    runs = [run for run in catalogue.all() if run.error is None]
    everything = catalogue.all()
    keys = api.keys(runs)
    media = {key: _media(runs, key, parcel) for key in keys["media"]}
    libraries = {figures.library_of(mime) for mime in parcel.types} - {None}
    frames = {name: figures.whole_frame_page(str(name)) for name in libraries}
    return {
        "meta": api.meta(catalogue)
        | {"live": False, "figures": {k: bool(v) for k, v in frames.items()}},
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
        "contents": {run.id: contents.listing(run) for run in everything},
        "outputs": {run.id: contents.output(run) for run in everything},
        "frames": frames,
        "files": parcel.addresses,
        "left_out": parcel.left_out,
    }


def _sparks(runs: list[RunIndex], key: str) -> dict[str, Any]:
    return {run.id: api.run_facts(run, key).get("spark") for run in runs}


def _media(runs: list[RunIndex], key: str, parcel: Parcel) -> dict[str, list[Any]]:
    links = Links()  # they lead nowhere; the files take their place
    found: dict[str, list[Any]] = {}
    for run in runs:
        track = run.tracks.get(key)
        if track is None:
            continue
        rows = [
            _item(run, track, key, place, links, parcel)
            for place in reversed(track.between(0, track.total))
        ]
        found[run.id] = [row for row in reversed(rows) if row is not None]
    return found


def _item(
    run: RunIndex, track: Track, key: str, place: Place, links: Links, parcel: Parcel
) -> dict[str, Any] | None:
    found = items.item(run, track, key, place, links)
    if "url" not in found:
        return found
    try:
        record = run.record(place)
        if not isinstance(record, MediaRecord):
            return found
        numbers = parcel.take(run, record)
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


def _html(block: str, policy: str) -> str:
    assets = page.assets()
    addresses = {
        word: data_address(assets[name].data, "text/javascript")
        for word, name in page.import_names().items()
    }
    styles = "".join(
        f"<style>{assets[name].data.decode()}</style>" for name in page.STYLES
    )
    scripts = (
        f'<script type="importmap">{_json({"imports": addresses})}</script>{block}'
        f'<script type="module">import {{ start }} from "{page.MODULES}main.js"; '
        f'import * as source from "{page.MODULES}embedded.js"; '
        f"start(source, {_json(page.components())}, name => import(name));</script>"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    icon = data_address(assets["icon.svg"].data, "image/svg+xml")
    text = (page.STATIC / "index.html").read_text(encoding="utf-8")
    text = text.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{head}')
    text = text.replace("icon.svg", icon).replace("<!--styles-->", styles)
    return text.replace("<!--scripts-->", scripts)


def _json(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for letter, written in _SCRIPT_END.items():
        text = text.replace(letter, written)
    return text
