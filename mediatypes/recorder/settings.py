"""The settings object of the call style."""

from __future__ import annotations

from typing import Any, Final

from mediatypes._core.arrays import is_mapping
from mediatypes._core.optional import type_name
from mediatypes.errors import UnsupportedInputError
from mediatypes.recorder.notes import note_ignored

__all__ = ["Settings", "parse_settings"]

_ARGUMENTS: Final = {
    "project": "project",
    "mode": "mode",
    "run_name": "name",
    "run_id": "id",
    "run_notes": "notes",
    "run_tags": "tags",
    "run_group": "group",
    "run_job_type": "job_type",
    "root_dir": "dir",
    "resume": "resume",
    "save_code": "save_code",
    "console": "console",
}
"""Settings that have an argument of ``init``, and its name."""
_SWITCHES: Final = {
    "silent": "silent",
    "quiet": "silent",
    "x_disable_stats": "no_metrics",
    "_disable_stats": "no_metrics",
    "disable_git": "no_git",
    "x_stats_sampling_interval": "metrics_seconds",
}


class Settings:
    """Settings for ``init(settings=...)``, by the names that people know.

    Those that ``init`` has an argument for are used, as are ``silent``, ``console``,
    ``x_disable_stats``, ``x_stats_sampling_interval`` and ``disable_git``; the others
    are accepted, with one warning for each.

    Parameters
    ----------
    settings
        Any, by name.

    Examples
    --------
    >>> Settings(console="off", start_method="thread")
    Settings(console='off', start_method='thread')
    """

    def __init__(self, **settings: Any) -> None:
        self._given = settings

    def __repr__(self) -> str:
        words = ", ".join(f"{name}={value!r}" for name, value in self._given.items())
        return f"Settings({words})"

    def as_dict(self) -> dict[str, Any]:
        """Return the settings by name."""
        return dict(self._given)


def parse_settings(settings: object) -> dict[str, Any]:
    """Return `settings` by the names of the arguments that they stand for.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If they are neither `Settings` nor a mapping.
    """
    given: Any = settings
    if settings is None:
        return {}
    if isinstance(settings, Settings):
        given = settings.as_dict()
    if not is_mapping(given):
        raise UnsupportedInputError(
            "init",
            "settings",
            expected="mediatypes.Settings(...) or a mapping",
            received=type_name(settings),
        )
    names = _ARGUMENTS | _SWITCHES
    for name in given:
        note_ignored("init", f"settings.{name}", name not in names)
    return {names[name]: value for name, value in given.items() if name in names}
