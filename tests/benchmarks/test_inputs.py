"""What becomes of forty inputs; the other tools are asked by ``peers/inputs.py``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def outcomes(folder: Path) -> dict[str, str]:
    """Return the word for each input, as the comparison finds it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.peers.probe", "mediatypes", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    rows = map(json.loads, done.stdout.splitlines())
    return {f"{row['kind']}: {row['input']}": row["outcome"] for row in rows}


def test_no_input_is_lost_in_silence_and_the_page_says_what_we_do(
    tmp_path: Path,
) -> None:
    found = outcomes(tmp_path)

    page = ROOT / "docs" / "explanation" / "inputs-compared.md"
    rows = re.findall(r"(?m)^\| (\w+: [^|]+) \| (\w+) \|", page.read_text("utf-8"))
    assert found == dict(rows)
    assert len(found) == 40
    assert {*found.values()} == {"exact", "said", "refused"}
