"""Mending a run folder: what is damaged is moved aside, and nothing is deleted.

First a record of its own says what is wrong and where it goes, as one file that is
there whole or not at all. Then each thing is moved or replaced by one rename. So a
repair can be killed at any point, and the next one goes on.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import stat
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from mediatypes._core.names import writer_name
from mediatypes.errors import StoreError
from mediatypes.schema import Close, Repair, frame
from mediatypes.schema.records import members
from mediatypes.store import layout
from mediatypes.store.clean import survey, write_clean, write_copy
from mediatypes.store.collect import Collected
from mediatypes.store.compact import compact, outdated
from mediatypes.store.findings import ERROR, NOTE
from mediatypes.store.identity import identity
from mediatypes.store.process import opening, versions
from mediatypes.store.scan import MAX_SEGMENT_READ, writers
from mediatypes.store.verify import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.store.beneath import Folder
    from mediatypes.store.findings import Finding, Report

__all__ = ["Plan", "Step", "apply", "plan"]

_MOVED: Final = frozenset(["media-digest", "media-size", "symlink"])
"""What is wrong with a file that is there."""
_NO_FILE: Final = frozenset(["media-lost", "no-writer", "seq-gap"])
_NAMED: Final = _NO_FILE | {"foreign-name", "media-missing"}
"""What can only be named."""
_NEWER: Final = frozenset(["unknown-critical", "version-newer"])
_SHORT_DIGEST: Final = 12
_LINE: Final = re.compile(r", (line \d+|last line)\Z")


class Step(NamedTuple):
    """One thing that a repair does."""

    word: str
    """Of the finding that it is about."""
    where: str
    text: str
    """What is done, for people."""
    path: str | None = None
    """The file that it is about."""
    kept: str | None = None
    """Where in ``quarantine/`` it goes; None if there is nothing to keep."""


class Plan(NamedTuple):
    """What a repair would do, and what it cannot do anything about."""

    steps: list[Step]
    derived: dict[str, bytes]
    """Files that are to be made anew from the record, once the steps are done."""
    left: list[Finding]
    known: frozenset[tuple[str, str, str | None]]
    """Words, places and names in the quarantine that an earlier repair recorded."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps and not self.derived


def plan(collected: Collected) -> Plan:
    """Return what a repair of a run would do; nothing is changed.

    Raises
    ------
    mediatypes.errors.StoreError
        If a newer release is needed to understand the run.
    """
    report = checked(collected)
    newer = [finding for finding in report.findings if finding.id in _NEWER]
    if newer:
        msg = f"{collected.folder.path} {newer[0].text}; install it to mend the run."
        raise StoreError(msg)
    steps = [*_logs(collected.folder), *_run_file(report)]
    taken: set[str] = set()
    for finding in report.findings:
        steps += _step(collected.folder, finding, report, taken)
    steps = list(dict.fromkeys(steps))
    known = frozenset((r.word, r.where, r.kept) for r in collected.repairs)
    return Plan(steps, outdated(collected), _left(report, steps), known)


def _left(report: Report, steps: list[Step]) -> list[Finding]:
    """Return the errors that none of `steps` is about."""
    done = {(step.word, step.where) for step in steps}
    whole = {step.where for step in steps if step.word in {"bad-line", "bad-run"}}
    whole |= {layout.MANIFEST}  # all that is wrong with these is mended at once
    return [
        finding
        for finding in report.findings
        if finding.severity == ERROR
        and (finding.id, finding.where) not in done
        and _LINE.sub("", finding.where) not in whole
    ]


def _logs(folder: Folder) -> Iterator[Step]:
    for writer, segments in writers(folder).items():
        for segment in segments:
            path = layout.log_path(writer, segment)
            status = folder.stat(path)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SEGMENT_READ:
                kept = _aside(folder, path)
                yield Step("log-unreadable", path, "is moved aside", path, kept)
                continue
            try:
                found = survey(folder, path)
            except OSError:  # of another user, or of a broken disk: it is left
                continue
            if not found.is_clean:
                kept = f"{layout.QUARANTINE}/{path}.{found.sha256[:_SHORT_DIGEST]}"
                text = f"its {found.good} good lines stay, {found.bad} bad ones go"
                yield Step("bad-line", path, text, path, kept)


def _run_file(report: Report) -> Iterator[Step]:
    for finding in report.findings:
        if finding.id == "bad-run":
            kept = f"{layout.QUARANTINE}/{layout.RUN}"
            text = "is made anew from the folder's name and the record"
            yield Step("bad-run", layout.RUN, text, layout.RUN, kept)
            return
        if finding.id == "run-digest":
            text = "is accepted as it is"
            yield Step("run-digest", layout.RUN, text, layout.RUN)
            return


