"""What the package offers is in the documentation, and the documentation runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.quality import documented, tools

if TYPE_CHECKING:
    from pathlib import Path


def test_every_public_name_has_its_entry_in_the_reference(root: Path) -> None:
    tools.accept(documented.undocumented_names(root))


def test_the_reference_says_when_each_error_comes(root: Path) -> None:
    tools.accept(documented.unexplained_errors(root))


def test_every_command_and_option_is_in_the_reference(root: Path) -> None:
    tools.accept(documented.undocumented_commands(root))


def test_every_media_type_has_its_own_complete_page(root: Path) -> None:
    tools.accept(documented.undocumented_media_types(root))


def test_every_python_block_of_the_docs_is_run(root: Path) -> None:
    tools.accept(documented.unrun_blocks(root))


def test_every_line_of_prose_is_one_sentence(root: Path) -> None:
    tools.accept(documented.crowded_lines(root))


def test_every_changelog_fragment_is_named_and_written_well(root: Path) -> None:
    tools.accept(documented.bad_fragments(root))


def test_the_changelog_and_the_package_agree_on_the_version(root: Path) -> None:
    tools.accept(documented.unversioned_changelog(root))
