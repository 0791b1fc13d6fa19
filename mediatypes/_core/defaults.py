"""What is chosen outside the program: by the environment, or by a settings file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from mediatypes.errors import OptionError

__all__ = ["FILE", "NAMES", "default", "default_dir", "read_settings", "variable"]

FILE: Final = "mediatypes.toml"
"""Settings of the programs that run in a folder; ``mediatypes init`` writes it."""
NAMES: Final = {
    "project": "PROJECT",
    "name": "NAME",
    "dir": "DIR",
    "id": "RUN_ID",
    "tags": "TAGS",
    "notes": "NOTES",
    "group": "RUN_GROUP",
    "job_type": "JOB_TYPE",
    "resume": "RESUME",
    "mode": "MODE",
    "console": "CONSOLE",
    "silent": "SILENT",
}
"""Settings, and their variables without ``MEDIATYPES_`` or ``WANDB_`` before them."""
_IN_FILE: Final = ("project", "dir", "mode", "group", "job_type", "tags", "console")


def variable(name: str) -> str | None:
    """Return what ``MEDIATYPES_<name>``, else ``WANDB_<name>`` says, or None."""
    return (
        os.environ.get(f"MEDIATYPES_{name}") or os.environ.get(f"WANDB_{name}") or None
    )


def default(name: str) -> Any:
    """Return what is chosen for a setting of `NAMES` from outside, or None.

    Raises
    ------
    mediatypes.errors.OptionError
        If the settings file of the current folder cannot be read.
    """
    said = variable(NAMES[name])
    if said is not None:
        return said.split(",") if name == "tags" else said
    return read_settings().get(name) if name in _IN_FILE else None


def default_dir() -> str:
    """Return the folder that holds runs where the program says none."""
    return str(default("dir") or "runs")


def read_settings() -> dict[str, Any]:
    """Return what the settings file of the current folder holds, if there is one.

    Raises
    ------
    mediatypes.errors.OptionError
        If it cannot be read, or has a setting that does not exist.
    """
    try:
        text = Path(FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(error) from error
    import tomllib  # only where there is a file to read

    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(error) from error
    unknown = sorted(found.keys() - set(_IN_FILE))
    if unknown:
        raise _unreadable(f"there is no setting {unknown[0]!r}")
    return found


def _unreadable(reason: object) -> OptionError:
    names = ", ".join(_IN_FILE)
    return OptionError(
        "init", FILE, expected=f"TOML with {names}", received=f"an error ({reason})"
    )
