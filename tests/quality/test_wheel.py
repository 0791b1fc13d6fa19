"""What is built and installed is what is in the repository."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.quality.tools import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel")
    options = ("--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    done = run(root, *pip, *options, root)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("mediatypes-*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_package_and_no_other(
    wheel: Path, root: Path
) -> None:
    package = root / "mediatypes"
    expected = {
        path.relative_to(root).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert names == expected
    assert "mediatypes/py.typed" in names


def test_the_wheel_names_its_command_and_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition(".dist-info/")[2]: name for name in archive.namelist()}
        commands = archive.read(names["entry_points.txt"]).decode()

    assert "mediatypes = mediatypes.cli:main" in commands
    assert "licenses/LICENSE" in names


def test_the_wheel_works_far_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    work = (
        "import mediatypes\n"
        "print(mediatypes.__file__)\n"
        "run = mediatypes.init()\n"
        "run.log({'picture': mediatypes.Image([[0, 255]])})\n"
        "run.finish()\n"
        "item = mediatypes.open_run(run.dir).media('picture')[0][0]\n"
        "assert item.to_numpy().tolist() == [[0, 255]]\n"
    )

    done = run(tmp_path, sys.executable, "-c", work)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))
