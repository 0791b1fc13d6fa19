"""What the page asks for, as plain data; the server and the exports both use it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.version import __version__
from mediatypes.errors import ManifestError
from mediatypes.schema import decode_members
from mediatypes.viewer import figures
from mediatypes.viewer.answers import Refused, packed, strict
from mediatypes.viewer.columns import buckets

if TYPE_CHECKING:
    from mediatypes.viewer.catalogue import Catalogue
    from mediatypes.viewer.index import RunIndex

__all__ = ["changes", "chosen", "keys", "meta", "problems", "run_facts", "runs"]

API_VERSION: Final = 1
_SPARK: Final = 48
_WORDS: Final = 2_000
"""Letters of a text that the table of runs may hold."""


def chosen(catalogue: Catalogue, ids: list[str]) -> list[RunIndex]:
    """Return the runs that are named, in that order.

    Raises
    ------
    mediatypes.viewer.answers.Refused
        If one is not there.
    """
    found: list[RunIndex] = []
    for run_id in ids:
        run = catalogue.get(run_id)
        if run is None:
            hint = "It may have been moved or deleted. Reload the page."
            raise Refused(404, "run", f"There is no run {run_id!r}.", hint)
        found.append(run)
    return found


def meta(catalogue: Catalogue) -> dict[str, Any]:
    """Return what the server is and looks at."""
    return {
        "api": API_VERSION,
        "version": __version__,
        "root": str(catalogue.root),
        "single": catalogue.is_single,
        "live": True,
        "read_only": True,
        "figures": figures.known(),
    }


def changes(catalogue: Catalogue) -> dict[str, Any]:
    """Return how far every run has been read, after having looked."""
    catalogue.poll()
    everything = catalogue.all()
    return {
        "cursor": catalogue.revision,
        "reading": {
            "done": len(everything) - catalogue.unread,
            "total": len(everything),
        },
        "runs": {run.id: run.revision for run in everything},
        "live": any(run.state == "running" for run in everything),
    }


def runs(catalogue: Catalogue, spark: str | None = None) -> dict[str, Any]:
    """Return a row for each run.

    Parameters
    ----------
    spark
        Key of the numbers that each row draws in small, if any.
    """
    rows = [run_facts(run, spark) for run in catalogue.all()]
    return {"total": len(rows), "runs": rows}


def run_facts(run: RunIndex, spark: str | None = None) -> dict[str, Any]:
    """Return what the table of runs shows of one."""
    with run.lock:
        opened = next(iter(run.opens.values()), None)
        facts: dict[str, Any] = {
            "id": run.id,
            "name": run.name,
            "state": run.state,
            "error": run.error,
            "read": run.is_read,
            "project": run.info.project if run.info else None,
            "created": run.info.created if run.info else "",
            "started": run.started,
            "updated": run.updated,
            "rows": len(run.steps),
            "last_step": run.last_step,
            "media": sum(len(track) for track in run.tracks.values()),
            "problems": len(run.problems) + _odd_and_missing(run),
            "tags": list(opened.tags) if opened else [],
            "notes": opened.notes if opened else None,
            "group": opened.group if opened else None,
            "host": opened.host if opened else "",
            "writers": len(run.opens),
            "config": _plain(run.fold.config),
            "summary": _summary(run),
            "step_metrics": _step_metrics(run),
        }
        if spark is not None and spark in run.columns:
            facts["spark"] = packed(_spark(run, spark), "float32")
    return facts


def _odd_and_missing(run: RunIndex) -> int:
    missing = len(run.missing()) if run.state != "running" else 0
    return missing + sum(1 for track in run.tracks.values() if track.odd)


def _step_metrics(run: RunIndex) -> dict[str, str]:
    found = run.fold.metrics.items()
    return {name: m.step_metric for name, m in found if m.step_metric}


def _spark(run: RunIndex, key: str) -> np.ndarray[Any, Any]:
    column = run.columns[key]
    x = run.steps.values[column.rows.values].astype(np.float64)
    y = column.numbers.values
    order = np.argsort(x, kind="stable")
    low, high = float(x.min()), math.nextafter(float(x.max()), math.inf)
    edges = np.linspace(low, high, _SPARK + 1)
    return buckets(x[order], y[order], edges).mean


def _plain(data: dict[str, Any]) -> Any:
    try:
        return strict(decode_members(data, lambda _: "…"))
    except ManifestError as error:
        return {"(cannot be read)": str(error)}


def _summary(run: RunIndex) -> dict[str, Any]:
    found = run.fold.summary(lambda _: {"$t": ""})
    single: dict[str, Any] = {}
    for key, value in found.items():
        if (is_mapping(value) or is_sequence(value)) and not _is_number(value):
            continue
        single[key] = value[:_WORDS] if isinstance(value, str) else value
    plain: dict[str, Any] = _plain(single)
    return plain


def _is_number(value: Any) -> bool:
    return is_mapping(value) and ("$f" in value or "$i" in value)


def keys(found: list[RunIndex]) -> dict[str, Any]:
    """Return every key of some runs: numbers, and media with their kind."""
    scalars: dict[str, dict[str, Any]] = {}
    media: dict[str, dict[str, Any]] = {}
    for run in found:
        with run.lock:
            for key, column in run.columns.items():
                scalars.setdefault(key, {})[run.id] = len(column)
            for key, track in run.tracks.items():
                entry = media.setdefault(key, {"kind": track.kind, "runs": {}})
                entry["runs"][run.id] = {
                    "items": track.total,
                    "steps": len(track.steps),
                    "odd": track.odd,
                }
    return {"scalars": scalars, "media": media}


def problems(found: list[RunIndex]) -> dict[str, Any]:
    """Return what a person should know about some runs, the worst first."""
    rows: list[dict[str, str]] = []
    for run in found:
        with run.lock:
            if run.error is not None:
                rows.append(_problem(run, "error", run.error))
            rows += [_problem(run, *problem) for problem in run.problems]
            for key, track in run.tracks.items():
                if track.odd:
                    text = f"{track.odd:,} of {len(track):,} items hold odd values"
                    rows.append(_problem(run, "warning", text, key))
            rows += _missing(run)
    order = {"error": 0, "warning": 1, "note": 2}
    return {"problems": sorted(rows, key=lambda row: order.get(row["severity"], 3))}


def _missing(run: RunIndex) -> list[dict[str, str]]:
    if run.state == "running":
        return []
    counts: dict[str, int] = {}
    for key, _, _ in run.missing():
        counts[key] = counts.get(key, 0) + 1
    return [
        _problem(run, "error", f"{count:,} items were logged, but have no file", key)
        for key, count in counts.items()
    ]


def _problem(
    run: RunIndex, severity: str, text: str, where: str = ""
) -> dict[str, str]:
    return {
        "run": run.id,
        "name": run.name,
        "severity": severity,
        "text": text,
        "where": where,
        "command": f"mediatypes verify {run.path}",
    }
