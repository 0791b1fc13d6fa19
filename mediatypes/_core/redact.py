"""Texts that look like secrets, and what is stored in their place.

A text counts as one by its own form, such as that of an access key, or by the name that
it goes by, such as ``password``. Numbers are never secrets, and ``max_tokens`` is none.
"""

from __future__ import annotations

import fnmatch
import os
import re
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.arrays import is_mapping, is_sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["VARIABLE", "redact"]

VARIABLE: Final = "MEDIATYPES_UNREDACTED"
"""Environment variable with the names, separated by commas, that are never redacted."""

_FORMS: Final = {
    "huggingface": r"\bhf_[A-Za-z0-9]{20,}",
    "github": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})",
    "gitlab": r"\bglpat-[\w-]{20,}",
    "openai": r"\bsk-(?=[\w-]*\d)[A-Za-z0-9_-]{20,}",
    "aws": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "google": r"\bAIza[\w-]{35}",
    "slack": r"\bxox[abeoprs]-[\w-]{10,}",
    "jwt": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    "pem": r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)",
    "bearer": r"(?i:\bbearer\s+)[\w.~+/-]{16,}=*",
}
_ANY_FORM: Final = re.compile(
    "|".join(f"(?P<{kind}>{form})" for kind, form in _FORMS.items()), re.DOTALL
)
_USERINFO: Final = re.compile(r"(?<=://)([^\s/:@]{1,256}):([^\s/@]{1,256})(?=@)")
_FLAG: Final = re.compile(r"(?<!\S)(--?([A-Za-z][\w.-]{1,60}))(=)(\S+)")
_BARE_FLAG: Final = re.compile(r"--?([A-Za-z][\w.-]{1,60})")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ALWAYS: Final = re.compile(
    "authorization|credentials?|passphrase|passwd|password|pwd|secrets?|apikey"
)
"""Last words of names whose text is a secret."""
_KEYS: Final = re.compile(
    "access|account|api|auth|encryption|private|secret|service|signing|storage"
)
"""Words that make a secret of the ``key`` that follows."""
_SHORTEST_TOKEN: Final = 16
_DEEPEST: Final = 64


def redact(settings: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return `settings` with what looks like a secret replaced, and its names.

    Parameters
    ----------
    settings
        Names and values, as JSON has them; they are left as they are.

    Examples
    --------
    >>> redact({"password": "hunter2", "max_tokens": 512})
    ({'password': '«redacted:password»', 'max_tokens': 512}, ['password'])
    """
    allowed = [name.strip() for name in os.environ.get(VARIABLE, "").split(",")]
    found: list[str] = []
    result: dict[str, Any] = {}
    for name, value in settings.items():
        result[name] = _value(name, value, name, _Seen(found, allowed))
    return result, list(dict.fromkeys(found))


class _Seen:
    """Collects where something was redacted, but where that is not wanted."""

    def __init__(self, found: list[str], allowed: Iterable[str]) -> None:
        self.found = found
        self._allowed = [name for name in allowed if name]

    def replaced(self, old: str, new: str, name: str, where: str) -> str:
        """Return `new` if it differs and may be stored in place of `old`."""
        if old == new or self._is_allowed(name) or self._is_allowed(where):
            return old
        self.found.append(where)
        return new

    def _is_allowed(self, name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self._allowed)


def _value(name: str, value: Any, where: str, seen: _Seen, depth: int = 0) -> Any:
    if isinstance(value, str):
        return seen.replaced(value, _text(name, value), name, where)
    if depth >= _DEEPEST:
        return value
    if is_mapping(value):
        return {
            key: _value(str(key), item, f"{where}.{key}", seen, depth + 1)
            for key, item in value.items()
        }
    if is_sequence(value):
        flags = [name, *map(_flag_before, value[:-1])]
        return [
            _value(flag or name, item, where, seen, depth + 1)
            for flag, item in zip(flags, value, strict=bool(value))
        ]
    return value


def _flag_before(item: Any) -> str:
    """Return the name of an option of a command line, whose value comes next."""
    found = _BARE_FLAG.fullmatch(item) if isinstance(item, str) else None
    return found[1] if found else ""


def _text(name: str, text: str) -> str:
    """Return `text` without what in it looks like a secret."""
    if _is_secret_name(name, text):
        return f"«redacted:{_last_word(name)}»"
    text = _ANY_FORM.sub(lambda found: f"«redacted:{found.lastgroup}»", text)
    text = _USERINFO.sub(r"\1:«redacted:password»", text)
    return _FLAG.sub(_flagged, text)


def _flagged(found: re.Match[str]) -> str:
    if not _is_secret_name(found[2], found[4]):
        return found[0]
    return f"{found[1]}=«redacted:{_last_word(found[2])}»"


def _is_secret_name(name: str, text: str) -> bool:
    """Whether `text` is a secret because it goes by `name`."""
    if not text or text.startswith(("$", "«redacted")):  # it refers to one
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return False
    *before, last = words
    if _ALWAYS.fullmatch(last):
        return True
    if last == "key":
        return bool(before and _KEYS.fullmatch(before[-1]))
    return last in {"token", "tokens"} and _is_opaque(text)


def _is_opaque(text: str) -> bool:
    """Whether `text` is long, without spaces, and has letters and digits mixed."""
    if len(text) < _SHORTEST_TOKEN or not re.fullmatch(r"[\w.~+/=-]+", text):
        return False
    return bool(re.search(r"\d", text)) and bool(re.search(r"[A-Za-z]", text))


def _last_word(name: str) -> str:
    words = [word.lower() for word in _WORD.findall(name)]
    return "-".join(words[-2:] if words[-1] == "key" else words[-1:])
