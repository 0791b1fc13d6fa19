"""Where a run was made: program, packages, commit, hardware; never a secret."""

from __future__ import annotations

import functools
import os
import platform
import re
import sys
from pathlib import Path
from typing import Any, Final

__all__ = ["environment"]

_HIDDEN: Final = "***"
_SECRET: Final = re.compile(
    r"(?i)(key|token|secret|passw|credential|auth|private|session)"
)
_LOGIN: Final = re.compile(r"(?<=://)[^/\s@]*@")
"""User and password in an address."""
_DISTRIBUTION: Final = re.compile(r"(.+?)-(.+?)(?:-py[\d.]+)?\.(?:dist|egg)-info")
_ADDRESS: Final = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)
_REFERENCE: Final = "ref: "


def environment() -> dict[str, Any]:
    """Return what is known of this process and its machine."""
    return {
        "program": sys.argv[0] if sys.argv else "",
        "arguments": redacted(sys.argv[1:]),
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "memory_bytes": _memory(),
        "gpus": _gpus(),
        "git": dict(_git(str(Path.cwd()))),
        "packages": dict(_packages(tuple(sys.path))),
    }


def redacted(arguments: list[str]) -> list[str]:
    """Return arguments of a command line without what looks like a secret.

    Examples
    --------
    >>> redacted(["--api-key", "abc", "--token=x", "https://me:pw@host/x", "--lr", "1"])
    ['--api-key', '***', '--token=***', 'https://host/x', '--lr', '1']
    """
    found: list[str] = []
    is_secret = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if is_secret and not argument.startswith("-"):
            found.append(_HIDDEN)
            is_secret = False
            continue
        is_secret = bool(_SECRET.search(name)) and name.startswith("-") and not equals
        hides = bool(equals and _SECRET.search(name))
        found.append(f"{name}={_HIDDEN}" if hides else _LOGIN.sub("", argument))
    return found


@functools.lru_cache(8)
def _packages(path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return names and versions of what is installed, told from folder names alone."""
    found: dict[str, str] = {}
    for folder in path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - names alone
        except OSError:
            continue
        for name in names:
            match = name.endswith("-info") and _DISTRIBUTION.fullmatch(name)
            if match:
                found.setdefault(match[1].replace("_", "-").lower(), match[2])
    return tuple(sorted(found.items()))


@functools.lru_cache(8)
def _git(folder: str) -> tuple[tuple[str, str], ...]:
    """Return commit, branch and remote of the repository that a folder is in."""
    for place in (Path(folder), *Path(folder).parents):
        git = place / ".git"
        try:
            if git.is_file():  # of a worktree or a submodule
                git = place / git.read_text(encoding="utf-8").partition(": ")[2].strip()
            head = (git / "HEAD").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        facts = {"root": str(place)}
        if head.startswith(_REFERENCE):
            name = head.removeprefix(_REFERENCE)
            facts["branch"] = name.removeprefix("refs/heads/")
            head = _reference(git, name)
        return tuple((facts | {"commit": head, "remote": _remote(git)}).items())
    return ()


def _reference(git: Path, name: str) -> str:
    """Return the commit that a reference names, ``""`` if there is none."""
    for folder in (git, git.parent.parent):  # a worktree shares those of its repository
        try:
            return (folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            pass
        try:
            packed = (folder / "packed-refs").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        for line in packed.splitlines():
            commit, _, packed_name = line.partition(" ")
            if packed_name == name:
                return commit
    return ""


def _remote(git: Path) -> str:
    for folder in (git, git.parent.parent):
        try:
            config = (folder / "config").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        _, found, section = config.partition('[remote "origin"]')
        address = _ADDRESS.search(section.partition("\n[")[0])
        if found and address is not None:
            return _LOGIN.sub("", address[1])
    return ""


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _gpus() -> list[str]:
    """Return the names of the graphics processors that the driver lists."""
    names: list[str] = []
    folder = Path("/proc/driver/nvidia/gpus")
    try:
        for gpu in sorted(folder.iterdir()):
            text = (gpu / "information").read_text(encoding="utf-8", errors="replace")
            names += re.findall(r"^Model:\s*(.+)$", text, re.MULTILINE)
    except OSError:
        return names
    return names
