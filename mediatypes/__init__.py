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
from mediatypes.media import MEDIA_TYPES
from mediatypes.media.kinds import *  # noqa: F403 - it has nothing but types
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
    "Artifact",
    "Classes",
    "DroppedMediaWarning",
    "MediaTypesWarning",
    "Run",
    "Settings",
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
__all__ += [media.__name__ for media in MEDIA_TYPES.values()]


sys.modules[__name__].__class__ = SettableModule


def __getattr__(name: str) -> Any:
    if name in {"run", "config", "summary"}:
        return module_attribute(name)
    if name in NAMES:
        return getattr(importlib.import_module("mediatypes.compat.wandb"), name)
    return answer(f"module {__name__!r}", name)
