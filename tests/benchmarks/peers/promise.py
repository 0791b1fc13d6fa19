"""One tool in one kind of trouble, or the rows that it kept.

    python -m tests.benchmarks.peers.promise TOOL {CASE,count} FOLDER TOLD

It runs in the tool's own environment. TOLD is a file that gets a line for each call of
``log`` that returned, and one for each that raised.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import struct
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CASES"]

ROW: Final = "promised_row"
BURST: Final = 50
FREE_BYTES: Final = 300_000
CASES: Final = {
    "well": "none: 300 rows, then the run is finished",
    "kill": "SIGKILL while rows are logged, 500 a second",
    "terminate": f"SIGTERM at once after {BURST} rows",
    "leave": "os._exit(0) after 300 rows",
    "full": f"a disk (tmpfs) with {FREE_BYTES // 1000} kB left, 20,000 rows or 30 s",
    "fork": "a forked child logs 20 rows, its parent 20",
    "handler": "a signal handler logs every 3 ms for 3 s, the script too",
}
"""What is tried, in words."""


def logging(tool: str, folder: Path) -> tuple[Callable[[dict[str, Any]], Any], Any]:
    """Start a run; return what logs a row, and what ends the run."""
    if tool in {"mediatypes", "wandb"}:
        module = import_module(tool)
        more = {"mode": "offline"} if tool == "wandb" else {}
        run = module.init(project="promises", dir=str(folder), **more)
        return run.log, run.finish
    if tool == "trackio":
        os.environ["TRACKIO_DIR"] = str(folder)
        module = import_module("trackio")
        module.init(project="promises", embed=False)
        return module.log, module.finish
    if tool == "swanlab":
        module = import_module("swanlab")
        module.init(project="promises", mode="offline", log_dir=str(folder))
        return module.log, module.finish
    return _logging_by_key(tool, folder)


def _logging_by_key(
    tool: str, folder: Path
) -> tuple[Callable[[dict[str, Any]], Any], Any]:
    """As `logging`, for tools that take a value and a step."""
    if tool == "tensorboardx":
        writer = import_module("tensorboardX").SummaryWriter(logdir=str(folder))
        return lambda row: writer.add_scalar(ROW, row[ROW], row[ROW]), writer.close
    if tool == "mlflow":
        mlflow = import_module("mlflow")
        mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
        mlflow.start_run()
        return lambda row: mlflow.log_metrics({ROW: row[ROW]}, row[ROW]), mlflow.end_run
    aim = import_module("aim")
    run = aim.Run(
        repo=aim.Repo.from_path(str(folder), init=True),
        system_tracking_interval=None,
        capture_terminal_logs=False,
    )
    return lambda row: run.track(row[ROW], name=ROW, step=row[ROW]), run.close


class Script:
    """A training script that tells a file on another disk what it was promised."""

    def __init__(self, tool: str, folder: Path, told: Path) -> None:
        self._told = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._folder = folder
        self._log, self._end = logging(tool, folder)
        self.tell("begun")

    def tell(self, text: str) -> None:
        os.write(self._told, f"{text}\n".encode())

    def log(self, number: int) -> None:
        try:
            self._log({ROW: number, "text": "x" * 100})
        except Exception as error:  # noqa: BLE001 - it is counted
            self.tell(f"raised {type(error).__name__}")
        else:
            self.tell("row")

    def well(self) -> None:
        for number in range(300):
            self.log(number)
        self.end()

    def kill(self) -> None:
        for number in range(100_000):
            self.log(number)
            time.sleep(0.002)

    def terminate(self) -> None:
        for number in range(BURST):
            self.log(number)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(20)

    def leave(self) -> None:
        for number in range(300):
            self.log(number)
        os._exit(0)

    def full(self) -> None:
        disk = os.statvfs(self._folder)
        filling = disk.f_bavail * disk.f_frsize - FREE_BYTES
        (self._folder / "filling").write_bytes(bytes(max(0, filling)))
        until = time.monotonic() + 30
        for number in range(20_000):
            self.log(number)
            if time.monotonic() > until:
                break
        self.end()

    def fork(self) -> None:
        self.log(0)
        child = os.fork()
        numbers = range(1, 21) if child else range(21, 41)
        for number in numbers:
            self.log(number)
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
        self.end()

    def handler(self) -> None:
        count = iter(range(10**6))
        self._is_in_handler = False
        self.log(next(count))  # what is imported at the first call is no matter here

        def handle(*_: object) -> None:
            if not self._is_in_handler:  # a handler does not interrupt itself
                self._is_in_handler = True
                self.log(next(count))
                self._is_in_handler = False

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            self.log(next(count))
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.end()

    def end(self) -> None:
        try:
            self._end()
        except Exception as error:  # noqa: BLE001 - it is counted
            self.tell(f"end raised {type(error).__name__}")
        self.tell("ended")


def count(tool: str, folder: Path) -> int:
    """Return how many rows a tool kept."""
    if tool == "mediatypes":
        (run,) = import_module("mediatypes").runs(folder)
        return sum(ROW in row["data"] for row in run.records())
    if tool in {"wandb", "swanlab"}:
        files = [*folder.rglob("*.wandb"), *folder.rglob("*.swanlab")]
        records = [r for path in files for r in _leveldb(path.read_bytes())]
        found = sum(ROW.encode() in r and _is_history(tool, r) for r in records)
        # SwanLab's first such record says that there is such a column.
        return found - (tool == "swanlab" and found > 0)
    if tool == "tensorboardx":
        events = folder.glob("events*")
        return sum(ROW.encode() in r for path in events for r in _tfrecords(path))
    if tool == "aim":
        repo = import_module("aim").Repo.from_path(str(folder))
        found = repo.query_metrics(f"metric.name == '{ROW}'", report_mode=0)
        return sum(
            len(m.values.sparse_numpy()[0]) for r in found.iter_runs() for m in r
        )
    name, query = {
        "trackio": ("promises.db", "select count(*) from metrics"),
        "mlflow": ("mlflow.db", "select count(*) from metrics"),
    }[tool]
    with contextlib.suppress(sqlite3.Error), sqlite3.connect(folder / name) as base:
        return int(base.execute(query).fetchone()[0])
    return 0


def _is_history(tool: str, record: bytes) -> bool:
    if tool == "swanlab":
        return True
    message = import_module("wandb.proto.wandb_internal_pb2").Record()
    with contextlib.suppress(Exception):
        message.ParseFromString(record)
    return bool(message.HasField("history"))


def _leveldb(data: bytes) -> Iterator[bytes]:
    """Yield the whole records of a log in LevelDB's format."""
    block, head, position, whole = 32_768, 7, 7, b""
    while position + head <= len(data):
        if block - position % block < head:
            position += block - position % block
            continue
        _, size, kind = struct.unpack_from("<IHB", data, position)
        if position + head + size > len(data):
            return
        whole += data[position + head : position + head + size]
        position += head + size
        if kind in {1, 4}:
            yield whole
            whole = b""


def _tfrecords(path: Path) -> Iterator[bytes]:
    data, position = path.read_bytes(), 0
    while position + 12 <= len(data):
        (size,) = struct.unpack_from("<Q", data, position)
        if position + 16 + size > len(data):
            return
        yield data[position + 12 : position + 12 + size]
        position += 16 + size


def main(tool: str, case: str, folder: Path, told: Path) -> None:
    """Try a case, or count."""
    if case == "count":
        print(f"rows={count(tool, folder)}")
    else:
        getattr(Script(tool, folder, told), case)()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
