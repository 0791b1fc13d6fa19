"""What runs the checks from outside is in order."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.quality.tools import run

if TYPE_CHECKING:
    from pathlib import Path


def test_the_ci_script_is_executable_and_parses(root: Path) -> None:
    script = root / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert run(root, "bash", "-n", script).returncode == 0


def test_no_hook_is_fetched_from_anywhere(root: Path) -> None:
    text = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")

    assert set(re.findall(r"repo: (.*)", text)) == {"local"}
    assert set(re.findall(r"language: (.*)", text)) == {"system"}
