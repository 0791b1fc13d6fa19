"""Nobody changes a public name without noticing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.quality import public_names
from tests.quality.tools import accept

if TYPE_CHECKING:
    from pathlib import Path


def test_public_names_and_parameters_are_those_of_the_snapshot(root: Path) -> None:
    found = public_names.changes(root)

    meant = "If it is meant: python tests/quality/public_names.py"
    accept(f"{found}\n\n{meant}" if found else "")
