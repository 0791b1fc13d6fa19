"""Names that people know from other trackers, and what there is here instead."""

from __future__ import annotations

from typing import Final, NoReturn

__all__ = ["ELSEWHERE", "raise_unknown"]

_FILES: Final = "Keep a file with save(path), or log mediatypes.File(path)."
_READ: Final = "Read a run with mediatypes.open_run(path), all with mediatypes.runs()."
_SEARCH: Final = "Start one run for each set of values; mediatypes has no search."
_NONE: Final = "There is no server that it could speak to."
ELSEWHERE: Final = {
    **dict.fromkeys(
        [
            *("Artifact", "log_artifact", "use_artifact", "upsert_artifact"),
            *("finish_artifact", "link_artifact", "log_model", "use_model"),
            *("link_model", "log_code"),
        ],
        _FILES,
    ),
    **dict.fromkeys(["Api", "PublicApi", "restore"], _READ),
    **dict.fromkeys(["sweep", "agent", "controller", "sweep_id"], _SEARCH),
    **dict.fromkeys(["mark_preempting", "write_logs"], _NONE),
    "box3d": 'Pass {"center": …, "size": …, "orientation": …} in boxes of Object3D.',
    "display": "Open the run folder; run.url has its address.",
    "to_html": "Open the run folder; run.url has its address.",
}
"""What to do instead, by name."""


def raise_unknown(owner: str, name: str) -> NoReturn:
    """Raise `AttributeError` for a name that `owner` has not.

    Raises
    ------
    AttributeError
        Always; it says what there is instead, where people know the name.
    """
    msg = f"{owner} has no attribute {name!r}. {ELSEWHERE.get(name, '')}".rstrip()
    raise AttributeError(msg)
