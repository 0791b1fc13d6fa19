"""What a run offers beside rows: facts, models that are watched, files, alerts."""

from __future__ import annotations

import datetime as dt
import enum
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from mediatypes._core import notebook
from mediatypes._core.arrays import is_number, is_sequence
from mediatypes._core.options import check_one_of
from mediatypes._core.terminal import safe
from mediatypes.errors import DroppedMediaWarning, OptionError, WriteFailedError
from mediatypes.recorder.artifacts import Artifacts
from mediatypes.recorder.console import is_silent, say
from mediatypes.recorder.elsewhere import answer
from mediatypes.recorder.facts import Facts
from mediatypes.recorder.keep import Keep
from mediatypes.recorder.metric import parse_metric
from mediatypes.recorder.notes import note_ignored
from mediatypes.recorder.odd import caller_level
from mediatypes.recorder.surroundings import Surroundings
from mediatypes.recorder.watch import Watch, parse_wish
from mediatypes.schema import Note

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from mediatypes.recorder.odd import OddValues
    from mediatypes.recorder.row import Row
    from mediatypes.recorder.session import Session
    from mediatypes.recorder.surroundings import Observed
    from mediatypes.schema import Metric

__all__ = ["AlertLevel", "Calls"]

_WAIT_SECONDS: Final = 60.0


