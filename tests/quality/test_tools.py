"""The static tools have nothing to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.quality import tools

if TYPE_CHECKING:
    from pathlib import Path


def test_ruff_has_nothing_to_report(root: Path) -> None:
    tools.accept(tools.ruff_check(root))


def test_ruff_would_format_nothing_differently(root: Path) -> None:
    tools.accept(tools.ruff_format(root))


def test_mypy_strict_accepts_package_and_tests(root: Path) -> None:
    tools.accept(tools.mypy(root))


def test_basedpyright_strict_accepts_the_package(root: Path) -> None:
    tools.accept(tools.basedpyright(root))


def test_basedpyright_accepts_the_api_as_users_write_it(root: Path) -> None:
    tools.accept(tools.basedpyright(root, "tests/typing/api.py"))


def test_imports_go_down_the_layers_only(root: Path) -> None:
    tools.accept(tools.lint_imports(root))


def test_the_documentation_builds_without_a_warning(root: Path, tmp_path: Path) -> None:
    tools.accept(tools.sphinx(root, tmp_path))


def test_the_changelog_fragments_fit_together(root: Path) -> None:
    tools.accept(tools.towncrier(root))
