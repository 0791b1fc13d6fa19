"""A run: what a training script talks to."""

from __future__ import annotations

import os
import threading
import warnings
import weakref
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.names import check_key
from mediatypes.adapters import drawing_process
from mediatypes.errors import DroppedMediaWarning, RunClosedError
from mediatypes.recorder import console
from mediatypes.recorder.calls import Calls
from mediatypes.recorder.config import Config
from mediatypes.recorder.derive import write_derived
from mediatypes.recorder.exits import STOP_SECONDS, at_child_exit, exit_seconds
from mediatypes.recorder.facts import opening_facts
from mediatypes.recorder.live import Live
from mediatypes.recorder.notes import note_ignored
from mediatypes.recorder.odd import OddValues, caller_level
from mediatypes.recorder.recover import recover_others
from mediatypes.recorder.row import build, check_step
from mediatypes.recorder.session import Session
from mediatypes.recorder.summary import Summary
from mediatypes.recorder.unwritten import Unwritten
from mediatypes.schema import Config as ConfigRecord
from mediatypes.schema import Name, RunInfo
from mediatypes.schema import Summary as SummaryRecord
from mediatypes.schema.values import escape_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediatypes.recorder.options import Options
    from mediatypes.recorder.row import Row
    from mediatypes.schema import Metric, Note
    from mediatypes.store.beneath import Folder
    from mediatypes.store.collect import Collected

__all__ = ["Run"]

_LIVE: Final[weakref.WeakSet[Run]] = weakref.WeakSet()


