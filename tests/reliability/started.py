"""Start a script of this folder, and take what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

__all__ = ["printed"]

_ROOT: Final = Path(__file__).parents[2]


def printed(script: str, *words: object, seconds: float | None = None) -> list[str]:
    """Return the lines that a script prints, which must end well."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.reliability.{script}", *map(str, words)],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT), "MEDIATYPES_SILENT": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds,
    )
    return done.stdout.splitlines()
