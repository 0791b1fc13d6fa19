from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.errors import OptionError, RunNotFoundError, StoreError
from mediatypes.recorder import resume
from mediatypes.store import process

if TYPE_CHECKING:
    from pathlib import Path


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


KILLED = """
    import os, signal, sys
    import numpy as np
    import mediatypes as mt
    from mediatypes.recorder.pipeline import Pipeline

    Pipeline._start = lambda self: self._threads.append(None) or True
    config = {"lr": 0.1, "$odd": 1}
    run = mt.init(dir=sys.argv[1], id="night", name="long", config=config)
    run.define_metric("loss", summary="min")
    for step in range(5):
        run.log({"loss": 5 - step, "x": mt.Image(np.full((4, 4), step, "u1"))})
    run.summary["best"] = 7
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills itself")
def test_a_killed_run_goes_on_with_all_it_had(tmp_path: Path) -> None:
    with python(KILLED, str(tmp_path)) as killed:
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert [run.state for run in mt.runs(tmp_path)] == ["crashed"]

    run = mt.init(dir=tmp_path, id="night", resume="must")
    assert run.resumed
    assert (run.name, run.step) == ("long", 5)
    assert run.config.as_dict() == {"lr": 0.1, "$odd": 1}
    assert run.summary["loss"] == 1
    assert run.summary["best"] == 7
    assert run.summary["x"].to_numpy().tolist() == [[4] * 4] * 4
    with pytest.raises(mt.errors.ConfigError):
        run.config["lr"] = 0.2
    run.log({"loss": 9, "x": mt.Image(np.full((4, 4), 5, "u1"))})
    assert mt.open_run(run.dir).state == "running"
    run.finish(quiet=True)

    (found,) = mt.runs(tmp_path)
    assert found.state == "finished"
    assert found.history().to_pandas()["loss"].tolist() == [5, 4, 3, 2, 1, 9]
    pictures = [int(p.to_numpy()[0, 0]) for (p,) in found.media("x").values()]
    assert pictures == list(range(6))
    assert found.summary["loss"] == 1
    assert found.summary["best"] == 7


def test_a_finished_run_goes_on_under_a_new_name_and_settings(tmp_path: Path) -> None:
    first = mt.init(dir=tmp_path, id="a b", config={"lr": 1})
    first.log({"x": 1}, step=41)
    first.finish(quiet=True)
    again = mt.init(
        dir=tmp_path, id="a b", resume=True, name="second", config={"lr": 2, "n": 3}
    )
    assert again.dir == first.dir
    assert again.step == 42
    again.log({"x": 2})
    again.finish(exit_code=1, quiet=True)
    found = mt.open_run(first.dir)
    assert found.state == "failed"
    assert found.name == "second"
    assert found.config == {"lr": 2, "n": 3}
    assert found.history().to_pandas()["step"].tolist() == [41, 42]


def test_what_cannot_be_resumed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="no run 'x'"):
        mt.init(dir=tmp_path, id="x", resume="must")
    with pytest.raises(OptionError, match="the run to resume"):
        mt.init(dir=tmp_path, resume="must")
    with pytest.raises(OptionError, match="never, allow or must"):
        mt.init(dir=tmp_path, id="x", resume="maybe")
    assert list(tmp_path.iterdir()) == []
    mt.init(dir=tmp_path, id="x").finish(quiet=True)
    for wish in (None, "never", False):
        with pytest.raises(OptionError, match='resume="allow"'):
            mt.init(dir=tmp_path, id="x", resume=wish)
    assert len(mt.runs(tmp_path)) == 1


def test_ids_that_look_alike_are_apart(tmp_path: Path) -> None:
    for name in ("Run", "run", "run-2", "2"):
        run = mt.init(dir=tmp_path, id=name, resume="allow")
        assert not run.resumed
        run.finish(quiet=True)
    for name in ("Run", "run", "run-2", "2"):
        run = mt.init(dir=tmp_path, id=name, resume="allow")
        assert (run.resumed, run.id) == (True, name)
        run.finish(quiet=True)


RANK = """
    import sys
    import mediatypes as mt
    run = mt.init(dir=sys.argv[1], id="job", resume="allow")
    for step in range(20):
        run.log({f"rank{sys.argv[2]}": step}, step=step)
    run.finish(quiet=True)
"""


def test_processes_that_begin_at_once_share_one_run(tmp_path: Path) -> None:
    ranks = [python(RANK, str(tmp_path), str(rank)) for rank in range(4)]
    for one in ranks:
        with one:
            assert one.communicate()[0] == ""
        assert one.returncode == 0
    (run,) = mt.runs(tmp_path)
    assert run.state == "finished"
    table = run.history().to_pandas()
    assert len(table) == 20
    for rank in range(4):
        assert table[f"rank{rank}"].tolist() == list(range(20))
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_the_claim_of_a_dead_process_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "_PATIENCE_SECONDS", 0.1)
    claim = tmp_path / ".x.claim"
    claim.touch()
    with pytest.raises(StoreError, match="claim"):
        mt.init(dir=tmp_path, id="x")
    claim.unlink()
    mt.init(dir=tmp_path, id="x").finish(quiet=True)


@pytest.mark.parametrize(
    ("name", "text", "rank"),
    [
        ("RANK", "3", 3),
        ("SLURM_PROCID", "12", 12),
        ("OMPI_COMM_WORLD_RANK", "1", 1),
        ("RANK", "-1", 0),
        ("RANK", "9" * 12, 0),
        ("HOME", "4", 0),
    ],
)
def test_the_rank_is_that_of_the_launcher(name: str, text: str, rank: int) -> None:
    assert process.rank({name: text}) == rank


def test_the_rank_is_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "7")
    run = mt.init(dir=tmp_path)
    run.finish(quiet=True)
    (log,) = (run.dir / "log").iterdir()
    assert log.name.startswith("r7-")
    assert '"rank":7' in log.read_text().splitlines()[0]
