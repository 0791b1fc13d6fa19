"""The write side: a run, and what ``log`` does with each value."""

from __future__ import annotations

from mediatypes.recorder.artifact import Artifact
from mediatypes.recorder.calls import AlertLevel
from mediatypes.recorder.current import init, module_attribute
from mediatypes.recorder.module import (
    SettableModule,
    alert,
    define_metric,
    finish,
    log,
    log_artifact,
    log_model,
    login,
    save,
    unwatch,
    watch,
)
from mediatypes.recorder.run import Run
from mediatypes.recorder.settings import Settings

__all__ = [
    "AlertLevel",
    "Artifact",
    "Run",
    "SettableModule",
    "Settings",
    "alert",
    "define_metric",
    "finish",
    "init",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "module_attribute",
    "save",
    "unwatch",
    "watch",
]
