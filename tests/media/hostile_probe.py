"""Give every file named to a media type, each in a process of its own.

    python hostile_probe.py {Image,Audio,Video,Object3D} file …

Prints one JSON array for each file: what came of it, the seconds and the megabytes
that it took. Processes are forked, so that nothing is imported twice and the peak of
one file is not that of another.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings
from pathlib import Path

import av
import numpy as np
import PIL.Image
import soundfile

import mediatypes as mt
from mediatypes import errors

LOADED = av, np, PIL.Image, soundfile
"""What would be loaded by the first file, and counted as its memory."""


def outcome(kind: str, path: Path) -> str:
    """Return ``"value"`` or the name of the exception."""
    try:
        value = getattr(mt, kind)(path)
        assert value.encode().data == path.read_bytes()
        assert value.to_numpy().size >= 0
    except errors.DecodeError as error:
        text = str(error)
        return "DecodeError" if "0x" not in text and "\n" not in text else text
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"{type(error).__name__}: {error}"
    return "value"


def megabytes() -> float:
    """Return the most memory that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def main(kind: str, *names: str) -> None:
    """Answer for each of `names`."""
    # Python 3.12 warns of threads at a fork; those of numpy's algebra are idle here.
    warnings.filterwarnings("ignore", ".*fork")
    for folder in {Path(name).parent for name in names}:
        for warm in sorted(folder.parent.glob(f"{kind.lower()}/*.[pwfm][nalep]*")):
            outcome(kind, warm)  # Pillow and libsndfile load the rest at first use
    for name in names:
        sys.stdout.flush()
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            continue
        before, start = megabytes(), time.process_time()
        found = outcome(kind, Path(name))
        seconds = time.process_time() - start
        print(json.dumps([found, seconds, megabytes() - before]), flush=True)
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
