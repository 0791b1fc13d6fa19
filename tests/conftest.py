"""What every test relies on: an empty folder, a clean slate, and honest skips."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A shared processor is no stopwatch; in CI, Hypothesis repeats itself as well.
settings.register_profile("here", deadline=None)
settings.register_profile("there", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("there" if os.environ.get("CI") == "true" else "here")

collect_ignore = ["typing/api.py"]

ALLOWED_SKIPS: Final[dict[str, str]] = {}
"""Node ids (or their beginnings) that may be skipped in CI, each with its reason."""

_RUNS_BEFORE: Final = pytest.StashKey[bool]()


@pytest.fixture(autouse=True)
def _clean_slate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in an empty folder, without the caller's settings, and leave no run open."""
    for name in list(os.environ):
        if name.startswith(("MEDIATYPES_", "WANDB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    yield
    package = sys.modules.get("mediatypes")
    if package is not None and getattr(package, "run", None) is not None:
        package.finish()


@pytest.hookimpl
def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember whether a ``runs`` folder lay in the repository already."""
    session.config.stash[_RUNS_BEFORE] = (session.config.rootpath / "runs").exists()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session over a skip that CI does not expect, or a stray run folder."""
    if _complaints(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name what failed the session though every test passed."""
    complaints = _complaints(config)
    if complaints:
        terminalreporter.section("house rules", red=True)
        for complaint in complaints:
            terminalreporter.line(complaint)


def _complaints(config: pytest.Config) -> list[str]:
    found = [f"skipped in CI: {skip}" for skip in unexpected_skips(config)]
    if not config.stash.get(_RUNS_BEFORE, True) and (config.rootpath / "runs").exists():
        found.append("a test or an example has left a runs folder in the repository")
    return found


def unexpected_skips(config: pytest.Config) -> list[str]:
    """Return the skips of this session that CI does not allow, with their reasons."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return []
    skipped: list[pytest.TestReport] = reporter.stats.get("skipped", [])
    return [
        f"{report.nodeid} ({_reason(report)})"
        for report in skipped
        if not report.nodeid.startswith(tuple(ALLOWED_SKIPS))
    ]


def _reason(report: pytest.TestReport) -> str:
    where = report.longrepr
    return str(where[2]) if isinstance(where, tuple) else str(where)
