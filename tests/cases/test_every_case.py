"""The table of the cases, the tests and the tags say the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
TAGS: Final = {
    "image": range(1, 40),
    "audio": (*range(40, 48), 49),
    "log": (48, *range(107, 114)),
    "histogram": range(50, 61),
    "table": range(87, 97),
    "video": range(77, 87),
    "plot": range(61, 77),
    "html": range(97, 101),
    "path": range(101, 107),
    "crash": (117, 118, 119),
}
"""Numbers of the public reports, by what they are about."""

CASE: Final = re.compile(
    r"Cases? (\d+)(?: and (\d+))?, (derived|[\w.-]+/[\w.-]+#\d+): "
)
ROW: Final = re.compile(r"\| (\d+) \| ([\w, ]+) \| (.+) \| ([^|]+) \|")


def found_by_case() -> dict[int, set[str]]:
    """Return the tests that name each case at the beginning of their docstring."""
    found: dict[int, set[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        if path == Path(__file__):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                case = CASE.match(ast.get_docstring(node) or "")
                assert case is not None, f"{path.name}: {node.name} names no case"
                for number in filter(None, case.groups()[:2]):
                    found.setdefault(int(number), set()).add(node.name)
    return found


def rows() -> dict[int, tuple[str, set[str], str]]:
    """Return tag, tests and result of each row of the table."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    lines = [x for x in map(ROW.fullmatch, text.splitlines()) if x is not None]
    assert len(lines) == len({line[1] for line in lines})
    return {
        int(line[1]): (line[2], set(re.findall(r"`(test_\w+)`", line[3])), line[4])
        for line in lines
    }


def test_every_public_case_has_a_row_and_a_test() -> None:
    wanted = {number: tag for tag, numbers in TAGS.items() for number in numbers}

    assert len(wanted) == 116
    assert {number: row[0] for number, row in rows().items()} == wanted
    assert set(found_by_case()) == wanted.keys()


def test_every_row_names_the_tests_that_name_its_case() -> None:
    named = {number: row[1] for number, row in rows().items() if row[1]}
    assert named == found_by_case()
