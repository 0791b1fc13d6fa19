"""However a process lives and ends, what `log` returned from is there, and it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

import mediatypes as mt
from tests.reliability.checker import Facts, read

ROOT = Path(__file__).parents[2]
SECONDS = 120
"""After which a script hangs; generous, since the machine may be busy."""


class Life(NamedTuple):
    """A script, and what is left of it."""

    script: str
    rows: int
    """Rows that are there, at least."""
    states: tuple[str, ...] = ("finished",)
    code: int = 0


LIVES = {
    "a finaliser logs": Life(
        """
        class Last:
            def __del__(self):
                log({"row": "finaliser"})
        for row in range(50):
            last = [Last()]
            last.append(last)  # for the collector, whenever it comes
            log({"row": row, "x": picture(row)})
        del last
        import gc
        gc.collect()
        """,
        100,
    ),
    "an exit handler logs": Life(
        """
        import atexit
        atexit.register(lambda: log({"row": "exit", "x": picture(1)}))
        log({"row": 0})
        """,
        2,
    ),
    "a thread outlives the main one": Life(
        """
        import threading, time
        def work():
            for row in range(60):
                log({"row": row, "x": picture(row)})
                time.sleep(0.005)
        threading.Thread(target=work).start()
        """,
        60,
    ),
    "a daemon thread logs to the end": Life(
        """
        import contextlib, itertools, threading, time
        def work():
            with contextlib.suppress(mt.errors.RunClosedError):
                for row in itertools.count():
                    log({"row": row, "x": picture(row % 99)})
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
        """,
        1,
    ),
    "it ends without exit handlers": Life(
        """
        for row in range(50):
            log({"row": row, "x": picture(row)})
        os._exit(3)
        """,
        50,
        ("crashed",),
        3,
    ),
    "Ctrl-C comes again and again": Life(
        """
        import signal, threading, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        def interrupt():
            while not begun:
                time.sleep(0.001)
            for _ in range(200):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.002)
            time.sleep(0.1)
            done.append(1)
        begun, done, row = [], [], 0
        threading.Thread(target=interrupt).start()
        while not done:
            try:
                begun.append(1)
                while not done:
                    row += 1
                    log({"row": row, "x": picture(row % 99)})
            except KeyboardInterrupt:
                pass
        """,
        20,
    ),
    "forked workers of a pool log": Life(
        """
        import multiprocessing
        def work(worker):
            for row in range(20):
                log({"row": f"{worker}-{row}", "x": picture(row)})
        with multiprocessing.get_context("fork").Pool(3) as pool:
            pool.map(work, range(6))
            pool.close()
            pool.join()
        """,
        120,
    ),
    "workers that are ended at once log": Life(
        """
        import multiprocessing, time
        def work():
            for row in range(50):
                log({"row": row, "x": picture(row)})
            time.sleep(600)
        process = multiprocessing.get_context("fork").Process(target=work)
        process.start()
        while told() < 50:
            time.sleep(0.01)
        process.terminate()
        process.join()
        """,
        50,
        ("finished", "crashed"),
    ),
    "it is forked while threads hold every lock": Life(
        """
        import threading
        stop = threading.Event()
        def work():
            while not stop.is_set():
                log({"row": "thread", "x": picture(1)})
        for _ in range(2):
            threading.Thread(target=work).start()
        for child in range(15):
            pid = os.fork()
            if pid == 0:
                log({"row": f"child-{child}", "x": picture(child)})
                run.finish(quiet=True)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        stop.set()
        """,
        15,
    ),
    "another interpreter joins by the id": Life(
        """
        import subprocess
        code = (
            "import sys, mediatypes as mt\\n"
            "run = mt.init(dir=sys.argv[1], id=sys.argv[2], resume='allow')\\n"
            "for row in range(10): run.log({'row': row})\\n"
        )
        command = [sys.executable, "-c", code, sys.argv[1], run.id]
        children = [subprocess.Popen(command) for _ in range(2)]
        for row in range(10):
            log({"row": row, "x": picture(row)})
        for child in children:
            assert child.wait() == 0
        """,
        30,
    ),
    "it ends by an exception": Life(
        """
        log({"row": 0, "x": picture(0)})
        raise ValueError("no")
        """,
        1,
        ("failed",),
        1,
    ),
    "it leaves a block by an exit code": Life(
        """
        with run:
            log({"row": 0, "x": picture(0)})
            sys.exit(4)
        """,
        1,
        ("failed",),
        4,
    ),
    "it says that it failed, and exits": Life(
        """
        log({"row": 0, "x": picture(0)})
        run.finish(exit_code=4, quiet=True)
        sys.exit(4)
        """,
        1,
        ("failed",),
        4,
    ),
    # Python tells no exit handler by which code it ends; the docs say so.
    "it only exits": Life(
        """
        log({"row": 0, "x": picture(0)})
        sys.exit(4)
        """,
        1,
        ("finished",),
        4,
    ),
}
BEGINNING = """
import os, sys, warnings
import numpy as np
import mediatypes as mt

warnings.filterwarnings("ignore", ".*fork.*", DeprecationWarning)
run = mt.init(dir=sys.argv[1], id="life", console=False)
acknowledged = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def log(row):
    run.log(row)
    os.write(acknowledged, (str(row["row"]) + "\\n").encode())

def told():
    return os.fstat(acknowledged).st_size and len(open(sys.argv[2]).readlines())

def picture(number):
    return mt.Image(np.full((40, 40), number, np.uint8))

"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def lived(place: Path, life: Life) -> tuple[Path, list[str]]:
    """Let a script live; return its run folder, and the rows that `log` took."""
    told = place / "told"
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "faulthandler",
            "-c",
            BEGINNING + textwrap.dedent(life.script),
            str(place / "runs"),
            str(told),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == life.code, done.stderr
    assert "Fatal" not in done.stderr
    (run,) = (place / "runs").iterdir()
    return run, told.read_text().splitlines()


def present(facts: Facts) -> list[str]:
    return [str(row["d"]["row"]) for rows in facts.rows.values() for row in rows]


@pytest.mark.parametrize("name", LIVES)
def test_what_was_logged_is_there(tmp_path: Path, name: str) -> None:
    life = LIVES[name]
    run, told = lived(tmp_path, life)
    assert len(told) >= life.rows or "another" in name
    code = [sys.executable, "-m", "mediatypes", "recover", str(run)]
    recovered = subprocess.run(code, check=False, stdout=subprocess.DEVNULL)
    is_interrupted = "Ctrl-C" in name  # what `log` did not return from may be named
    assert recovered.returncode in ({0, 2} if is_interrupted else {0})
    facts = read(run)
    assert facts.wrong == []
    rows = present(facts)
    assert len(rows) >= life.rows
    assert [row for row in told if row not in rows] == []
    announced = {
        (writer, row["n"]): str(row["d"]["row"])
        for writer, found in facts.rows.items()
        for row in found
        if row.get("media")
    }
    written = {(writer, number) for writer, number, _, _ in facts.media}
    named = {(writer, number) for writer, number, _, _ in facts.notes}
    assert announced.keys() - written - named == set()
    assert {announced[place] for place in named} & set(told) == set()
    assert is_interrupted or named == set()
    assert mt.open_run(run).state in life.states