class AlertLevel(enum.StrEnum):
    """How much an alert matters."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Calls(Artifacts, Facts):
    """Calls of a run that are made of others."""

    _watch: Watch | None = None
    _keep: Keep | None = None
    _surroundings: Surroundings | None = None
    _left_out: Sequence[str] = ()
    """Files that could not be kept at the end, and why."""
    _failure: WriteFailedError | None = None
    """Of a strict run, while the last rows were written."""
    _odd: OddValues
    _alerts: dict[str, float]

    if TYPE_CHECKING:  # what the run itself has

        @property
        def step(self) -> int:
            """Of `Run`."""
            ...

        def log(
            self,
            data: Mapping[str, Any],
            step: int | None = None,
            commit: bool | None = None,  # noqa: FBT001 - the call style people know
        ) -> None:
            """Of `Run`."""

        def finish(self, exit_code: int | None) -> None:
            """Of `Run`."""

        @property
        def _session(self) -> Session: ...
        def _check_open(self, what: str) -> None: ...
        def _finish(
            self, state: str, error: str | None, *, quiet: bool | None
        ) -> None: ...
        def _define(self, metric: Metric) -> None: ...
        def _write_rows(self, rows: list[tuple[int, Row]]) -> None: ...
        def _write_note(self, note: Note) -> None: ...

    def flush(self) -> None:
        """Wait until all media that were logged are in their files."""
        self._session.pipeline.wait()

    def show(
        self, *, height: int = 640, max_mb: float = 10.0
    ) -> notebook.Dashboard | None:
        """Return the dashboard, as far as it is written, as a notebook shows it.

        The arguments are those of `mediatypes.reader.RunReader.show`; a run that keeps
        nothing returns None.
        """
        self.flush()
        return notebook.Dashboard(self.dir, height, max_mb)

    def define_metric(  # noqa: PLR0913, PLR0917 - the call style people know
        self,
        name: str,
        step_metric: str | None = None,
        step_sync: bool | None = None,  # noqa: FBT001 - as above
        hidden: bool | None = None,  # noqa: FBT001 - as above
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,  # noqa: FBT001 - as above
    ) -> None:
        """Say how a key is summarised and against what it is drawn.

        Parameters
        ----------
        name
            A key, or the beginning of keys followed by ``*``.
        step_metric
            The key to draw it against instead of the step.
        step_sync, hidden
            Not used.
        summary
            ``"last"``, ``"first"``, ``"min"``, ``"max"``, ``"mean"`` (NaN left out) or
            ``"none"``; several with commas give a mapping. ``"best"`` is the minimum or
            the maximum by `goal`, ``"copy"`` the last.
        goal
            ``"minimize"`` or ``"maximize"``, for ``"best"``.
        overwrite
            Not used: a new definition always replaces the one before.

        Raises
        ------
        mediatypes.errors.OptionError
            If there is no such summary or goal.
        mediatypes.errors.UnsupportedInputError
            If a name is no text.
        """
        metric = parse_metric(name, step_metric, summary, goal)
        given = {"step_sync": step_sync, "hidden": hidden, "overwrite": overwrite}
        for field, value in given.items():
            note_ignored("define_metric", field, value is not None)
        self._define(metric)

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        """Log histograms of the gradients and parameters of a model while it learns.

        They are stored under ``gradients/<name>`` and ``parameters/<name>``, by the
        names that ``named_parameters`` gives, in the row that is logged next. Of models
        after the first, ``graph_1/`` and so on stand before the name. The loop pays a
        copy of the numbers in every `log_freq`-th pass; they are counted on a thread.

        Parameters
        ----------
        models
            A ``torch.nn.Module``, or a list of them. One that is watched already is
            watched by the new terms.
        criterion
            Not used.
        log
            ``"gradients"``, ``"parameters"``, ``"all"``, or None for nothing.
        log_freq
            How many backward passes (for gradients) or forward passes with gradients
            enabled (for parameters) go by until the next is logged.
        idx
            Number of the first of `models`, instead of the first that is free.
        log_graph
            Not used: there is no graph.

        Raises
        ------
        mediatypes.errors.UnsupportedInputError
            If one of `models` is no torch module.
        mediatypes.errors.OptionError
            If there is no such `log`, or a number is not whole.
        mediatypes.errors.RunClosedError
            If the run has been finished.

        Notes
        -----
        Of a complex tensor both parts are stored, as ``<name>.real`` and
        ``<name>.imag``. Of a sparse one the zeros that it leaves out are counted as
        well. NaN and infinities are counted beside the bins, with one warning for all
        gradients and one for all parameters. A parameter that shares its tensor is
        logged by its first name; one that is frozen or not reached has no gradient.
        The hooks are removed by `unwatch` and `finish`; a copy of the model has none.
        """
        wish = parse_wish(models, log, log_freq, idx)
        self._check_open("watch")
        note_ignored("watch", "criterion", criterion is not None)
        note_ignored("watch", "log_graph", bool(log_graph), "No graph is drawn.")
        if self._watch is None:
            self._watch = Watch()
        self._watch.add(wish)

    def unwatch(self, models: Any = None) -> None:
        """Take the hooks of `watch` off `models`; off all models, if none are named."""
        if self._watch is not None:
            one = None if models is None else [models]
            self._watch.remove(models if is_sequence(models) else one)

    def save(
        self,
        glob_str: str | os.PathLike[str] | None = None,
        base_path: str | os.PathLike[str] | None = None,
        policy: str = "live",
        *,
        glob: bool = True,
    ) -> list[str]:
        """Copy files into the run; without any, wait until everything is there.

        Each file is stored as a `File` under ``files/<path>``, in the row of the next
        step, and read back with ``open_run(...).media("files/<path>")``.

        Parameters
        ----------
        glob_str
            A path, or a pattern with ``*``, ``?``, ``[...]`` and ``**``; of a folder,
            all files in it.
        base_path
            What the paths in the keys begin at: by default the folder of an absolute
            pattern, else the current one.
        policy
            ``"now"`` copies once. ``"live"`` copies now, and at the end once more what
            is new or has changed. ``"end"`` copies at the end only.
        glob
            False takes the characters of a pattern as they are.

        Returns
        -------
        list of str
            The keys, one for each file found now.

        Raises
        ------
        mediatypes.errors.OptionError
            If there is no such policy, or a file has more than 2 GiB.
        mediatypes.errors.MissingFileError
            If a file cannot be read.
        mediatypes.errors.RunClosedError
            If the run has been finished.
        """
        if glob_str is None:
            self.flush()
            return []
        self._check_open("save")
        return self._keeper().save(glob_str, base_path, policy, is_glob=glob)

    def alert(
        self,
        title: str,
        text: str = "",
        level: str | AlertLevel | None = None,
        wait_duration: float | dt.timedelta | None = None,
    ) -> None:
        """Say something on the terminal and put it on record as a note.

        Parameters
        ----------
        title
            In short.
        text
            At length.
        level
            ``"INFO"`` (also by default), ``"WARN"`` or ``"ERROR"``.
        wait_duration
            Seconds, or a ``timedelta``, for which further alerts of the same title are
            left out; 60 by default.

        Raises
        ------
        mediatypes.errors.OptionError
            If there is no such level, or the duration is none.
        mediatypes.errors.RunClosedError
            If the run has been finished.
        """
        word = "INFO" if level is None else str(level).upper()
        check_one_of("alert", "level", word, tuple(AlertLevel))
        seconds = _seconds(wait_duration)
        self._check_open("alert")
        now = time.monotonic()
        if now < self._alerts.get(title, now):
            return
        self._alerts[title] = now + seconds
        message = f"{word}: {title}: {text}" if text else f"{word}: {title}"
        self._write_note(Note(text=message))
        if not is_silent(quiet=None):
            say(f"mediatypes: {safe(message, 400)}")

    def join(self, exit_code: int | None = None) -> None:
        """Finish the run, by the name that `finish` had once."""
        self.finish(exit_code)

    def __getattr__(self, name: str) -> Any:
        return answer("Run", name)

    def _keeper(self) -> Keep:
        if self._keep is None:
            self._keep = Keep(lambda key, file: self.log({key: file}, commit=False))
        return self._keep

    def _save_script(self) -> None:
        """Keep the script that runs, if it has a file."""
        path = getattr(sys.modules.get("__main__"), "__file__", None)
        if path is not None and Path(path).is_file():
            self._keeper().save(path, policy="now", is_glob=False, folder="code")

    def _observe(self, observed: Observed) -> None:
        """Keep what there is beside the rows, until the end."""
        session = self._session
        self._surroundings = Surroundings(
            self.dir, observed, session.log.append_record, session.count
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        is_well = kind is None or (isinstance(error, SystemExit) and not error.code)
        if is_well or kind is None:
            self._finish("finished", None, quiet=None)
        else:
            self._finish("failed", kind.__name__, quiet=None)

    def _write_last(self) -> None:
        """Put on record what waits for the end."""
        if self._surroundings is not None:
            self._surroundings.stop_sampling()
        try:
            if self._keep is not None:
                self._left_out = list(self._keep.save_rest())
            if self._watch is not None:
                self._write_rows(self._watch.close(self.step))
        except WriteFailedError as error:
            self._failure = error  # once all else is done

    def _end_surroundings(self) -> None:
        """Give the streams back."""
        if self._surroundings is not None:
            self._surroundings.stop()

    def _say_last(self) -> None:
        """Say what was odd or left out at the end."""
        for problem in self._left_out:
            text = f"save: {problem}"
            warnings.warn(text, DroppedMediaWarning, stacklevel=caller_level())
        if self._watch is not None:
            self._odd.report(self._watch.odd())
        if self._failure is not None:
            raise self._failure


def _seconds(duration: object) -> float:
    if duration is None:
        return _WAIT_SECONDS
    if isinstance(duration, dt.timedelta):
        return duration.total_seconds()
    if is_number(duration) and not isinstance(duration, bool):
        number = float(duration)  # type: ignore[arg-type]  # a number
        if number >= 0:
            return number
    raise OptionError(
        "alert",
        "wait_duration",
        expected="seconds, or a timedelta",
        received=repr(duration),
    )