def _step(
    folder: Folder, finding: Finding, report: Report, taken: set[str]
) -> Iterator[Step]:
    word, where = finding.id, finding.where
    if word == "orphan-media":
        kept = _aside(folder, where)
        yield Step(word, where, "is moved aside", where, kept)
    elif word in _MOVED and where not in report.sound:
        if where not in taken:
            taken.add(where)
            kept = _aside(folder, where)
            yield Step("media-missing", where, "is moved aside", where, kept)
        yield Step(word, where, "is named as lost")
    elif word in _MOVED or (word in _NAMED and finding.severity != NOTE):
        is_file = word not in _NO_FILE and where not in report.sound
        yield Step(word, where, "is named as lost", where if is_file else None)


def _aside(folder: Folder, path: str) -> str:
    """Return the first free name for `path` in the quarantine."""
    for number in itertools.count():
        kept = f"{layout.QUARANTINE}/{path}" + (f".{number}" if number else "")
        try:
            folder.stat(kept)
        except FileNotFoundError:
            return kept
    raise AssertionError


def apply(folder: Folder, planned: Plan) -> None:
    """Do what was planned.

    Parameters
    ----------
    folder
        The run folder.
    planned
        What `plan` returned.
    """
    folder.make(layout.TMP)
    writer = writer_name()
    run_text = _run_text(folder, planned)
    _write_record(folder, writer, planned, run_text)
    for number, step in enumerate(planned.steps):
        if step.kept is not None:
            folder.make(step.kept.rpartition("/")[0])
            temporary = f"{layout.TMP}/{writer}-{number}.part"
            _do(folder, step, temporary, run_text)
    _derive(folder, writer)


def _derive(folder: Folder, writer: str) -> None:
    """Make the derived files anew, and keep what was there."""
    texts = outdated(Collected(folder))
    for name in texts.keys() & set(folder.names("")):
        folder.make(layout.QUARANTINE)
        _move(folder, name, _aside(folder, name))
    compact(folder, writer, texts)


def _run_text(folder: Folder, planned: Plan) -> bytes:
    if any(step.word == "bad-run" for step in planned.steps):
        info = identity(folder.path, Collected(folder))
        return msgspec.json.format(msgspec.json.encode(info), indent=2) + b"\n"
    return b""


def _do(folder: Folder, step: Step, temporary: str, run_text: bytes) -> None:
    assert step.path is not None  # noqa: S101 - what is kept has a path
    assert step.kept is not None  # noqa: S101 - the caller asks for it
    if step.word == "bad-line":
        write_copy(folder, step.path, temporary)
        folder.publish(temporary, step.kept)
        folder.sync_names(step.kept.rpartition("/")[0])
        write_clean(folder, step.path, temporary)
        folder.replace(temporary, step.path)
    elif step.word == "bad-run":
        if layout.RUN in folder.names(""):
            _move(folder, step.path, _aside(folder, layout.RUN))
        folder.write(temporary, run_text, sync=True)
        folder.publish(temporary, step.path)
    else:
        _move(folder, step.path, step.kept)
    folder.sync_names(step.path.rpartition("/")[0])


def _move(folder: Folder, path: str, kept: str) -> None:
    folder.replace(path, kept)
    folder.sync_names(kept.rpartition("/")[0])


def _write_record(folder: Folder, writer: str, planned: Plan, run_text: bytes) -> None:
    """Put on record what is about to be done, whole or not at all."""
    new = [
        step
        for step in planned.steps
        if step.where == layout.RUN
        or (step.word, step.where, step.kept) not in planned.known
    ]
    if not new:
        return
    run_sha256 = {
        "bad-run": hashlib.sha256(run_text).hexdigest(),
        "run-digest": _digest_of_run(folder),
    }
    records = [
        Repair(
            word=step.word,
            where=step.where,
            text=step.text,
            path=None if step.word == "orphan-media" else step.path,
            kept=step.kept,
            sha256=run_sha256.get(step.word, ""),
        )
        for step in new
    ]
    opened = opening(writer, {"purpose": "repair", "lib": versions()})
    closed = Close(state="finished", t=time.time())
    lines = [
        frame(number, record.kind_name, msgspec.json.encode(members(record)))
        for number, record in enumerate([opened, *records, closed])
    ]
    temporary = f"{layout.TMP}/{writer}-log.part"
    folder.make(layout.LOG)
    folder.write(temporary, b"".join(lines), sync=True)
    folder.publish(temporary, layout.log_path(writer, 0))
    folder.sync_names(layout.LOG)


def _digest_of_run(folder: Folder) -> str:
    try:
        return hashlib.sha256(folder.read(layout.RUN)).hexdigest()
    except OSError:
        return ""
