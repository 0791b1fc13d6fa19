"""Log every input with one tool, read back what it stored, print a verdict for each.

    python -m tests.benchmarks.peers.probe TOOL FOLDER

It runs in the tool's own environment. Each line of the output is a JSON object.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import json
import logging
import os
import re
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from tests.benchmarks.peers.cases import CASES, PLAIN, Case
from tests.benchmarks.peers.environments import QUIET
from tests.benchmarks.peers.judge import Verdict, judge


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _one_line(text: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m|<?0x[0-9a-f]+>?", "", text)
    return " ".join(plain.split())[:160]


def _log(peer: Any, package: str, name: str, case: Case, folder: Path) -> Any:
    """Return a verdict if the call raised, else what was said meanwhile."""
    listener, printed = _Listener(), io.StringIO()
    logging.getLogger().addHandler(listener)
    try:
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            warnings.simplefilter("always")
            peer.log(name, case, case.make(folder))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return _of_exception(error, package)
    finally:
        logging.getLogger().removeHandler(listener)
    told = [str(warning.message) for warning in caught if _is_said(warning.category)]
    return _one_line(
        "; ".join([*told, *listener.messages, printed.getvalue()]).strip("; ")
    )


def _is_said(category: type[Warning]) -> bool:
    return not issubclass(category, (DeprecationWarning, PendingDeprecationWarning))


def _of_exception(error: Exception, package: str) -> Verdict:
    """Tell a refusal, raised by the tool, from another library's exception."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    text = _one_line(f"{type(error).__name__}: {error}")
    place = Path(str(sys.modules[package].__file__)).parent
    is_own = Path(last.filename).is_relative_to(place)
    is_meant = (last.line or "").startswith("raise ")
    return Verdict("refused" if is_own and is_meant else "crash", text)


def main(tool: str, folder: Path) -> None:
    """Log, finish, read back and print."""
    os.environ.update(QUIET)
    adapter = importlib.import_module(f"tests.benchmarks.peers.log_{tool}")
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(sys.stderr):
        peer = adapter.Peer(folder)
        answers = {
            name: Verdict("—", "")
            if case.kind in adapter.LACKS
            else _log(peer, adapter.PACKAGE, name, case, folder)
            for name, case in (PLAIN | CASES).items()
        }
        peer.finish()
    version = importlib.metadata.version(adapter.DISTRIBUTION)
    for name, case in (PLAIN | CASES).items():
        verdict = answers[name]
        if isinstance(verdict, str):
            stored = peer.stored(name, case)
            documented = adapter.DOCUMENTED.get(case.label, "")
            verdict = judge(case, stored, verdict, documented)
        if name in PLAIN:
            if verdict.outcome not in {"exact", "said", "—"}:
                raise RuntimeError(f"{case.kind}, {case.label}: {verdict}")
            continue
        row = {
            "tool": adapter.DISTRIBUTION,
            "version": version,
            "kind": case.kind,
            "input": case.label,
        }
        print(json.dumps(row | verdict._asdict(), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
