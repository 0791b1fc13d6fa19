"""How busy the machine is while a run goes on."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.optional import loaded
from mediatypes.schema import System

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Sampler", "SystemMetrics"]

_PERCENT: Final = 100.0
_KIBIBYTE: Final = 1024


class Sampler:
    """Measures the machine and this process, by ``/proc`` where there is one.

    Parameters
    ----------
    folder
        Whose disk is measured.
    proc
        Where the kernel tells (proc(5)).
    """

    def __init__(self, folder: Path, proc: Path = Path("/proc")) -> None:
        self._folder = folder
        self._proc = proc
        self._ticks = self._read_ticks()
        self._process = time.process_time(), time.monotonic()

    def sample(self) -> dict[str, float]:
        """Return what is known now; shares of time are since the last sample."""
        found: dict[str, float] = {}
        for measure in (self._cpu, self._memory, self._own, self._disk, _gpus):
            try:
                found |= measure()
            except (OSError, ValueError, LookupError, ZeroDivisionError):
                continue  # not told on this system
        return found

    def _read_ticks(self) -> tuple[int, int] | None:
        """Return idle time and all time of all processors, in ticks."""
        try:
            words = (self._proc / "stat").read_text(encoding="ascii").split("\n")[0]
            ticks = [int(word) for word in words.split()[1:9]]
            return ticks[3] + ticks[4], sum(ticks)
        except (OSError, ValueError, IndexError):
            return None

    def _cpu(self) -> dict[str, float]:
        before, now = self._ticks, self._read_ticks()
        self._ticks = now
        if before is None or now is None:
            return {}
        share = 1 - (now[0] - before[0]) / (now[1] - before[1])
        return {"cpu_percent": _PERCENT * min(max(share, 0.0), 1.0)}

    def _memory(self) -> dict[str, float]:
        text = (self._proc / "meminfo").read_text(encoding="ascii")
        pairs = [line.partition(":") for line in text.splitlines()]
        facts = {name: int(rest.split()[0]) * _KIBIBYTE for name, _, rest in pairs}
        total, free = facts["MemTotal"], facts["MemAvailable"]
        return {
            "memory_percent": _PERCENT * (total - free) / total,
            "memory_available_bytes": free,
        }

    def _own(self) -> dict[str, float]:
        used, moment = time.process_time(), time.monotonic()
        before, self._process = self._process, (used, moment)
        found: dict[str, float] = {
            "process_cpu_percent": _PERCENT
            * (used - before[0])
            / max(moment - before[1], 1e-9),
            "process_threads": threading.active_count(),
        }
        pages = (self._proc / "self" / "statm").read_text(encoding="ascii").split()[1]
        found["process_memory_bytes"] = int(pages) * os.sysconf("SC_PAGE_SIZE")
        return found

    def _disk(self) -> dict[str, float]:
        import shutil

        usage = shutil.disk_usage(self._folder)
        return {
            "disk_used_percent": _PERCENT * usage.used / usage.total,
            "disk_free_bytes": usage.free,
        }


def _gpus() -> dict[str, float]:
    """Return load and memory of each graphics processor, if NVML has been imported."""
    nvml: Any = loaded("pynvml")
    if nvml is None:
        return {}
    found: dict[str, float] = {}
    try:
        nvml.nvmlInit()
        for number in range(nvml.nvmlDeviceGetCount()):
            handle = nvml.nvmlDeviceGetHandleByIndex(number)
            memory = nvml.nvmlDeviceGetMemoryInfo(handle)
            rates = nvml.nvmlDeviceGetUtilizationRates(handle)
            used, total = int(memory.used), int(memory.total)
            found[f"gpu_{number}_percent"] = float(rates.gpu)
            found[f"gpu_{number}_memory_bytes"] = used
            found[f"gpu_{number}_memory_percent"] = _PERCENT * used / total
    except nvml.NVMLError:
        return found
    return found


class SystemMetrics:
    """Puts a sample on record every so many seconds, on a thread of its own.

    Parameters
    ----------
    folder
        The run folder.
    seconds
        Between two samples.
    write
        Puts a record on record.
    """

    def __init__(
        self, folder: Path, seconds: float, write: Callable[[System], object]
    ) -> None:
        self._seconds = seconds
        self._write = write
        self._sampler = Sampler(folder)
        self._end = threading.Event()
        self._thread = threading.Thread(
            target=self._work, name="mediatypes-system", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Sample no more."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._end.wait(self._seconds):
            self._write(System(t=time.time(), d=self._sampler.sample()))
