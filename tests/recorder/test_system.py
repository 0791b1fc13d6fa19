"""How busy the machine is, beside what the operating system says by other ways."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import mediatypes as mt
from mediatypes.errors import OptionError
from mediatypes.recorder.system import Sampler

if TYPE_CHECKING:
    from pathlib import Path

linux = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc here")


def wait_for(condition: Any) -> None:
    for _ in range(1_000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it took longer than 10 seconds")


def test_samples_are_on_record_beside_the_rows() -> None:
    run = mt.init(metrics_seconds=0.1)
    run.log({"a": 1})
    reader = mt.open_run(run.dir)
    wait_for(lambda: reader.refresh() or len(reader.system()) >= 2)
    run.finish(quiet=True)

    reader = mt.open_run(run.dir)
    samples = reader.system()
    assert len(samples) >= 2
    assert abs(samples[0]["time"] - time.time()) < 60
    assert [sample["time"] for sample in samples] == sorted(
        sample["time"] for sample in samples
    )
    assert list(reader.history()) == [{"step": 0, "a": 1}]
    assert reader.summary == {"a": 1}
    assert "mediatypes-system" not in [t.name for t in threading.enumerate()]


@linux
def test_a_sample_is_what_the_system_says(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path)
    time.sleep(0.05)
    found = sampler.sample()

    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 <= found["cpu_percent"] <= 100
    assert 0 < found["memory_percent"] < 100
    assert 0 < found["memory_available_bytes"] <= total
    assert 1e6 < found["process_memory_bytes"] < total
    assert found["process_threads"] == threading.active_count()
    usage = shutil.disk_usage(tmp_path)
    assert found["disk_free_bytes"] == pytest.approx(usage.free, rel=0.2)


def test_a_processor_that_works_is_seen(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path)
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    assert sampler.sample().get("process_cpu_percent", 100) > 1


def test_a_system_that_tells_nothing_leaves_the_disk(tmp_path: Path) -> None:
    found = Sampler(tmp_path, tmp_path / "no-proc").sample()
    assert set(found) == {"disk_used_percent", "disk_free_bytes"}


@pytest.mark.parametrize("text", ["", "cpu", "cpu x y", "cpu 0 0 0 0 0 0 0 0"])
def test_what_the_kernel_says_oddly_is_left_out(tmp_path: Path, text: str) -> None:
    for name in ("stat", "meminfo"):
        (tmp_path / name).write_text(text)
    found = Sampler(tmp_path, tmp_path).sample()
    assert "cpu_percent" not in found
    assert "memory_percent" not in found


class Driver:
    """A graphics driver that tells what was made up."""

    class NVMLError(Exception):
        """The driver's own."""

    is_broken = False

    def nvmlInit(self) -> None:  # noqa: N802 - the driver's name
        if self.is_broken:
            raise self.NVMLError

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - as above
        return 1

    def nvmlDeviceGetHandleByIndex(self, number: int) -> int:  # noqa: N802 - as above
        return number

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:  # noqa: N802 - as above
        return SimpleNamespace(used=25, total=100)

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:  # noqa: N802 - as above
        return SimpleNamespace(gpu=70)


def test_graphics_processors_are_read_where_their_library_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Driver()
    monkeypatch.setitem(sys.modules, "pynvml", driver)
    found = Sampler(tmp_path).sample()
    assert {name: x for name, x in found.items() if name.startswith("gpu")} == {
        "gpu_0_percent": 70.0,
        "gpu_0_memory_bytes": 25,
        "gpu_0_memory_percent": 25.0,
    }
    driver.is_broken = True
    assert not any(name.startswith("gpu") for name in Sampler(tmp_path).sample())


@pytest.mark.parametrize("seconds", [-1, 0.01, "often", float("nan")])
def test_a_pause_that_is_none_is_refused(seconds: Any) -> None:
    with pytest.raises(OptionError, match="metrics_seconds"):
        mt.init(metrics_seconds=seconds)


@pytest.mark.parametrize(
    "option",
    [{"metrics_seconds": 0}, {"settings": mt.Settings(x_disable_stats=True)}],
    ids=["argument", "settings"],
)
def test_there_is_no_thread_where_it_is_off(option: Any) -> None:
    mt.init(**option)
    assert "mediatypes-system" not in [t.name for t in threading.enumerate()]
