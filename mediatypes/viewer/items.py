"""Media as the page shows them: which items, their words, links to their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import is_sequence
from mediatypes.errors import MediaTypesError
from mediatypes.schema import Log, decode_members, decode_value
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema.records import members
from mediatypes.schema.values import escape_key
from mediatypes.viewer.answers import Refused, packed, strict
from mediatypes.viewer.catalogue import tag_of

if TYPE_CHECKING:
    from mediatypes.schema import Part
    from mediatypes.viewer.index import RunIndex
    from mediatypes.viewer.links import Links
    from mediatypes.viewer.track import Place, Track

__all__ = ["at_step", "item", "listing", "steps"]

MOST_ITEMS: Final = 1_000
_MOST_SHOWN: Final = 100_000
"""Bytes of an inline value or of a record's facts that go to the page."""


def steps(found: list[RunIndex], keys: list[str]) -> dict[str, Any]:
    """Return the steps that have items, and how many, for each key and run."""
    result: dict[str, Any] = {key: {} for key in keys[:MOST_ITEMS]}
    for run in found:
        with run.lock:
            for key, by_run in result.items():
                track = run.tracks.get(key)
                if track is not None:
                    by_run[run.id] = {
                        "steps": packed(track.steps, "float64"),
                        "counts": packed(track.counts, "float32"),
                    }
    return {"keys": result}


def at_step(
    found: list[RunIndex],
    links: Links,
    key: str,
    *,
    at: int,
    span: tuple[int, int] = (0, 64),
) -> dict[str, Any]:
    """Return the items of the latest step at or before `at`, for each run.

    Parameters
    ----------
    found
        The runs.
    links
        Signs the links.
    key
        Of the media.
    at
        The step that is asked for; the answer says which it is.
    span
        First item, and the one after the last.
    """
    result: dict[str, Any] = {}
    for run in found:
        with run.lock:
            track = run.tracks.get(key)
            if track is None:
                continue
            position = int(np.searchsorted(track.steps, at, side="right")) - 1
            if position < 0:
                continue
            step, places = int(track.steps[position]), track.at(position)
        first, last = span[0], min(span[1], span[0] + MOST_ITEMS)
        result[run.id] = {
            "step": step,
            "exact": step == at,
            "total": len(places),
            "items": [item(run, track, key, p, links) for p in places[first:last]],
        }
    return {"key": key, "at": at, "runs": result}


def listing(
    found: list[RunIndex], links: Links, key: str, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return a stretch of all items of `key`, run after run, in the order of steps."""
    if offset < 0 or not 0 <= limit <= MOST_ITEMS:
        raise Refused(400, "limit", f"limit must be 0 to {MOST_ITEMS}; got {limit}.")
    total = 0
    rows: list[dict[str, Any]] = []
    for run in found:
        with run.lock:
            track = run.tracks.get(key)
            if track is None:
                continue
            mine = track.total
            first = min(max(offset - total, 0), mine)
            last = min(max(offset + limit - total, 0), mine)
            places = track.between(first, last)
            total += mine
        rows += [item(run, track, key, place, links) for place in places]
    return {"key": key, "total": total, "offset": offset, "items": rows}


def item(
    run: RunIndex, track: Track, key: str, place: Place, links: Links
) -> dict[str, Any]:
    """Return one item as the page shows it."""
    facts: dict[str, Any] = {
        "run": run.id,
        "key": key,
        "step": place.step,
        "index": place.position,
        "kind": track.kind,
    }
    try:
        record = run.record(place)
        if isinstance(record, Log):
            return facts | {"value": _inline(record, key, place.position)}
        if isinstance(record, MediaRecord):
            return facts | _facts(run, record, place, links)
    except (MediaTypesError, OSError) as error:
        return facts | {"error": str(error)}
    return facts | {"error": "The record has changed."}


def _inline(record: Log, key: str, index: int) -> Any:
    value: Any = record.d.get(escape_key(key))
    one: dict[str, Any] = value[index] if is_sequence(value) else value or {}
    return strict({k: decode_value(v) for k, v in one.items() if k != "$t"})


def _facts(
    run: RunIndex, record: MediaRecord, place: Place, links: Links
) -> dict[str, Any]:
    tag, writer = tag_of(run.id), run.writers[place.writer]
    files: list[MediaRecord | Part] = [record, *record.parts]
    ends = [links.file(tag, writer, place, n, file) for n, file in enumerate(files)]
    found: dict[str, Any] = {
        "kind": record.kind,
        "id": record.id,
        "caption": record.caption,
        "mime": record.mime,
        "size": record.size,
        "sha256": record.sha256,
        "path": record.path,
        "url": f"./media/{ends[0]}",
        "meta": strict(decode_members(record.meta, lambda _: "…")),
        "source": strict(members_of(record)),
        "parts": [
            {"name": p.name, "kind": p.kind, "mime": p.mime, "url": f"./media/{end}"}
            for p, end in zip(record.parts, ends[1:], strict=True)
        ],
    }
    if record.mime.startswith("image/"):
        found["thumb"] = f"./thumb/{ends[0]}"
    if record.kind == "audio":
        found["sound"] = f"./sound/{ends[0]}"
    if record.kind == "array":
        found["preview"] = f"./preview/{ends[0]}"
    return found


def members_of(record: MediaRecord) -> dict[str, Any]:
    """Return what the record says of the value before it was stored."""
    found: dict[str, Any] = members(record).get("source") or {}
    return found
