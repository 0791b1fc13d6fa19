"""Names that people know from other trackers, and what there is here instead."""

from __future__ import annotations

import functools
from typing import Any, Final

from mediatypes.recorder.console import say_once

__all__ = ["ELSEWHERE", "NOTHING_TO_DO", "answer"]

_READ: Final = "Read a run with mediatypes.open_run(path), all with mediatypes.runs()."
_SEARCH: Final = "Start one run for each set of values; mediatypes has no search."
_NONE: Final = "There is no server that it could speak to."
_TAKE: Final = (
    'Read it with mediatypes.open_run(path).media("artifacts/NAME/FILE"), or use the '
    "file where it lies."
)
_CURVES: Final = "Draw with mediatypes.plot: confusion_matrix, roc_curve, pr_curve."
_CALLBACK: Final = "Log what its own callbacks give you with mediatypes.log()."
_PATCH: Final = "Nothing is patched: log what you want to keep with mediatypes.log()."
_CHART: Final = "Log a mediatypes.Table, or one of the charts of mediatypes.plot."
ELSEWHERE: Final = {
    **dict.fromkeys(["use_artifact", "use_model"], _TAKE),
    **dict.fromkeys(["Api", "PublicApi", "restore", "api", "apis"], _READ),
    **dict.fromkeys(["sweep", "agent", "controller"], _SEARCH),
    **dict.fromkeys(["attach", "link_artifact", "link_model"], _NONE),
    **dict.fromkeys(
        ["upsert_artifact", "finish_artifact"],
        "Store each part with log_artifact(); a run may log one name many times.",
    ),
    **dict.fromkeys(["visualize", "plot_table", "plots", "CustomChart"], _CHART),
    **dict.fromkeys(["JoinedTable", "EvalTable", "PartitionedTable"], _CHART),
    **dict.fromkeys(["xgboost", "lightgbm", "catboost", "fastai"], _CALLBACK),
    **dict.fromkeys(["tensorboard", "tensorflow", "sacred"], _PATCH),
    "sklearn": _CURVES,
    "gym": "Log mediatypes.Video(frames, fps=30).",
    "Graph": "Log a drawing of it, as mediatypes.Image(path).",
    "box3d": 'Pass {"center": …, "size": …, "orientation": …} in boxes of Object3D.',
    "display": "Open the run folder; run.url has its address.",
    "to_html": "Open the run folder; run.url has its address.",
}
"""What to do instead, by name."""

NOTHING_TO_DO: Final = {
    "ensure_configured": "there is nothing to set up.",
    "mark_preempting": "a run that ends early is resumed by its id.",
    "pin_config_keys": "all settings are shown.",
    "require": "there are no features to choose.",
    "setup": "there is nothing to set up.",
    "teardown": "there is nothing to take down.",
    "write_logs": "what the program prints is kept in output.log.",
}
"""Functions that scripts call and that have nothing to do here, and why."""

_NOT_THERE: Final = frozenset({"project_url", "sweep_id", "sweep_url"})
"""What a run without a server has not: None, as for a run of no sweep."""


def answer(owner: str, name: str) -> Any:
    """Return what stands for `name`, which `owner` has not.

    Raises
    ------
    AttributeError
        If nothing does; it says what there is instead, where people know the name.
    """
    if name in NOTHING_TO_DO:
        return functools.partial(_do_nothing, name)
    if name in _NOT_THERE and owner == "Run":
        return None
    msg = f"{owner} has no attribute {name!r}. {ELSEWHERE.get(name, '')}".rstrip()
    raise AttributeError(msg)


def _do_nothing(name: str, *arguments: Any, **options: Any) -> None:
    del arguments, options
    say_once(f"{name}() does nothing: {NOTHING_TO_DO[name]}")
