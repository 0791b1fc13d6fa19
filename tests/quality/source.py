"""Rules of the house that no linter knows, read from the syntax tree."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "front_door_imports",
    "leftovers",
    "long_functions",
    "long_modules",
    "short_test_names",
    "silent_handlers",
    "vague_module_names",
]

MAX_MODULE_LINES: Final = 400
MAX_FUNCTION_LINES: Final = 40
MIN_TEST_WORDS: Final = 4
_VAGUE: Final = frozenset(["utils", "util", "helpers", "common", "misc", "manager"])
# The braces keep this file from finding itself.
_LEFTOVER: Final = re.compile(r"\b(TO{1}DO|FIX{1}ME|X{3}|HA{1}CK)\b")
_TEXT: Final = frozenset([".py", ".md", ".toml", ".yaml", ".js", ".css", ".html"])
_BROAD: Final = frozenset(["Exception", "BaseException"])

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


def _functions(tree: ast.Module, prefix: str = "") -> Iterator[tuple[str, _Function]]:
    """Return every function with its dotted name inside the module."""
    parents: list[tuple[str, ast.AST]] = [(prefix, tree)]
    while parents:
        outer, parent = parents.pop()
        for child in ast.iter_child_nodes(parent):
            name = outer
            if isinstance(child, (_Function, ast.ClassDef)):
                name = f"{outer}.{child.name}" if outer else child.name
            if isinstance(child, _Function):
                yield name, child
            parents.append((name, child))


def long_modules(root: Path, allowed: Mapping[str, str]) -> str:
    """Return modules of the package that are longer than 400 lines.

    Parameters
    ----------
    root
        The repository.
    allowed
        Paths that may be longer, each with its reason.
    """
    found = []
    for path in sorted((root / "mediatypes").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_MODULE_LINES and name not in allowed:
            found.append(f"{name}: {lines} lines, more than {MAX_MODULE_LINES}")
        elif lines <= MAX_MODULE_LINES and name in allowed:
            found.append(f"{name}: needs no exception any more")
    return "\n".join(found)


def _body_lines(function: _Function) -> int:
    """Return how many lines the statements take, without signature and docstring."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    return (function.end_lineno or body[0].lineno) - body[0].lineno + 1


def long_functions(root: Path, allowed: Mapping[str, str]) -> str:
    """Return functions of the package with more than 40 lines of statements.

    Parameters
    ----------
    root
        The repository.
    allowed
        Names such as ``mediatypes/media/image.py:Image.__init__`` that may be longer,
        each with its reason.
    """
    found = []
    for path, tree in _modules(root / "mediatypes"):
        for function, node in _functions(tree):
            name = f"{path.relative_to(root).as_posix()}:{function}"
            lines = _body_lines(node)
            if lines > MAX_FUNCTION_LINES and name not in allowed:
                found.append(f"{name}: {lines} lines, more than {MAX_FUNCTION_LINES}")
            elif lines <= MAX_FUNCTION_LINES and name in allowed:
                found.append(f"{name}: needs no exception any more")
    return "\n".join(found)


def front_door_imports(root: Path) -> str:
    """Return imports inside the package of the package's own front door."""
    found = []
    package = root / "mediatypes"
    for path, tree in _modules(package):
        if path == package / "__init__.py":
            continue
        for node in ast.walk(tree):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if "mediatypes" in names:
                where = path.relative_to(root).as_posix()
                line = getattr(node, "lineno", 0)
                found.append(f"{where}:{line}: imports the front door")
    return "\n".join(found)


def vague_module_names(root: Path) -> str:
    """Return modules and packages whose name says nothing of what they do."""
    found = []
    for folder in ("mediatypes", "tests", "docs"):
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root)
            if _VAGUE & {*relative.parent.parts, relative.stem.lstrip("_")}:
                found.append(f"{relative.as_posix()}: name it by what it does")
    return "\n".join(found)


def leftovers(root: Path) -> str:
    """Return notes that say that something is not finished."""
    found = []
    folders = [root / name for name in ("mediatypes", "tests", "docs")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*"))]
    for path in [*paths, root / "README.md", root / "pyproject.toml"]:
        if path.suffix not in _TEXT or "vendor" in path.parts or not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        where = path.relative_to(root).as_posix()
        found += [
            f"{where}:{number}: {line.strip()}"
            for number, line in enumerate(lines, 1)
            if _LEFTOVER.search(line)
        ]
    return "\n".join(found)


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        item is None or (isinstance(item, ast.Name) and item.id in _BROAD)
        for item in kinds
    )


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Pass, ast.Continue)) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _is_broad(node.type) and all(map(_does_nothing, node.body))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, (ast.Name, ast.Attribute))
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "suppress"
        and any(_is_broad(argument) for argument in node.args)
    )


def silent_handlers(root: Path) -> str:
    """Return places in the package where any exception at all is swallowed."""
    found = []
    for path, tree in _modules(root / "mediatypes"):
        for node in ast.walk(tree):
            if _swallows(node):
                where = path.relative_to(root).as_posix()
                line = getattr(node, "lineno", 0)
                found.append(f"{where}:{line}: swallows every exception")
    return "\n".join(found)


def short_test_names(root: Path) -> str:
    """Return tests whose name has fewer than four words, ``test`` among them."""
    found = []
    for path, tree in _modules(root / "tests"):
        if not path.name.startswith("test_"):
            continue
        for name, node in _functions(tree):
            test = name.rpartition(".")[2]
            is_short = len(test.split("_")) < MIN_TEST_WORDS
            if test.startswith("test_") and is_short:
                where = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                found.append(f"{where}: {test} is no sentence")
    return "\n".join(found)
