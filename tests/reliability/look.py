"""Look at malformed run folders in every way, and report what that opened and cost.

    python -m tests.reliability.look FOLDER FIRST COUNT

Each line of the output is a JSON object: one for each folder at which something was
wrong, and one at the end with the most seconds and megabytes that were needed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

import mediatypes as mt
from mediatypes.cli import main as command_line
from mediatypes.errors import MediaTypesError
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected
from mediatypes.store.gc import garbage
from mediatypes.store.repair import plan
from tests.reliability.malform import malform

SECONDS = 60
"""After which a look hangs."""
SLOW = 5.0
"""Seconds of the processor; the machine may be busy with something else."""
_PROGRAM = tuple({sys.prefix, sys.base_prefix, str(Path(__file__).parents[2])})
_PROC = ("/proc/",)
_CODE = {"exec", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
_CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink"}
_SETTINGS = "mediatypes.toml"
"""Of the current folder, which commands read; it is not in the folder looked at."""


class Watch:
    """Says what happens beyond the folder that is looked at."""

    def __init__(self) -> None:
        self.folder = ""
        self.found: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder:
            return
        if event == "open":
            self._opened(arguments[0], arguments[2] or 0)
        elif event in _CHANGES or (event in _CODE and not _is_import(arguments)):
            self.found.append(f"{event}{arguments[:2]}")

    def _opened(self, path: object, flags: int) -> None:
        if isinstance(path, int):
            return
        name = os.fsdecode(path) if isinstance(path, (str, bytes)) else str(path)
        is_writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not os.path.isabs(name):  # beneath a descriptor, one plain name at a time
            is_led = name in {".", ".."} or "/" in name or not flags & os.O_NOFOLLOW
            is_ours = not is_led or name == _SETTINGS
        else:
            is_ours = name == self.folder or name.startswith(_PROGRAM + _PROC)
        if is_writing or not is_ours:
            self.found.append(f"open({name!r}, {flags:#o})")


def _is_import(arguments: tuple[Any, ...]) -> bool:
    code = getattr(arguments[0], "co_filename", "")
    return str(code).startswith((*_PROGRAM, "<frozen", "<attrs", "<string"))


def make(place: Path) -> Path:
    """Return a small finished run."""
    with mt.init(dir=place, name="base", config={"a": {"b": 1}}) as run:
        run.define_metric("loss", summary="min")
        mask = {"m": {"mask_data": np.eye(3, dtype=int)}}
        run.log({"loss": 0.5, "x": mt.Image(np.eye(3, dtype=np.uint8), masks=mask)})
        run.log({"y": mt.Audio(np.zeros(9, np.int16), 32), "h": mt.Histogram([1, 2])})
        run.log({"t": mt.Text("hello"), "z": [mt.Array([1.5])] * 2, "s": "text"})
        run.summary["z"] = mt.Image(np.zeros((2, 2), np.uint8))
    return run.dir


def look(folder: Path) -> None:
    """Open, list, show and check a run folder; only our own errors may come."""
    for arguments in (
        *(["ls", str(folder.parent)], ["show", str(folder)]),
        *(["show", str(folder), "--json"], ["verify", str(folder), "--quick"]),
        *(["verify", str(folder), "--json"], ["gc", str(folder)]),
    ):
        with contextlib.suppress(SystemExit):
            command_line(arguments)
    with contextlib.suppress(MediaTypesError, OSError):
        collected = Collected(Folder(folder))
        plan(collected)
        garbage(collected, min_age_seconds=0)
    with contextlib.suppress(MediaTypesError):
        reader = mt.open_run(folder)
        for part in ("summary", "config", "state", "name"):
            with contextlib.suppress(MediaTypesError):
                getattr(reader, part)
        with contextlib.suppress(MediaTypesError):
            list(reader.history())
        with contextlib.suppress(MediaTypesError):
            list(reader.records())
        for key in reader.media_keys():
            with contextlib.suppress(MediaTypesError, KeyError):
                for items in reader.media(key).values():
                    list(items)
        reader.close()


def _too_long(_number: int, _frame: object) -> None:
    raise TimeoutError


def main(place: Path, first: int, count: int) -> None:
    """Look at `count` folders, the first of which has the seed `first`."""
    whole = make(place / "whole")
    look(whole)  # imports everything
    watch = Watch()
    signal.signal(signal.SIGALRM, _too_long)
    longest = 0.0
    for seed in range(first, first + count):
        spot = place / f"seed-{seed}"
        outside = spot / "outside"
        outside.mkdir(parents=True)
        (outside / "secret").write_bytes(b"secret")
        folder = spot / "runs" / whole.name
        shutil.copytree(whole, folder)
        how = malform(folder, outside, seed)
        wrong, seconds, said = _watched(watch, folder)
        longest = max(longest, seconds)
        if "Traceback" in said:
            wrong.append("a traceback was printed")
        if seconds > SLOW:
            wrong.append(f"took {seconds:.1f} s")
        if wrong:
            print(
                json.dumps({"seed": seed, "how": how, "wrong": wrong[:5]}), flush=True
            )
        _delete(spot)
    total = {"looked": count, "seconds": longest, "megabytes": _megabytes()}
    print(json.dumps(total))


def _watched(watch: Watch, folder: Path) -> tuple[list[str], float, str]:
    said = io.StringIO()
    start = time.process_time()
    watch.found = []
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            watch.folder = str(folder)
            look(folder)
    except Exception:  # noqa: BLE001 - whatever comes out is what is wrong
        watch.found.append(traceback.format_exc(limit=-4))
    finally:
        watch.folder = ""
        signal.alarm(0)
    return watch.found, time.process_time() - start, said.getvalue()


def _delete(spot: Path) -> None:
    """Delete folders that are too deep for `shutil.rmtree`, too."""
    for place, _, names in os.walk(spot):
        if len(names) > 0 or place:
            os.chmod(place, 0o755)
    try:
        shutil.rmtree(spot)
    except (OSError, RecursionError):
        import subprocess

        subprocess.run(["rm", "-rf", str(spot)], check=True)


def _megabytes() -> float:
    with contextlib.suppress(OSError):  # the other counts what was before this program
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