class Run(Calls):
    """A run that is being written; `mediatypes.init` makes one.

    Usable as a context manager: leaving it finishes the run, with state ``failed`` if
    by an exception.

    Parameters
    ----------
    folder
        The run folder.
    info
        What its ``run.json`` says.
    options
        How to write.
    opening
        Further members of each writer's first record.
    before
        What is on record already, of a run that is resumed.
    """

    def __init__(
        self,
        folder: Folder,
        info: RunInfo,
        options: Options,
        opening: dict[str, Any],
        before: Collected | None = None,
    ) -> None:
        self._folder = folder
        self._info = info
        self._options = options
        self._opening = opening
        self._lock = threading.RLock()
        self._next_step = 0 if before is None else before.next_step
        self._open_step: int | None = None
        self._state: str | None = None
        self._finisher = 0
        self._ended = threading.Event()
        self._totals: console.Totals | None = None
        self._odd = OddValues(strict=options.strict)
        self._live = Live(folder, before)
        self._name = self._live.fold.name or info.name
        self._resumed = before is not None
        self._parent: str | None = None
        self._unwritten = Unwritten()
        self._writing: Session | None = Session(folder, options, opening, self._live)
        self._config = Config(self._on_config, self._live.fold.config)
        self._summary = Summary(self._live.current, self._on_summary)
        self._alerts = {}
        self._figures = drawing_process.begin_run(options.render)
        _LIVE.add(self)

    @property
    def name(self) -> str:
        """The name that people see; it can be set."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        record = Name(name=check_key(str(name), "Run.name"))
        with self._lock:
            self._check_open("name")
            self._name = record.name
            self._session.write_record(record)

    @property
    def resumed(self) -> bool:
        """Whether the run was begun before, and goes on."""
        return self._resumed

    @property
    def step(self) -> int:
        """The step that the next call of `log` gets."""
        return self._next_step if self._open_step is None else self._open_step

    @property
    def config(self) -> Config:
        """The run's settings."""
        return self._config

    @property
    def summary(self) -> Summary:
        """The run's summary."""
        return self._summary

    @property
    def state(self) -> str:
        """``"running"``, ``"finished"`` or ``"failed"``."""
        return self._state or "running"

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,  # noqa: FBT001 - the call style people know
        sync: bool | None = None,  # noqa: FBT001 - as above
    ) -> None:
        """Put values on record.

        All or nothing: if one value is refused, nothing is written, no step is used up,
        and the next call works. The row is on record when this returns, and survives
        the death of the process; media are encoded on worker threads from the snapshot
        that their constructor took. Trouble with the disk never raises here, unless the
        run is strict: it is counted, named, and shown by `finish`.

        Parameters
        ----------
        data
            Names and values: numbers, text, bools, None, NumPy scalars and 0-d arrays;
            `Image`, `Audio`, `Histogram`, `Plot` and lists of them; figures and Pillow
            images as they are; lists of plain values; mappings, whose keys are joined
            by dots.
        step
            Where to put the row, in any order; without it, the step after the highest.
        commit
            False keeps the step open for further calls; of a key that comes twice, the
            later value counts.
        sync
            Not used: every row is on record when this returns.

        Raises
        ------
        mediatypes.errors.UnsupportedInputError
            If `data` is no mapping, a key no text, or a value of a type that cannot be
            stored. It is a TypeError and names the key.
        mediatypes.errors.OptionError
            If a key or the step cannot be one.
        mediatypes.errors.RunClosedError
            If the run has been finished.
        mediatypes.errors.RangeError
            If the run is strict and values are odd.
        mediatypes.errors.WriteFailedError
            If the run is strict and something could not be written.
        """
        if self._state is not None:
            self._check_open("log")
        if sync is not None:
            note_ignored("log", "sync", is_given=True)
        at = None if step is None else check_step(step)
        if self._watch is not None:
            self._odd.report(self._watch.odd())
        row = build(data)
        if row.odd:
            self._odd.report(row.odd)
        if self._writing is not None and self._writing.late:
            self._odd.report_late(self._writing.late)
        with self._lock:
            if self._state is not None:
                self._check_open("log")
            if at is None:
                at = self._next_step if self._open_step is None else self._open_step
            self._open_step = at if commit is False else None
            if at >= self._next_step:
                self._next_step = at + 1
            if self._watch is not None:
                self._write_rows(self._watch.rows(at))
            (self._writing or self._begun()).write_row(at, row)

    def checkpoint(self) -> None:
        """Bring everything that was logged to the disk, safe from a power cut."""
        self._check_open("checkpoint")
        self._session.checkpoint()

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:  # noqa: FBT001 - the call style people know
        """End the run: write what is queued and the derived files, say what there is.

        Calling it again does nothing.

        Parameters
        ----------
        exit_code
            Anything but 0 makes the run's state ``failed``.
        quiet
            True says nothing; so does the variable ``MEDIATYPES_SILENT``.

        Raises
        ------
        mediatypes.errors.WriteFailedError
            If the run is strict and something that was logged is lost.
        """
        self._finish("failed" if exit_code else "finished", None, quiet=quiet)

    def __repr__(self) -> str:
        return f"Run({self.name!r}, {self.state}, {str(self.dir)!r})"

    def _finish_at_exit(self, error: str | None) -> None:
        """End the run with its process, unless this process only inherited it."""
        if self._writing is not None:
            state = "failed" if error else "finished"
            self._finish(state, error, quiet=None, seconds=exit_seconds())

    def _finish(
        self,
        state: str,
        error: str | None,
        *,
        quiet: bool | None,
        seconds: float | None = None,
    ) -> None:
        with self._lock:
            is_mine = self._state is None
            if is_mine:
                self._write_last()
                self._state, self._finisher = state, threading.get_ident()
        session = self._writing
        if not is_mine or session is None:
            if self._finisher != threading.get_ident():
                self._ended.wait()  # another thread is about to be done
            return
        try:
            self._drain(session, state, error, seconds)
            if self._totals is not None and not console.is_silent(quiet=quiet):
                console.show(self, self._totals, session)
        finally:
            _LIVE.discard(self)
            drawing_process.end_run(self._figures)
            self._end_surroundings()
            self._folder.close()
            self._ended.set()
        self._odd.report_late(session.late)
        if session.lost:
            text = f"{self.dir}: not everything that was logged is there: "
            warnings.warn(
                text + console.losses(session),
                DroppedMediaWarning,
                stacklevel=caller_level(),
            )
        self._say_last()
        session.raise_new_trouble()

    def _drain(
        self, session: Session, state: str, error: str | None, seconds: float | None
    ) -> None:
        """Write what is queued, the derived files and the last record, always.

        What is not written after `seconds` stays in the spool.
        """
        pipeline, patience = session.pipeline, None
        try:
            if not pipeline.wait(seconds, console.progress(pipeline.pending)):
                patience = STOP_SECONDS
                session.waiting += pipeline.leave()
            if session.is_first and patience is None:
                recover_others(session)
            if session.is_first:
                self._totals = write_derived(self._folder, session, self._live)
        except KeyboardInterrupt:
            self._state, state, error = "failed", "failed", "KeyboardInterrupt"
            session.waiting += pipeline.cancel("interrupted while finishing")
            raise
        finally:
            session.close(state, error, patience)
            console.say_waiting(session.waiting)

    def _define(self, metric: Metric) -> None:
        with self._lock:
            self._check_open("define_metric")
            if self._session.write_record(metric):
                self._live.fold.define(metric)

    def _write_note(self, note: Note) -> None:
        with self._lock:
            self._session.write_record(note)

    def _write_facts(self, **facts: Any) -> None:
        """Put new tags or notes on record, beside the name."""
        found = opening_facts(**facts)
        with self._lock:
            self._check_open("facts")
            self._opening |= found
            self._session.write_record(Name(name=self._name, **found))

    def _write_rows(self, rows: list[tuple[int, Row]]) -> None:
        for step, row in rows:
            self._session.write_row(step, row)

    def _check_open(self, what: str) -> None:
        if self._state is not None:
            msg = f"Run {self._name!r} is {self._state}; {what} came too late."
            raise RunClosedError(msg)

    def _on_config(self, changed: dict[str, Any]) -> None:
        with self._lock:
            self._check_open("config")
            fitting = self._session.fitting(changed, self.step)
            if self._session.write_record(ConfigRecord(d=fitting)):
                self._live.fold.config.update(fitting)

    def _on_summary(self, values: Mapping[str, Any], removed: tuple[str, ...]) -> None:
        row = build(values)
        self._odd.report(row.odd)
        with self._lock:
            self._check_open("summary")
            data = dict(row.data)
            for item in row.items:
                stored = self._session.write_file(item.value, item.key, self.step)
                key = escape_key(item.key)
                if item.length is None:
                    data[key] = stored
                else:
                    data.setdefault(key, []).append(stored)
            data = self._session.fitting(data, self.step)
            if self._session.write_record(SummaryRecord(d=data, removed=removed)):
                self._live.fold.set(data, removed)

    @property
    def _session(self) -> Session:
        """The writer of this process; a forked child starts its own when it logs."""
        session = self._writing
        if session is None:
            opening = self._opening | {"parent": self._parent}
            session = self._writing = Session(
                self._folder,
                self._options,
                opening,
                self._live,
                is_first=False,
            )
            at_child_exit(lambda: self._finish_at_exit(None))
        return session

    def _begun(self) -> Session | Unwritten:
        """Return the writer of a forked child, or what stands in for it."""
        try:
            session = self._session
        except OSError as error:
            self._unwritten.take(error, self.dir, strict=self._options.strict)
            return self._unwritten
        self._unwritten.hand_over(session)
        return session

    def _after_fork(self) -> None:
        """Leave the parent's writer to the parent."""
        self._lock = threading.RLock()
        for part in (self._watch, self._surroundings):
            if part is not None:
                part.after_fork()
        if self._writing is not None:
            self._parent = self._writing.writer
            self._writing.abandon()
            self._writing = None


def _after_fork() -> None:
    for run in list(_LIVE):
        run._after_fork()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of this module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
