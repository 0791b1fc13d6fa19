"""Run a static tool on a source tree and return what it found, "" if nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

__all__ = [
    "accept",
    "basedpyright",
    "imported_modules",
    "lint_imports",
    "mypy",
    "ruff_check",
    "ruff_format",
    "run",
    "sphinx",
    "towncrier",
]


def accept(findings: str) -> None:
    """Fail with `findings` in full, if there are any."""
    if findings:
        pytest.fail(findings, pytrace=False)


def run(
    root: Path, *command: str | Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run `command` in `root`, which comes first on Python's path.

    Parameters
    ----------
    root
        The repository, or a copy of it.
    command
        The program and its arguments.
    settings
        Environment variables to set.
    """
    settings = {"PYTHONPATH": str(root), "NO_COLOR": "1"} | settings
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_", "FORCE_COLOR"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=root,
        env=inherited | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def _findings(root: Path, *command: str | Path) -> str:
    done = run(root, *command)
    if done.returncode == 0:
        return ""
    return f"{done.stdout}{done.stderr}".strip() or f"exit code {done.returncode}"


def _python(root: Path, module: str, *arguments: str | Path) -> str:
    return _findings(root, sys.executable, "-m", module, *arguments)


def ruff_check(root: Path) -> str:
    """Look for lint."""
    return _python(root, "ruff", "check", "--output-format=concise", ".")


def ruff_format(root: Path) -> str:
    """Look for files that the formatter would change."""
    return _python(root, "ruff", "format", "--check", ".")


def mypy(root: Path, *files: str) -> str:
    """Check the types of `files`, or of all that the settings name."""
    return _python(root, "mypy", *files)


def basedpyright(root: Path, *files: str) -> str:
    """Check the types of `files`, or of all that the settings name, once more."""
    return _python(root, "basedpyright", *files)


def lint_imports(root: Path) -> str:
    """Look for imports against the direction of the data."""
    script = Path(sysconfig.get_path("scripts")) / "lint-imports"
    return _findings(root, script, "--no-cache")


def sphinx(root: Path, target: Path) -> str:
    """Build the documentation of `root` into `target`; a warning is a finding."""
    options = ("-q", "-n", "-W", "--keep-going", "-b", "html")
    places = ("-d", target / "doctrees", root / "docs", target / "html")
    return _python(root, "sphinx", *options, *places)


def towncrier(root: Path) -> str:
    """Look for changelog fragments that cannot be put together."""
    return _python(root, "towncrier", "build", "--draft", "--version=0", "--date=-")


def imported_modules(root: Path, statement: str) -> set[str]:
    """Return the names of all modules that `statement` loads into a new interpreter."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = run(root, sys.executable, "-W", "error", "-c", code)
    if done.returncode:
        raise AssertionError(done.stderr)
    return set(done.stdout.split())
