"""All modules of the page as one script: a browser asks for one file, not for fifty.

Each module becomes a function that returns what it exports, called when it is needed
first. Only the forms of import and export are understood that our modules and those of
`vendor` use, on a line of their own or after a semicolon or brace.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["linked"]

_START: Final = r"(?:^|(?<=[;}]))[ \t]*"
_IMPORT: Final = re.compile(
    _START
    + r'import\s*(?:\{(?P<names>[^}]*)\}|(?P<default>\w+))\s*from\s*"(?P<of>[^"]+)";?',
    re.MULTILINE,
)
_EXPORT_OF: Final = re.compile(
    _START + r'export\s*\{(?P<names>[^}]*)\}\s*from\s*"(?P<of>[^"]+)";?', re.MULTILINE
)
_EXPORT_LIST: Final = re.compile(
    _START + r"export\s*\{(?P<names>[^}]*)\};?", re.MULTILINE
)
_EXPORT_DEFAULT: Final = re.compile(_START + r"export\s+default\s+", re.MULTILINE)
_EXPORT: Final = re.compile(
    _START + r"export\s+(?=(?:async\s+function|function|class|const)\s+(?P<name>\w+))",
    re.MULTILINE,
)
_LEFT: Final = re.compile(r"^\s*(?:import|export)\b\s*[\w{*'\"].*", re.MULTILINE)
_ALIAS: Final = re.compile(r"(\w+)\s+as\s+(\w+)")


def linked(texts: Mapping[str, str]) -> str:
    r"""Return one module that exports `$load`, which gives what a module exports.

    Parameters
    ----------
    texts
        The modules by the names by which they are imported.

    Raises
    ------
    ValueError
        If a module has another form of import or export.

    Examples
    --------
    >>> two = 'import { one } from "a";\nexport const two = one + 1;'
    >>> print(linked({"b": two, "a": "export const one = 1;"}))
    const $makers = {}, $made = {};
    export const $load = name => $made[name] ??= $makers[name]();
    $makers["b"] = () => {
    const { one } = $load("a");
    const two = one + 1;
    return { get two() { return two; } };
    };
    $makers["a"] = () => {
    const one = 1;
    return { get one() { return one; } };
    };
    """
    parts = [
        "const $makers = {}, $made = {};",
        "export const $load = name => $made[name] ??= $makers[name]();",
    ]
    for name, text in texts.items():
        body = _function(text)
        if left := _LEFT.search(body):
            msg = f"{name}: a form of import or export that is not known: {left[0]!r}"
            raise ValueError(msg)
        parts.append(f'$makers["{name}"] = () => {{\n{body}\n}};')
    return "\n".join(parts)


def _function(text: str) -> str:
    """Return the body of a function that does what the module does."""
    exports: dict[str, str] = {}

    def imported(found: re.Match[str]) -> str:
        if found["default"]:
            return f'const {{ default: {found["default"]} }} = $load("{found["of"]}");'
        names = _ALIAS.sub(r"\1: \2", found["names"])
        return f'const {{{names}}} = $load("{found["of"]}");'

    def passed_on(found: re.Match[str]) -> str:
        for given, name in _pairs(found["names"]):
            exports[name] = f'$load("{found["of"]}").{given}'
        return ""

    def listed(found: re.Match[str]) -> str:
        exports.update((name, given) for given, name in _pairs(found["names"]))
        return ""

    def said(found: re.Match[str]) -> str:
        exports[found["name"]] = found["name"]
        return ""

    text = _IMPORT.sub(imported, text.strip())
    text = _EXPORT_OF.sub(passed_on, text)
    text = _EXPORT_LIST.sub(listed, text)
    if _EXPORT_DEFAULT.search(text):
        text = _EXPORT_DEFAULT.sub("const $default = ", text)
        exports["default"] = "$default"
    text = _EXPORT.sub(said, text)
    # Looked at when it is asked for: a name may stand in a comment only.
    given = ", ".join(f"get {n}() {{ return {v}; }}" for n, v in exports.items())
    return f"{text.strip()}\nreturn {{ {given} }};"


def _pairs(names: str) -> list[tuple[str, str]]:
    """Return the pairs of what stands between braces: the name inside, and outside."""
    parts = [part.split(" as ") for part in names.split(",") if part.strip()]
    return [(part[0].strip(), part[-1].strip()) for part in parts]
