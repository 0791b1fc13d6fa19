"""Mark everything in this folder as `quality`, and hand out trees to break."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
_HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let ``-m 'not quality'`` leave these tests out."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker("quality")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository."""
    return ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the package and its settings, to be broken on purpose."""
    caches = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "mediatypes", tmp_path / "mediatypes", ignore=caches)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path
