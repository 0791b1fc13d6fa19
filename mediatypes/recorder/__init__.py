"""The write side: a run, and what ``log`` does with each value."""

from __future__ import annotations

from mediatypes.recorder.current import (
    define_metric,
    finish,
    init,
    log,
    module_attribute,
    save,
)
from mediatypes.recorder.run import Run

__all__ = ["Run", "define_metric", "finish", "init", "log", "module_attribute", "save"]
