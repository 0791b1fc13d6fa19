"""Every check fails when what it guards is broken on purpose."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.quality import documented, public_names, source, tools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CONF: Final = "project = 'x'\nextensions = ['myst_parser', 'sphinx.ext.autodoc']\n"


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + text, encoding="utf-8")


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def lonely(tree: Path) -> Path:
    """Return a tree whose front door is empty, so that one module is checked alone."""
    (tree / "mediatypes" / "__init__.py").write_text('"""Empty."""\n', encoding="utf-8")
    return tree


def test_ruff_reports_an_import_that_is_not_used(tree: Path) -> None:
    _append(tree / "mediatypes" / "_core" / "tiles.py", "\nimport calendar\n")

    assert "F401" in tools.ruff_check(tree)


def test_ruff_reports_a_heavy_library_at_module_level(tree: Path) -> None:
    _replace(
        tree / "mediatypes" / "_core" / "tiles.py",
        "import numpy as np\n",
        "import numpy as np\nimport pandas as pd\n",
    )

    assert "TID253" in tools.ruff_check(tree)


def test_ruff_reports_a_file_with_another_layout(tree: Path) -> None:
    _append(tree / "mediatypes" / "errors.py", "\n\n\n\nNAMES = [ 'a','b' ]\n")

    assert "errors.py" in tools.ruff_format(tree)


def test_mypy_reports_a_wrong_type(lonely: Path) -> None:
    _append(lonely / "mediatypes" / "errors.py", '\nNUMBER: int = "text"\n')

    assert "Incompatible types" in tools.mypy(lonely, "mediatypes/errors.py")


def test_mypy_reports_a_function_without_types(lonely: Path) -> None:
    _append(lonely / "mediatypes" / "errors.py", "\ndef f(x):\n    return x\n")

    assert "no-untyped-def" in tools.mypy(lonely, "mediatypes/errors.py")


def test_basedpyright_reports_a_wrong_type(lonely: Path) -> None:
    _append(lonely / "mediatypes" / "errors.py", '\nNUMBER: int = "text"\n')

    found = tools.basedpyright(lonely, "mediatypes/errors.py")

    assert "is not assignable to" in found


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("_core/tiles.py", "import pandas", "Foreign libraries"),
        ("schema/values.py", "import mediatypes.media", "Data flows one way"),
        ("media/audio.py", "import mediatypes.media.image", "do not know one another"),
        ("reader/__init__.py", "import mediatypes.recorder", "A reader cannot write"),
        ("formats/sniff.py", "import mediatypes.formats.png", "Formats do not know"),
    ],
)
def test_import_linter_reports_an_import_against_the_rules(
    module: str, statement: str, contract: str, tree: Path
) -> None:
    _append(tree / "mediatypes" / module, f"\n{statement}\n")

    broken = [
        line for line in tools.lint_imports(tree).splitlines() if "BROKEN" in line
    ]

    assert any(contract in line for line in broken)


def test_import_linter_reports_a_package_without_a_place(tree: Path) -> None:
    _append(tree / "mediatypes" / "somewhere" / "__init__.py", '"""New."""\n')

    assert "somewhere" in tools.lint_imports(tree)


@pytest.mark.parametrize(
    "page",
    [
        "# X\n\n{py:class}`mediatypes.NoSuchThing`\n",
        "# X\n\n[a page](nowhere.md)\n",
        "# X\n\n```{eval-rst}\n.. autoclass:: mediatypes.errors.NoSuchError\n```\n",
    ],
)
def test_sphinx_reports_a_reference_to_nothing(page: str, tree: Path) -> None:
    _append(tree / "docs" / "conf.py", _CONF)
    _append(tree / "docs" / "index.md", page)

    assert "WARNING" in tools.sphinx(tree, tree / "built")


def test_towncrier_reports_settings_that_it_cannot_read(tree: Path) -> None:
    _replace(tree / "pyproject.toml", 'name = "New", ', "")

    assert tools.towncrier(tree)


def test_a_module_of_401_lines_is_too_long(tree: Path) -> None:
    (tree / "mediatypes" / "long.py").write_text("x = 1\n" * 401, encoding="utf-8")

    found = source.long_modules(tree, {})

    assert "mediatypes/long.py: 401 lines" in found


def test_a_module_of_400_lines_is_not_too_long(tree: Path) -> None:
    (tree / "mediatypes" / "long.py").write_text("x = 1\n" * 400, encoding="utf-8")

    assert "mediatypes/long.py" not in source.long_modules(tree, {})


def test_an_exception_that_is_not_needed_is_reported(tree: Path) -> None:
    name = "mediatypes/errors.py"

    assert "needs no exception" in source.long_modules(tree, {name: "no reason"})


def test_a_function_of_41_statements_is_too_long(tree: Path) -> None:
    body = "    x = 1\n" * 41
    text = f'class A:\n  def f(self):\n    """Say\n    it."""\n{body}'
    _append(tree / "mediatypes" / "long.py", text)

    found = source.long_functions(tree, {})

    assert "mediatypes/long.py:A.f: 41 lines" in found


@pytest.mark.parametrize(
    "statement", ["from mediatypes import errors", "import mediatypes as mt"]
)
def test_an_import_of_the_front_door_is_reported(statement: str, tree: Path) -> None:
    _append(tree / "mediatypes" / "_core" / "tiles.py", f"\n{statement}\n")

    assert "_core/tiles.py" in source.front_door_imports(tree)


@pytest.mark.parametrize("name", ["_core/utils.py", "helpers/__init__.py", "misc.py"])
def test_a_module_named_by_nothing_is_reported(name: str, tree: Path) -> None:
    _append(tree / "mediatypes" / name, "")

    assert name in source.vague_module_names(tree)


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
def test_a_note_to_do_something_later_is_reported(word: str, tree: Path) -> None:
    _append(tree / "mediatypes" / "errors.py", f"\n# {word}: later\n")

    assert word in source.leftovers(tree)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    f()\nexcept Exception:\n    pass\n",
        "try:\n    f()\nexcept (OSError, BaseException):\n    ...\n",
        "try:\n    f()\nexcept:\n    pass\n",
        "with contextlib.suppress(Exception):\n    f()\n",
    ],
)
def test_an_exception_swallowed_in_silence_is_reported(code: str, tree: Path) -> None:
    (tree / "mediatypes" / "silent.py").write_text(code, encoding="utf-8")

    assert "mediatypes/silent.py" in source.silent_handlers(tree)


def test_a_test_without_a_sentence_is_reported(tree: Path) -> None:
    _append(tree / "tests" / "test_x.py", "def test_it_works():\n    pass\n")

    assert "test_it_works" in source.short_test_names(tree)


def _rename_an_error(tree: Path) -> None:
    _replace(tree / "mediatypes" / "errors.py", "ConfigError", "SettingError")


def _rename_a_parameter(tree: Path) -> None:
    _replace(tree / "mediatypes" / "errors.py", "feature: str", "purpose: str")
    _replace(tree / "mediatypes" / "errors.py", "{feature}", "{purpose}")


def _add_a_public_name(tree: Path) -> None:
    _replace(tree / "mediatypes" / "typing.py", '"JSON",', '"JSON", "Any",')


@pytest.mark.parametrize(
    ("break_it", "sign"),
    [
        (_rename_an_error, '-    "ConfigError"'),
        (_rename_a_parameter, "purpose"),
        (_add_a_public_name, '+    "Any"'),
    ],
)
def test_a_change_of_a_public_name_is_reported(
    break_it: Callable[[Path], None], sign: str, tree: Path
) -> None:
    for path in (tree / "mediatypes").rglob("*.py"):
        if break_it is _rename_an_error and path.name != "errors.py":
            text = path.read_text(encoding="utf-8")
            path.write_text(
                text.replace("ConfigError", "SettingError"), encoding="utf-8"
            )
    break_it(tree)

    assert sign in public_names.changes(tree)


def test_a_heavy_import_in_the_package_is_seen(tree: Path) -> None:
    _append(tree / "mediatypes" / "_core" / "names.py", "\nimport wave\n")

    assert "wave" in tools.imported_modules(tree, "import mediatypes")


@pytest.fixture
def documented_tree(tree: Path, root: Path) -> Path:
    shutil.copytree(
        root / "docs", tree / "docs", ignore=shutil.ignore_patterns("_build")
    )
    return tree


def test_a_public_name_without_an_entry_is_reported(documented_tree: Path) -> None:
    for page in (documented_tree / "docs" / "reference" / "media").glob("*.md"):
        page.write_text("# Nothing\n", encoding="utf-8")

    found = documented.undocumented_names(documented_tree)

    assert "mediatypes.Image is not in docs/reference" in found


def test_an_error_without_a_row_is_reported(documented_tree: Path) -> None:
    page = documented_tree / "docs" / "reference" / "errors.md"
    _replace(page, "| `ShapeError` |", "| `AnotherError` |")

    found = documented.unexplained_errors(documented_tree)

    assert found == "ShapeError has no row in reference/errors.md"


def test_a_command_or_option_left_out_is_reported(documented_tree: Path) -> None:
    page = documented_tree / "docs" / "reference" / "cli.md"
    _replace(page, "## `mediatypes verify", "## `mediatypes check")
    _replace(page, "`--dir", "`--folder")

    found = documented.undocumented_commands(documented_tree)

    assert "mediatypes verify has no section" in found
    assert "mediatypes demo --dir is not in its section" in found


def test_a_media_type_without_its_page_is_reported(documented_tree: Path) -> None:
    (documented_tree / "docs" / "reference" / "media" / "audio.md").unlink()

    found = documented.undocumented_media_types(documented_tree)

    assert "reference/media/audio.md: no ## Accepts" in found


@pytest.mark.parametrize(
    "block",
    [
        "```py\n1 / 0\n```\n",
        "```{code-block} python\n1 / 0\n```\n",
        "<!-- skip: next -->\n```python\n1 / 0\n```\n",
    ],
)
def test_a_block_that_nothing_runs_is_reported(
    block: str, documented_tree: Path
) -> None:
    _append(documented_tree / "docs" / "index.md", block)

    assert "docs/index.md" in documented.unrun_blocks(documented_tree)


def test_a_line_of_two_sentences_is_reported(tree: Path) -> None:
    _append(tree / "docs" / "page.md", "# X\n\nThis is one. This is two.\n")

    assert documented.crowded_lines(tree) == "docs/page.md:3: one sentence a line"


def _pytest(tree: Path, folder: str, **settings: str) -> str:
    """Run pytest in a tree of its own and return what it printed."""
    options = ("-p", "no:cacheprovider", "--rootdir", tree, "-q", folder)
    done = tools.run(tree, sys.executable, "-m", "pytest", *options, **settings)
    return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    "block",
    [
        "```python\n1 / 0\n```\n",
        "```python\n>>> 1 + 1\n3\n\n```\n",
    ],
)
def test_a_block_that_fails_fails_the_tests(block: str, tree: Path, root: Path) -> None:
    _append(tree / "docs" / "page.md", block)
    shutil.copy(root / "docs" / "conftest.py", tree / "docs")

    found = _pytest(tree, "docs")

    assert "exit code 1" in found
    assert "1 failed" in found


def test_a_page_writes_nothing_where_pytest_was_started(tree: Path, root: Path) -> None:
    block = "```python\nfrom pathlib import Path\n\nPath('made').touch()\n```\n"
    _append(tree / "docs" / "page.md", block)
    shutil.copy(root / "docs" / "conftest.py", tree / "docs")

    found = _pytest(tree, "docs")

    assert "1 passed" in found
    assert not list(tree.rglob("made"))


@pytest.mark.parametrize(("setting", "code"), [("true", 1), ("", 0)])
def test_a_skip_fails_in_ci_and_only_there(
    setting: str, code: int, tree: Path, root: Path
) -> None:
    skipping = "import pytest\n\ndef test_one():\n    pytest.skip('no reason')\n"
    _append(tree / "tests" / "test_one.py", skipping)
    shutil.copy(root / "tests" / "conftest.py", tree / "tests")

    found = _pytest(tree, "tests", CI=setting)

    assert f"exit code {code}" in found
    assert ("skipped in CI: tests/test_one.py::test_one" in found) is bool(code)


def test_a_stray_run_folder_fails_the_session(tree: Path, root: Path) -> None:
    folder = tree / "runs"
    stray = f"import os\n\ndef test_one():\n    os.mkdir({str(folder)!r})\n"
    _append(tree / "tests" / "test_one.py", stray)
    shutil.copy(root / "tests" / "conftest.py", tree / "tests")

    found = _pytest(tree, "tests")

    assert "exit code 1" in found
    assert "has left a runs folder" in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("12.feature.md", "Added a thing.\n"),
        ("+Thing.feature.md", "Added a thing.\n"),
        ("+thing.change.md", "Added a thing.\n"),
        ("+thing.feature.md", "a thing\n"),
    ],
)
def test_a_bad_changelog_fragment_is_reported(name: str, text: str, tree: Path) -> None:
    _append(tree / "docs" / "changes" / name, text)

    assert name in documented.bad_fragments(tree)


def test_a_release_that_the_changelog_does_not_know_is_reported(tree: Path) -> None:
    (tree / "docs" / "changes").mkdir(parents=True)
    _append(tree / "docs" / "changelog.md", "## 0.0.1 (2020-01-01)\n")

    assert "ends at 0.0.1" in documented.unversioned_changelog(tree)
