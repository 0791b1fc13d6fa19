"""Run every Python block of the documentation, each page in its own empty folder."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from doctest import ELLIPSIS
from pathlib import Path
from typing import Any, Final

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

collect_ignore = ["conf.py"]

_ROOT: Final = Path(__file__).parents[1]
_SETTINGS: Final = {"MPLBACKEND": "Agg", "PYTHONPATH": str(_ROOT)}
_KEPT: Final = "_kept"


def _enter(namespace: dict[str, Any]) -> None:
    folder = tempfile.mkdtemp(prefix="mediatypes-docs-")
    namespace[_KEPT] = dict(os.environ), Path.cwd(), folder
    os.environ.update(_SETTINGS)
    os.chdir(folder)


def _leave(namespace: dict[str, Any]) -> None:
    package = sys.modules.get("mediatypes")
    if package is not None and getattr(package, "run", None) is not None:
        package.finish()
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    environment, before, folder = namespace[_KEPT]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(before)
    shutil.rmtree(folder)


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()],
    patterns=["*.md"],
    setup=_enter,
    teardown=_leave,
).pytest()
