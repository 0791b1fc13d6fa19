"""What the package offers, held against what the documentation says."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Final

from tests.quality.tools import run

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "bad_fragments",
    "crowded_lines",
    "undocumented_commands",
    "undocumented_media_types",
    "undocumented_names",
    "unexplained_errors",
    "unrun_blocks",
    "unversioned_changelog",
]

_DIRECTIVE: Final = re.compile(
    r"^\.\. (?:auto\w+|py:\w+):: ([\w.]+)((?:\n[ ]{3}\S.*)*)", re.MULTILINE
)
_MEMBERS: Final = re.compile(r":members:[ ]*(.*)")
_FRAGMENT: Final = re.compile(r"\+[a-z0-9-]+\.(feature|bugfix|removal|doc|misc)\.md")
_FENCE: Final = re.compile(r"^[ ]*(?:```+|~~~+)\{?([\w-]*)\}?(.*)$")
_NEXT_SENTENCE: Final = re.compile(r"[^\s.\d][.!?] [A-Z`\[{]")
_SKIP: Final = re.compile(r"<!--+\s*skip: (.*?)--+>")
_PROGRAM: Final = """
import importlib, json
names = {}
for module in ("mediatypes", "mediatypes.errors", "mediatypes.typing",
               "mediatypes.schema", "mediatypes.testing"):
    names[module] = importlib.import_module(module).__all__
from mediatypes.media import MEDIA_TYPES
import click
from mediatypes.cli import COMMANDS, group
commands = {}
for name in COMMANDS:
    command = group.get_command(click.Context(group), name)
    commands[name] = [
        option for parameter in command.params if isinstance(parameter, click.Option)
        for option in parameter.opts if option.startswith("--")
    ]
print(json.dumps([names, sorted(MEDIA_TYPES), commands]))
"""


def _offered(
    root: Path,
) -> tuple[dict[str, list[str]], list[str], dict[str, list[str]]]:
    done = run(root, sys.executable, "-c", _PROGRAM)
    if done.returncode:
        raise AssertionError(done.stderr)
    names, kinds, commands = json.loads(done.stdout)
    return names, kinds, commands


def _pages(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.md"))
    }


def _documented_names(text: str) -> set[str]:
    found = set()
    for name, options in _DIRECTIVE.findall(text):
        found.add(name)
        for members in _MEMBERS.findall(options):
            found |= {f"{name}.{item.strip() or '*'}" for item in members.split(",")}
    return found


def undocumented_names(root: Path) -> str:
    """Return public names that have no entry in the reference."""
    text = "\n".join(_pages(root / "docs" / "reference").values())
    documented = _documented_names(text)
    names, _, _ = _offered(root)
    return "\n".join(
        f"{module}.{name} is not in docs/reference"
        for module, public in names.items()
        for name in public
        if not _homes(module, name, names) & documented
    )


def _homes(module: str, name: str, names: dict[str, list[str]]) -> set[str]:
    """Return the entries that would do for a name; an error's is where errors are."""
    homes = {f"{module}.{name}", f"{module}.*"}
    if module == "mediatypes" and name in names["mediatypes.errors"]:
        homes |= {f"mediatypes.errors.{name}", "mediatypes.errors.*"}
    return homes


def unexplained_errors(root: Path) -> str:
    """Return errors and warnings of which the reference does not say when they come."""
    page = (root / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \| \S", page, re.MULTILINE))
    names, _, _ = _offered(root)
    return "\n".join(
        f"{name} has no row in reference/errors.md"
        for name in names["mediatypes.errors"]
        if name not in rows
    )


def undocumented_commands(root: Path) -> str:
    """Return commands and options that the page of the command line leaves out."""
    page = (root / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    _, _, commands = _offered(root)
    found = [] if commands else ["the command line has no commands"]
    for command, options in commands.items():
        _, heading, after = page.partition(f"\n## `mediatypes {command}")
        section = after.split("\n## ", 1)[0]
        if not heading:
            found.append(f"mediatypes {command} has no section in reference/cli.md")
        found += [
            f"mediatypes {command} {option} is not in its section"
            for option in options
            if heading and f"`{option}" not in section
        ]
    return "\n".join(found)


def undocumented_media_types(root: Path) -> str:
    """Return media types without a page of their own, or with an incomplete one."""
    _, kinds, _ = _offered(root)
    found = []
    for kind in kinds:
        path = root / "docs" / "reference" / "media" / f"{kind}.md"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        parts = ("autoclass:: mediatypes.", "## Accepts", "## Stores", "## Loses")
        found += [
            f"reference/media/{kind}.md: no {part}"
            for part in parts
            if part not in text
        ]
        if "```python" not in text:
            found.append(f"reference/media/{kind}.md: no example that runs")
    return "\n".join(found)


def _all_pages(root: Path) -> dict[str, str]:
    pages = {f"docs/{name}": text for name, text in _pages(root / "docs").items()}
    readme = root / "README.md"
    if readme.exists():
        pages["README.md"] = readme.read_text(encoding="utf-8")
    return pages


def unrun_blocks(root: Path) -> str:
    """Return code in the documentation that no test runs, and is not excused."""
    found = []
    for name, text in _all_pages(root).items():
        is_open = False
        for number, line in enumerate(text.splitlines(), 1):
            fence = _FENCE.match(line)
            if fence is not None:
                is_open = not is_open
                if is_open and _is_other_python(line, f"{fence[1]} {fence[2].strip()}"):
                    found.append(f"{name}:{number}: write ```python, or it is not run")
            skip = _SKIP.search(line)
            if skip is not None and '"' not in skip[1]:
                found.append(f"{name}:{number}: say why it is not run")
    return "\n".join(found)


def _is_other_python(line: str, language: str) -> bool:
    """Whether a fence opens Python in a spelling that the runner does not know."""
    others = ("py", "ipython", "code-block py", "code py", "sourcecode py")
    return language.strip().startswith(others) and line.strip() != "```python"


def crowded_lines(root: Path) -> str:
    """Return lines of prose with more than one sentence, which blur a diff."""
    found = []
    for name, text in _all_pages(root).items():
        is_open = False
        for number, line in enumerate(text.splitlines(), 1):
            if _FENCE.match(line):
                is_open = not is_open
            elif not is_open and line[:1] != "|" and _NEXT_SENTENCE.search(line):
                found.append(f"{name}:{number}: one sentence a line")
    return "\n".join(found)


def bad_fragments(root: Path) -> str:
    """Return changelog fragments with a wrong name, or that are no sentence."""
    found = []
    for path in sorted((root / "docs" / "changes").iterdir()):
        if path.name.startswith("."):
            continue
        text = path.read_text(encoding="utf-8").strip()
        if not _FRAGMENT.fullmatch(path.name):
            found.append(f"{path.name}: must be +slug.feature.md, or another type")
        if not text.endswith(".") or (not text[:1].isupper() and text[:1] != "`"):
            found.append(f"{path.name}: must be one or more full sentences")
    return "\n".join(found)


def unversioned_changelog(root: Path) -> str:
    """Return a complaint if the newest release in the changelog is not this version."""
    text = (root / "docs" / "changelog.md").read_text(encoding="utf-8")
    released = re.search(r"^## (\d\S*)", text, re.MULTILINE)
    has_fragments = any((root / "docs" / "changes").glob("+*.md"))
    if released is None or has_fragments:
        return ""
    program = "import mediatypes; print(mediatypes.__version__)"
    version = run(root, sys.executable, "-c", program).stdout.strip()
    if released[1] == version:
        return ""
    return f"the changelog ends at {released[1]}, the package is {version}"
