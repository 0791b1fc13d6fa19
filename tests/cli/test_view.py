"""``mediatypes view`` as it is called."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

import mediatypes as mt
from tests.cli.test_commands import call

if TYPE_CHECKING:
    from pathlib import Path


def test_it_prints_a_link_that_opens_and_the_way_from_elsewhere(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"loss": 1.0})
    command = [sys.executable, "-m", "mediatypes", "view", str(tmp_path)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--no-open"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        text = "".join(lines)
        found = re.search(r"(http://127\.0\.0\.1:(\d+)/)#token=(\S+)", text)
        assert found is not None
        assert "1 run in" in text
        assert f"ssh -N -L {found[2]}:127.0.0.1:{found[2]} " in text
        asked = urllib.request.Request(
            f"{found[1]}api/v1/runs", headers={"Authorization": f"Bearer {found[3]}"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{found[1]}api/v1/runs", timeout=10)
        assert refused.value.code == 401
        refused.value.close()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()  # type: ignore[union-attr]  # it is a pipe


@pytest.mark.parametrize("place", ["nowhere", "file.txt"])
def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.txt").touch()
    code, out, err = call(capsys, "view", place, "--no-open")

    assert (code, out) == (1, "")
    assert place in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_named_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = call(capsys, "view", ".", "--no-open", "--port", port)

    assert code == 1
    assert port in err
    assert "--port 0" in err
