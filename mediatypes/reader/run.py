"""One run, as it is on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes._core import notebook
from mediatypes._core.arrays import is_mapping
from mediatypes._core.options import parse_path
from mediatypes.errors import RunNotFoundError, StoreError
from mediatypes.reader.history import History
from mediatypes.reader.series import MediaSeries, is_inline
from mediatypes.reader.state import state_of
from mediatypes.reader.values import Values
from mediatypes.schema.records import members
from mediatypes.schema.values import unescape_key
from mediatypes.store import layout
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected, media_keys, read_info
from mediatypes.store.fold import Fold, Reference
from mediatypes.store.lease import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mediatypes.media import Media
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.typing import PathLike

__all__ = ["RunReader", "open_run"]

_SHOWN: Final = ("image", "plot")
_MOST_SHOWN: Final = 12
"""Pictures that a notebook shows of a run."""


def open_run(path: PathLike) -> RunReader:
    """Open a run folder for reading; it may still be written.

    Parameters
    ----------
    path
        The run's own folder, `Run.dir`.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If it is no run folder.
    mediatypes.errors.InvalidMediaError
        If it is no path at all.
    mediatypes.errors.ManifestError
        If a newer release is needed to read it.
    """
    place = parse_path("open_run", "path", path)
    try:
        folder = Folder(place)
    except (OSError, StoreError) as error:
        msg = f"{path} is no run folder: {getattr(error, 'strerror', None) or error}"
        raise RunNotFoundError(msg) from error
    return RunReader(folder)


class KeyFacts(NamedTuple):
    """What was logged under one key."""

    key: str
    kind: str
    """Of its latest value: ``"number"``, ``"text"``, ``"value"`` or a kind of media."""
    steps: int = 0
    items: int = 0
    size: int = 0
    """Bytes of its media files."""
    odd: int = 0
    """Items some of whose values were clipped, not finite, or stored with a loss."""
    extent: str = ""
    """Rows and columns of the latest item, if it is a table."""


class RunReader:
    """A run as its record has it; made by `mediatypes.open_run`.

    Nothing is decoded before it is asked for, and nothing is ever written.

    Parameters
    ----------
    folder
        The run folder.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._info = read_info(folder)
        self._collected = Collected(folder)
        self._values = Values(folder)
        self._watch = Watch(folder)
        self._folded: Fold | None = None

    @property
    def dir(self) -> Path:
        """The run's own folder."""
        return self._folder.path

    @property
    def id(self) -> str:
        """The id that names the run for programs."""
        return self._info.run_id

    @property
    def name(self) -> str:
        """The name that people see."""
        return self._fold().name or self._info.name

    @property
    def project(self) -> str | None:
        """The project that the run belongs to."""
        return self._info.project

    @property
    def created(self) -> str:
        """When the run began, ISO 8601 in UTC."""
        return self._info.created

    @property
    def state(self) -> str:
        """``"running"``, ``"finished"``, ``"failed"`` or ``"crashed"``.

        Crashed is a run whose process is known to have ended without a last word: it is
        gone from this machine, or its heart stood still for half a minute while this
        reader looked.
        """
        collected = self._collected
        return state_of(collected.opens, collected.closes, self._watch.is_still)

    @property
    def config(self) -> dict[str, Any]:
        """The run's settings."""
        return self._values.members(self._fold().config)

    @property
    def summary(self) -> dict[str, Any]:
        """The run's summary; media and histograms as typed values."""
        found = self._fold().summary(lambda reference: reference)
        media = {k: v for k, v in found.items() if isinstance(v, Reference)}
        plain = {k: v for k, v in found.items() if k not in media}
        result = self._values.members(plain)
        for key, reference in media.items():
            result[unescape_key(key)] = self._media_of(reference)
        return result

    def scalar_summary(self) -> dict[str, Any]:
        """Return those of the summary that are one number, text, bool or None.

        No file is opened for it.
        """
        found = self._fold().summary(lambda _: {"$t": ""})
        return self._values.scalars(found)

    def keys(self) -> list[str]:
        """Return every key that was logged, in the order of first use."""
        found: dict[str, None] = {}
        for row in self._collected.rows:
            found |= dict.fromkeys(self._values.keys(row.log.d))
            found |= dict.fromkeys(media_keys(row.log))
        return list(found)

    def media_keys(self) -> list[str]:
        """Return every key under which media were logged, histograms included."""
        found: dict[str, None] = {}
        for row in self._collected.rows:
            data = row.log.d
            names = zip(self._values.keys(data), data.values(), strict=True)
            found |= dict.fromkeys(key for key, value in names if is_inline(value))
            found |= dict.fromkeys(media_keys(row.log))
        return list(found)

    def key_facts(self) -> list[KeyFacts]:
        """Return what was logged under each key, in the order of first use."""
        found: dict[str, KeyFacts] = {}
        for row in self._collected.rows:
            for key, value in zip(
                self._values.keys(row.log.d), row.log.d.values(), strict=True
            ):
                _add(found, KeyFacts(key, _kind(value), 1))
            media = self._collected.of_row(row)
            for key in media_keys(row.log):
                of_key = [record for record in media if record.key == key]
                kinds = [intent.kind for intent in row.log.media if intent.key == key]
                size = sum(record.new_bytes for record in of_key)
                odd = sum(map(_is_odd, of_key))
                counts = 1, len(of_key), size, odd
                extent = _extent(of_key[-1]) if of_key else ""
                _add(found, KeyFacts(key, kinds[0], *counts, extent))
        return list(found.values())

    @property
    def media_count(self) -> int:
        """Media items whose files are there."""
        return sum(map(len, self._collected.media.values()))

    @property
    def environment(self) -> dict[str, Any]:
        """Where the run's first writer ran: program, packages, commit, hardware."""
        found = next(iter(self._collected.environments.values()), None)
        return {} if found is None else dict(found.d)

    def system(self) -> list[dict[str, float]]:
        """Return how busy the machine was: one mapping a sample, ``time`` in each.

        ``time`` is in seconds since 1970; what the others are is in their names.
        """
        samples = sorted(self._collected.system, key=lambda sample: sample.t)
        return [{"time": sample.t, **sample.d} for sample in samples]

    @property
    def output(self) -> str:
        """What the run's program printed, ``""`` if that was not kept."""
        try:
            data = self._folder.read(layout.OUTPUT)
        except FileNotFoundError:
            return ""
        return data.decode("utf-8", "replace")

    def losses(self) -> list[str]:
        """Return what the run's writers say they lost, in words."""
        notes = self._collected.notes
        texts = [f"{note.key!r}: {note.text}" for note in notes if note.key is not None]
        texts += [f"{r.where}: {r.word}, {r.text}" for r in self._collected.repairs]
        for record in self._collected.closes.values():
            texts += [f"{count:,} {what}" for what, count in record.lost.items()]
        return texts

    def history(self) -> History:
        """Return what was logged, one row a step."""
        return History(self._collected, self._values)

    def media(self, key: str) -> MediaSeries:
        """Return the media that were logged under `key`, by step.

        Raises
        ------
        KeyError
            If there are none; it names the keys that have.
        """
        series = MediaSeries(key, self._collected, self._values)
        if not series:
            known = ", ".join(map(repr, self.media_keys())) or "none"
            msg = f"no media under {key!r}; keys with media: {known}"
            raise KeyError(msg)
        return series

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield every call of ``log`` as a mapping, in order of step and time."""
        for row in self._collected.rows:
            media = self._collected.of_row(row)
            yield {
                "step": row.step,
                "time": row.time,
                "writer": row.writer,
                "data": self._values.members(row.log.d),
                "media": [members(record) for record in media],
            }

    def refresh(self) -> bool:
        """Read what has been written since; return whether there was anything."""
        self._folded = None
        return self._collected.refresh()

    def show(self, *, height: int = 640, max_mb: float = 10.0) -> notebook.Dashboard:
        """Return the dashboard of this run, as a notebook shows it.

        It is the page of ``mediatypes export`` in a frame, so it needs no server and
        becomes part of the notebook.

        Parameters
        ----------
        height
            Of the frame, in pixels.
        max_mb
            Room for media files, in megabytes; the newest steps come first.
        """
        return notebook.Dashboard(self.dir, height, max_mb)

    def close(self) -> None:
        """Let go of the folder."""
        self._folder.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.history())

    def __repr__(self) -> str:
        return f"RunReader({self.name!r}, {self.state}, {str(self.dir)!r})"

    def _repr_html_(self) -> str:
        facts = {"state": self.state, "folder": self.dir, "steps": len(self.history())}
        config = {f"config.{key}": value for key, value in self.config.items()}
        last = {f"summary.{k}": value for k, value in self.scalar_summary().items()}
        shown: list[Media] = []
        for fact in self.key_facts():
            if fact.kind in _SHOWN and fact.items:
                items = self.media(fact.key)
                shown += [one for one in items[max(items)][:_MOST_SHOWN] if one]
        pictures = "".join(map(notebook.html_of, shown[:_MOST_SHOWN]))
        return notebook.of_rows(self.name, facts | config | last, pictures)

    def _fold(self) -> Fold:
        if self._folded is None:
            self._folded = self._collected.fold()
        return self._folded

    def _media_of(self, reference: Reference) -> Any:
        records = self._collected.items(reference)
        values = {i: self._values.media(record) for i, record in records.items()}
        if reference.length is None:
            return values.get(0)
        return [values.get(index) for index in range(reference.length)]


def _add(found: dict[str, KeyFacts], fact: KeyFacts) -> None:
    known = found.get(fact.key, KeyFacts(fact.key, fact.kind))
    steps, items, size, odd = (
        a + b for a, b in zip(known[2:6], fact[2:6], strict=True)
    )
    extent = fact.extent or known.extent
    found[fact.key] = KeyFacts(fact.key, fact.kind, steps, items, size, odd, extent)


def _extent(record: MediaRecord) -> str:
    counts = record.meta.get("rows"), record.meta.get("columns")
    if record.kind != "table" or not all(isinstance(x, int) for x in counts):
        return ""
    return f"{counts[0]:,} × {counts[1]:,}"


def _is_odd(record: MediaRecord) -> bool:
    source = record.source
    return source is not None and bool(
        source.clipped or source.nonfinite or source.reasons
    )


def _kind(value: Any) -> str:
    if is_mapping(value):
        return str(value.get("$t", "number" if "$f" in value else "value"))
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else "value"
