"""The source keeps the rules of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.quality import source, tools

if TYPE_CHECKING:
    from pathlib import Path

LONG_MODULES: Final[dict[str, str]] = {}
"""Modules over the cap, each with its reason."""

LONG_FUNCTIONS: Final[dict[str, str]] = {}
"""Functions over the cap, each with its reason."""


def test_no_module_is_longer_than_the_cap(root: Path) -> None:
    tools.accept(source.long_modules(root, LONG_MODULES))


def test_no_function_is_longer_than_the_cap(root: Path) -> None:
    tools.accept(source.long_functions(root, LONG_FUNCTIONS))


def test_nothing_inside_imports_the_front_door(root: Path) -> None:
    tools.accept(source.front_door_imports(root))


def test_every_module_is_named_by_what_it_does(root: Path) -> None:
    tools.accept(source.vague_module_names(root))


def test_no_note_says_that_something_is_unfinished(root: Path) -> None:
    tools.accept(source.leftovers(root))


def test_no_exception_is_swallowed_in_silence(root: Path) -> None:
    tools.accept(source.silent_handlers(root))


def test_the_name_of_every_test_is_a_sentence(root: Path) -> None:
    tools.accept(source.short_test_names(root))
