"""Every path of a run folder, in one place (docs/reference/run-format.md)."""

from __future__ import annotations

import re
from typing import Final

from mediatypes._core.names import slug

__all__ = [
    "CONFIG",
    "LOG",
    "MANIFEST",
    "MEDIA",
    "OUTPUT",
    "QUARANTINE",
    "RUN",
    "SUMMARY",
    "TMP",
    "is_reserve",
    "lease_path",
    "log_path",
    "media_path",
    "parse_log_name",
    "parse_spool_name",
    "reserve_path",
    "run_folder_name",
    "spool_path",
]

RUN: Final = "run.json"
CONFIG: Final = "config.json"
SUMMARY: Final = "summary.json"
MANIFEST: Final = "manifest.jsonl"
LOG: Final = "log"
MEDIA: Final = "media"
OUTPUT: Final = "output.log"
TMP: Final = "tmp"
QUARANTINE: Final = "quarantine"

_LOG_NAME: Final = re.compile(
    r"(r\d{1,9}-[0-9a-f]{6}-\d{1,10}-[0-9a-f]{8})\.(\d{1,6})\.jsonl"
)
_RESERVE: Final = ".reserve"
_SPOOL: Final = ".spool"
_SHORT_DIGEST: Final = 12


def run_folder_name(stamp: str, name: str, run_id: str) -> str:
    """Return the name of a run's folder.

    Examples
    --------
    >>> run_folder_name("20261124-223000", "fiery-river-1", "x7k2p9qa")
    '20261124-223000-fiery-river-1-x7k2p9qa'
    """
    return f"{stamp}-{slug(name)}-{slug(run_id)}"


def log_path(writer: str, segment: int) -> str:
    """Return where segment `segment` of a writer's log is."""
    return f"{LOG}/{writer}.{segment}.jsonl"


def spool_path(writer: str) -> str:
    """Return where the snapshots of a writer are that have no file yet."""
    return f"{LOG}/{writer}{_SPOOL}"


def lease_path(writer: str) -> str:
    """Return where a writer says that it lives."""
    return f"{LOG}/{writer}.lease"


def reserve_path(writer: str) -> str:
    """Return where a writer keeps room on the disk for its last words."""
    return f"{TMP}/{writer}{_RESERVE}"


def is_reserve(path: str) -> bool:
    """Whether a path is that of such a file."""
    return path.endswith(_RESERVE)


def parse_spool_name(name: str) -> str | None:
    """Return the writer of a spool in ``log/``, or None if it is none.

    Examples
    --------
    >>> parse_spool_name("r0-c0ffee-4711-0123abcd.spool")
    'r0-c0ffee-4711-0123abcd'
    """
    writer = name.removesuffix(_SPOOL)
    is_one = writer != name and _LOG_NAME.fullmatch(f"{writer}.0.jsonl")
    return writer if is_one else None


def parse_log_name(name: str) -> tuple[str, int] | None:
    """Return the writer and the segment of a file in ``log/``, or None.

    Examples
    --------
    >>> parse_log_name("r0-c0ffee-4711-0123abcd.0.jsonl")
    ('r0-c0ffee-4711-0123abcd', 0)
    >>> parse_log_name("notes.txt") is None
    True
    """
    found = _LOG_NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else None


def media_path(
    kind: str, key: str, step: int, index: int, sha256: str, extension: str
) -> str:
    """Return where a media file goes: for people and programs, made of no user string.

    Examples
    --------
    >>> media_path("image", "eval/Digits", 12, 3, "c0ffee" * 10, "png")
    'media/image/eval-digits~3099e1ff94d6/000000012-0003-c0ffeec0ffee.png'
    """
    name = f"{step:09d}-{index:04d}-{sha256[:_SHORT_DIGEST]}.{extension}"
    return f"{MEDIA}/{kind}/{slug(key)}/{name}"
