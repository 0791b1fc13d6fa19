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

_FOLDER: Final = "_folder"
_BEFORE: Final = "_before"


def _enter(namespace: dict[str, Any]) -> None:
    os.environ["MPLBACKEND"] = "Agg"
    namespace[_BEFORE] = Path.cwd()
    namespace[_FOLDER] = tempfile.mkdtemp(prefix="mediatypes-docs-")
    os.chdir(namespace[_FOLDER])


def _leave(namespace: dict[str, Any]) -> None:
    package = sys.modules.get("mediatypes")
    if package is not None and getattr(package, "run", None) is not None:
        package.finish()
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    os.chdir(namespace[_BEFORE])
    shutil.rmtree(namespace[_FOLDER])


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()],
    patterns=["*.md"],
    setup=_enter,
    teardown=_leave,
).pytest()
