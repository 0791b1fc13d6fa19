"""Typed media for experiment logs: exact, checked, linked by a manifest."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from mediatypes import errors, plot
from mediatypes._core.classes import Classes
from mediatypes._core.version import __version__
from mediatypes.compat import NAMES
from mediatypes.errors import DroppedMediaWarning, MediaTypesWarning
from mediatypes.media import (
    Array,
    Audio,
    File,
    Histogram,
    Html,
    Image,
    Markdown,
    Plot,
    Table,
    Text,
    Video,
)
from mediatypes.reader import open_run, runs
from mediatypes.recorder import (
    AlertLevel,
    Artifact,
    Run,
    SettableModule,
    Settings,
    alert,
    define_metric,
    finish,
    init,
    log,
    log_artifact,
    log_model,
    login,
    module_attribute,
    save,
    unwatch,
    watch,
)
from mediatypes.recorder.elsewhere import answer

if TYPE_CHECKING:
    from mediatypes.recorder.config import Config
    from mediatypes.recorder.summary import Summary

    run: Run | None
    config: Config
    summary: Summary

__all__ = [
    "AlertLevel",
    "Array",
    "Artifact",
    "Audio",
    "Classes",
    "DroppedMediaWarning",
    "File",
    "Histogram",
    "Html",
    "Image",
    "Markdown",
    "MediaTypesWarning",
    "Plot",
    "Run",
    "Settings",
    "Table",
    "Text",
    "Video",
    "__version__",
    "alert",
    "define_metric",
    "errors",
    "finish",
    "init",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "open_run",
    "plot",
    "runs",
    "save",
    "unwatch",
    "watch",
]


sys.modules[__name__].__class__ = SettableModule


def __getattr__(name: str) -> Any:
    if name in {"run", "config", "summary"}:
        return module_attribute(name)
    if name in NAMES:
        return getattr(importlib.import_module("mediatypes.compat.wandb"), name)
    return answer(f"module {__name__!r}", name)
