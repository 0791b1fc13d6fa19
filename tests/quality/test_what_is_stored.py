"""The page of what is stored says what the code does."""

from __future__ import annotations

from difflib import unified_diff

from tests.quality import what_is_stored
from tests.quality.tools import accept


def test_the_page_of_what_is_stored_is_what_the_code_stores() -> None:
    written = what_is_stored.PAGE.read_text(encoding="utf-8").splitlines()
    made = what_is_stored.page().splitlines()

    found = "\n".join(unified_diff(written, made, "page", "code", lineterm=""))
    meant = "If it is meant: python tests/quality/what_is_stored.py"
    accept(f"{found}\n\n{meant}" if found else "")
