"""What a check can find, each by a word that programs can rely on."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

__all__ = ["ERROR", "NOTE", "SEVERITIES", "WARNING", "Finding", "Report"]

ERROR: Final = "error"
"""Damage or loss."""
WARNING: Final = "warning"
"""Something to look at: it may become a loss, or was counted as one already."""
NOTE: Final = "note"
"""Worth knowing; nothing that was logged is missing for it."""

SEVERITIES: Final = {
    "bad-line": ERROR,
    "bad-run": ERROR,
    "foreign-name": ERROR,
    "log-unreadable": ERROR,
    "manifest-damaged": ERROR,
    "media-decode": ERROR,
    "media-digest": ERROR,
    "media-lost": ERROR,
    "media-missing": ERROR,
    "media-size": ERROR,
    "no-writer": ERROR,
    "run-digest": ERROR,
    "seq-gap": ERROR,
    "symlink": ERROR,
    "unknown-critical": ERROR,
    "version-newer": ERROR,
    "drop-count": WARNING,
    "intent-open": WARNING,
    "clock-back": NOTE,
    "derived-stale": NOTE,
    "dup-record": NOTE,
    "manifest-stale": NOTE,
    "orphan-media": NOTE,
    "repaired": NOTE,
    "stray-tmp": NOTE,
    "torn-tail": NOTE,
    "unknown-kind": NOTE,
}
"""Severity of each word; both stay what they are from release to release."""


class Finding(NamedTuple):
    """One thing that is wrong, or worth knowing."""

    id: str
    """Stable word for programs, such as ``"media-digest"``."""
    severity: str
    """``"error"``, ``"warning"`` or ``"note"``."""
    where: str
    text: str


class Report:
    """What a check found.

    Attributes
    ----------
    findings
        Everything that is wrong or worth knowing.
    files, bytes
        Media files that were looked at, and how much of them was read.
    records
        Records that were read.
    sound
        Paths of files that are what a record says.

    Parameters
    ----------
    known
        Findings that a repair has accounted for, as pairs of word and place.
    """

    def __init__(self, known: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.findings: list[Finding] = []
        self.files = 0
        self.bytes = 0
        self.records = 0
        self.sound: set[str] = set()
        self._known = known

    @property
    def is_damaged(self) -> bool:
        """Whether anything found is an error."""
        return any(finding.severity == ERROR for finding in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How often each word was found."""
        return dict(Counter(finding.id for finding in self.findings))

    def add(self, word: str, where: str, text: str, severity: str = "") -> None:
        """Add a finding, of the severity of its word unless another is said."""
        if (word, where) in self._known:
            found = Finding("repaired", NOTE, where, f"{word}: {text}")
        else:
            found = Finding(word, severity or SEVERITIES[word], where, text)
        self.findings.append(found)
