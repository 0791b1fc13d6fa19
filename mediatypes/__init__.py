"""Typed media for experiment logs: exact, checked, linked by a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediatypes import errors
from mediatypes._core.classes import Classes
from mediatypes._core.version import __version__
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
)
from mediatypes.reader import open_run, runs
from mediatypes.recorder import (
    Run,
    define_metric,
    finish,
    init,
    log,
    module_attribute,
    save,
)

if TYPE_CHECKING:
    from mediatypes.recorder.config import Config
    from mediatypes.recorder.summary import Summary

    run: Run
    config: Config
    summary: Summary

__all__ = [
    "Array",
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
    "Table",
    "Text",
    "__version__",
    "define_metric",
    "errors",
    "finish",
    "init",
    "log",
    "open_run",
    "runs",
    "save",
]


def __getattr__(name: str) -> Any:
    if name in {"run", "config", "summary"}:
        return module_attribute(name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
