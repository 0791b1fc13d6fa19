"""The README does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from sybil import Sybil
from sybil.document import Document
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
TEST_COMMAND: Final = "pip install -e '.[dev]' && python -m pytest"


def test_the_python_blocks_of_the_readme_run_one_after_another() -> None:
    sybil = Sybil(parsers=[PythonCodeBlockParser()], path=str(ROOT), pattern="*.md")
    document = sybil.parse(README)
    examples = list(document)
    assert isinstance(document, Document)
    assert len(examples) == document.text.count("\n```python\n")

    for example in examples:
        example.evaluate()

    assert list(Path("runs").iterdir())


@pytest.mark.parametrize("command", ["pip install . && mediatypes demo", TEST_COMMAND])
def test_the_readme_names_the_two_commands(command: str) -> None:
    assert f"\n{command}\n" in README.read_text(encoding="utf-8")


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]

    assert last == f'{TEST_COMMAND} "$@"'


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text(encoding="utf-8"))

    assert [link for link in links if not (ROOT / link).exists()] == []
