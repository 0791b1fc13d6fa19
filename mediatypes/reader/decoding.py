"""Decoding every media item of a run in a process that can do little.

Bytes of media may come from anybody, and decoders are large. So they are tried in a
child process with limits on memory, time, files and writing; one item that breaks it
is named, and a new child goes on with the next.

    python -m mediatypes.reader.decoding FOLDER FIRST
"""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediatypes.reader.values import Values
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.schema import Media

__all__ = ["undecodable"]

MEMORY_BYTES: Final = 4 << 30
"""Address space of the child, most of which libraries reserve and never touch."""
SECONDS: Final = 10
"""Of processor time for one item."""
_FILES: Final = 64
_PATIENCE_SECONDS: Final = 60
"""Until a child that says nothing is ended."""


def undecodable(folder: Folder) -> Iterator[tuple[str, str]]:
    """Yield path and reason of each media file that cannot be decoded.

    Its digest may be right all the same: then what was logged is at fault.
    """
    first = 0
    while True:
        ended_at: dict[str, Any] | None = None
        for line in _lines(folder, first):
            said = json.loads(line)
            if "text" in said:
                yield said["path"], said["text"]
            ended_at = said if said["what"] == "begin" else None
        if ended_at is None:
            return
        text = f"broke its limits: {SECONDS} s, {MEMORY_BYTES >> 20} MiB"
        yield ended_at["path"], text
        first = ended_at["at"] + 1


def _lines(folder: Folder, first: int) -> Iterator[str]:
    command = [sys.executable, "-m", __name__, str(folder.path), str(first)]
    with subprocess.Popen(  # noqa: S603 - this module itself
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        watch = threading.Timer(_PATIENCE_SECONDS, child.kill)
        watch.start()
        try:
            for line in child.stdout:
                watch.cancel()
                watch = threading.Timer(_PATIENCE_SECONDS, child.kill)
                watch.start()
                yield line
        finally:
            watch.cancel()
            child.kill()


def _limit() -> None:
    """Give this process little to do harm with, where the system can."""
    with contextlib.suppress(ImportError):
        import resource

        def least(kind: int, most: int) -> None:
            _, hard = resource.getrlimit(kind)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (bound, bound))

        least(resource.RLIMIT_AS, MEMORY_BYTES)
        least(resource.RLIMIT_NOFILE, _FILES)
        least(resource.RLIMIT_FSIZE, 0)
        least(resource.RLIMIT_CORE, 0)


def _limit_time() -> None:
    """Let the next item have its seconds, and no more."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def _decode(values: Values, record: Media) -> str | None:
    """Return why an item cannot be decoded, or None."""
    try:
        value: Any = values.media(record)
        look = getattr(value, "to_numpy", None)
        if look is not None:
            look()
    except MemoryError:
        return f"needs more than {MEMORY_BYTES >> 20} MiB"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"{type(error).__name__}: {error}"[:500]
    return None


def _say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201 - to the parent


def _main(place: str, first: str) -> None:
    folder = Folder(Path(place))
    records = Collected(folder).media_records()
    _limit()
    values = Values(folder)
    for at, record in itertools.islice(enumerate(records), int(first), None):
        _say(what="begin", at=at, path=record.path)
        _limit_time()
        reason = _decode(values, record)
        if reason is None:
            _say(what="end", at=at)
        else:
            _say(what="end", at=at, path=record.path, text=reason)


if __name__ == "__main__":
    _main(*sys.argv[1:])
