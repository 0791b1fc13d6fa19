"""A second reader of run folders, which shares no code with the library.

It knows the page about the format and the standard library, no more, and says what is
on record and whether every file is what its record claims.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Facts", "read"]


class Facts(NamedTuple):
    """What a run folder holds."""

    rows: dict[str, list[dict[str, Any]]]
    """Log records by writer, those whose line proves itself."""
    media: dict[tuple[str, int, str, int], dict[str, Any]]
    """Media records by writer, number of the row, key and index."""
    notes: set[tuple[str, int, str, int]]
    """Items that a writer named as lost."""
    closed: dict[str, dict[str, Any]]
    """Last records, by writer."""
    wrong: list[str]
    """What must never be: torn or missing files, lines that are no records."""
    gaps: dict[str, int]
    """Numbers that are missing between the first and the last, by writer."""
    torn: int
    """Writers whose last line is the beginning of one."""


def read(run: Path) -> Facts:
    """Return what lies in a run folder."""
    facts = Facts({}, {}, set(), {}, [], {}, 0)
    logs: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    for path in (run / "log").glob("*.jsonl"):
        writer, segment, _ = path.name.split(".")
        logs[writer].append((int(segment), path))
    torn = 0
    for writer, segments in sorted(logs.items()):
        data = b"".join(path.read_bytes() for _, path in sorted(segments))
        *lines, rest = data.split(b"\n")
        torn += bool(rest)
        _take(facts, writer, lines)
    for path in (run / "media").rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if path.stem.rpartition("-")[2] != digest[:12]:
                facts.wrong.append(f"{path.name} is not what its name says")
    for record in facts.media.values():
        for file in (record, *record.get("parts", [])):
            _check(facts, run, file)
    return facts._replace(torn=torn)


def _take(facts: Facts, writer: str, lines: list[bytes]) -> None:
    numbers: dict[int, bytes] = {}
    facts.rows[writer] = []
    for line in lines:
        record = _proved(line)
        if record is None:
            if line:
                facts.wrong.append(f"{writer}: a line is no record: {line[:60]!r}")
            continue
        if numbers.setdefault(record["n"], line) != line:
            facts.wrong.append(f"{writer}: number {record['n']} comes twice")
        if numbers[record["n"]] is not line:  # the disk had refused it, and has it anew
            continue
        whose = record.get("w", writer)
        place = (whose, record.get("r", 0), record.get("key", ""), record.get("i", 0))
        if record["k"] == "log":
            facts.rows[writer].append(record)
        elif record["k"] == "media":
            facts.media[place] = record
        elif record["k"] == "note" and "r" in record:
            facts.notes.add(place)
        elif record["k"] == "close":
            facts.closed[writer] = record
    facts.gaps[writer] = max(numbers, default=-1) + 1 - len(numbers)


def _proved(line: bytes) -> dict[str, Any] | None:
    body, mark, crc = line.rpartition(b',"c":"')
    if (
        not mark
        or crc[8:] != b'"}'
        or f"{zlib.crc32(body + b'}'):08x}".encode() != (crc[:8])
    ):
        return None
    record: dict[str, Any] = json.loads(line)
    return record


def _check(facts: Facts, run: Path, file: dict[str, Any]) -> None:
    path = run / file["path"]
    if not path.is_file():
        facts.wrong.append(f"{file['path']} is on record and not there")
        return
    data = path.read_bytes()
    if len(data) != file["size"] or hashlib.sha256(data).hexdigest() != file["sha256"]:
        facts.wrong.append(f"{file['path']} is not what its record says")
