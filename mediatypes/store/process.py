"""Which process writes a run, and whether it still lives."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.names import host_name, host_word
from mediatypes._core.version import __version__
from mediatypes.schema import Open

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_gone", "is_gone_from_here", "opening", "rank", "versions"]

_START_TIME: Final = 21
"""Position of a process's start time in ``/proc/<pid>/stat``, from 0 (proc(5))."""


_RANKS: Final = (
    "RANK",
    "SLURM_PROCID",
    "OMPI_COMM_WORLD_RANK",
    "PMI_RANK",
)
"""What torchrun, Slurm, Open MPI and MPICH call the number of a process."""
_HIGHEST_RANK: Final = 10**9


def rank(environment: Mapping[str, str] = os.environ) -> int:
    """Return the number of this process among those of its job, 0 if it is alone."""
    for name in _RANKS:
        text = environment.get(name, "")
        if text.isdecimal() and int(text) < _HIGHEST_RANK:
            return int(text)
    return 0


def versions() -> dict[str, str]:
    """Return the versions that a record names."""
    return {
        "mediatypes": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def opening(writer: str, more: Mapping[str, Any]) -> Open:
    """Return the first record of `writer` in this process."""
    return Open(
        writer=writer,
        rank=rank(),
        host=host_name(),
        pid=os.getpid(),
        start=_start_time(os.getpid()),
        boot=_boot(),
        t=time.time(),
        m=0.0,
        **more,
    )


def is_gone(opened: Open) -> bool:
    """Whether the process that wrote `opened` is known to have ended.

    Known is it only on the host of that process.
    """
    if opened.host != host_name():
        return False
    if opened.boot != _boot():
        return True
    start = _start_time(opened.pid)
    if start:
        return start != opened.start
    # Signal 0 asks whether a process is there; on Windows it is Ctrl-C.
    return os.name != "nt" and bool(opened.start) and not _is_there(opened.pid)


def is_gone_from_here(host: str, pid: int) -> bool:
    """Whether no process `pid` is on this host, if `host` is this one's word."""
    return host == host_word() and os.name != "nt" and not _is_there(pid)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


@cache
def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def _start_time(pid: int) -> str:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/stat").read_text()
        fields = text.rpartition(")")[2].split()
        return fields[_START_TIME - 2]
    return ""
