"""A run's index as what a cache keeps, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import msgspec

from mediatypes.errors import StoreError
from mediatypes.schema import Close, Open
from mediatypes.store import layout
from mediatypes.store.fold import Fold
from mediatypes.store.scan import Place
from mediatypes.viewer.cache import Kept
from mediatypes.viewer.columns import Column, Growing
from mediatypes.viewer.track import Track

if TYPE_CHECKING:
    from mediatypes.store.beneath import Folder
    from mediatypes.viewer.index import RunIndex

__all__ = ["restore", "to_keep"]

_LOOKED_AT: Final = 256
"""Bytes before the place that has been read, which must be the same again."""
_MISFITS: Final = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    msgspec.MsgspecError,
    OSError,
    StoreError,
)


def to_keep(run: RunIndex, folder: Folder) -> Kept:
    """Return what a cache keeps of a run."""
    arrays = {"steps": run.steps, "times": run.times}
    for key, column in run.columns.items():
        arrays[f"rows/{key}"] = column.rows
        arrays[f"numbers/{key}"] = column.numbers
    for key, track in run.tracks.items():
        arrays |= {f"track/{n}/{key}": c for n, c in track.columns.items()}
    facts: dict[str, Any] = {
        "places": {writer: list(place) for writer, place in run.places.items()},
        "marks": {w: _mark(folder, w, place) for w, place in run.places.items()},
        "clocks": run.clocks,
        "writers": run.writers,
        "opens": {w: msgspec.to_builtins(record) for w, record in run.opens.items()},
        "closes": {w: msgspec.to_builtins(record) for w, record in run.closes.items()},
        "problems": [list(problem) for problem in run.problems],
        "fold": run.fold.to_plain(),
        "last_step": run.last_step,
        "columns": list(run.columns),
        "tracks": {k: [t.kind, t.inline, t.odd] for k, t in run.tracks.items()},
        "waiting": [
            [writer, number, time, sorted(waiting)]
            for (writer, number), (time, waiting) in run.open_rows.items()
        ],
    }
    return Kept(facts, arrays)


def restore(run: RunIndex, folder: Folder, kept: Kept) -> bool:
    """Make `run` what it was when it was kept; return False if it is another by now."""
    try:
        facts, arrays = kept.facts, kept.arrays
        places = {writer: _place(one) for writer, one in facts["places"].items()}
        for writer, place in places.items():
            if _mark(folder, writer, place) != facts["marks"][writer]:
                return False
        columns = {key: _column(arrays, key) for key in facts["columns"]}
        tracks = {
            key: _track(arrays, key, *one) for key, one in facts["tracks"].items()
        }
        opens = {w: msgspec.convert(one, Open) for w, one in facts["opens"].items()}
        closes = {w: msgspec.convert(one, Close) for w, one in facts["closes"].items()}
        waiting = {
            (writer, number): (time, {(key, index) for key, index in items})
            for writer, number, time, items in facts["waiting"]
        }
        fold = Fold.from_plain(facts["fold"])
        run.set_problems(facts["problems"])
        run.steps = Growing("q", arrays["steps"])
        run.times = Growing("d", arrays["times"])
    except _MISFITS:
        return False
    run.places, run.clocks, run.writers = places, facts["clocks"], facts["writers"]
    run.opens, run.closes, run.fold = opens, closes, fold
    run.columns, run.tracks, run.open_rows = columns, tracks, waiting
    run.last_step = facts["last_step"]
    return True


def _mark(folder: Folder, writer: str, place: Place) -> int:
    """Return a checksum of what stands before a place, so that a change is seen."""
    start = max(0, place.offset - _LOOKED_AT)
    path = layout.log_path(writer, place.segment)
    return crc32(folder.read_part(path, start, place.offset - start))


def _place(plain: list[Any]) -> Place:
    gaps = tuple((int(first), int(last)) for first, last in plain[5])
    segment, offset, line, next_number, closed = plain[:5]
    return Place(segment, offset, line, next_number, closed, gaps)


def _column(arrays: dict[str, Any], key: str) -> Column:
    column = Column()
    column.rows = Growing("I", arrays[f"rows/{key}"])
    column.numbers = Growing("d", arrays[f"numbers/{key}"])
    return column


def _track(
    arrays: dict[str, Any], key: str, kind: str, inline: object, odd: int
) -> Track:
    track = Track(kind, inline=bool(inline))
    track.odd = odd
    for name, column in track.columns.items():
        track.columns[name] = Growing(column.code, arrays[f"track/{name}/{key}"])
    return track
