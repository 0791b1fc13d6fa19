"""The public names, and how each is called, as a snapshot that a review can read.

After a change that is meant, write the snapshot anew::

    python tests/quality/public_names.py
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

if __name__ == "__main__":  # as a script, Python's path begins in this folder
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.quality.tools import run

__all__ = ["MODULES", "SNAPSHOT", "changes", "described"]

MODULES: Final = (
    "mediatypes",
    "mediatypes.errors",
    "mediatypes.typing",
    "mediatypes.schema",
    "mediatypes.testing",
)
"""What is public: the names in ``__all__`` of these."""

SNAPSHOT: Final = Path(__file__).with_suffix(".json")


def _parameters(value: Any) -> str | None:
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    plain = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
    ]
    text = str(inspect.Signature(plain))
    return None if " at 0x" in text else text


def _member(owner: type, name: str) -> str | None:
    value = inspect.getattr_static(owner, name, None)
    if isinstance(value, (classmethod, staticmethod)):
        return f"{type(value).__name__} {_parameters(getattr(owner, name))}"
    if isinstance(value, property):
        return "property"
    if inspect.isfunction(value):
        return f"method {_parameters(value)}"
    return "attribute"


def _class(owner: type) -> dict[str, Any]:
    bases = [base.__name__ for base in owner.__mro__[1:-1]]
    members = {
        name: _member(owner, name)
        for base in owner.__mro__
        if base.__module__.partition(".")[0] == "mediatypes"
        for name in [*vars(base), *getattr(base, "__annotations__", {})]
        if not name.startswith("_")
    }
    ordered = dict(sorted(members.items()))
    return {"bases": bases, "call": _parameters(owner), "members": ordered}


def _value(module: Any, name: str) -> Any:
    try:
        value = getattr(module, name)
    except AttributeError:  # bound to the current run, of which there is none
        return "value"
    if inspect.isclass(value):
        return _class(value)
    if inspect.ismodule(value):
        return "module"
    if inspect.isfunction(value):
        return _parameters(value)
    return "value"


def _described_here() -> dict[str, dict[str, Any]]:
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        names = sorted(module.__all__)
        found[name] = {public: _value(module, public) for public in names}
    return found


def described(root: Path) -> str:
    """Return the public names of the package in `root`, as JSON."""
    done = run(root, sys.executable, __file__, root)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def changes(root: Path, snapshot: Path = SNAPSHOT) -> str:
    """Return how the public names of `root` differ from the snapshot, as a diff."""
    before = snapshot.read_text(encoding="utf-8").splitlines()
    now = described(root).splitlines()
    return "\n".join(unified_diff(before, now, "snapshot", "now", lineterm=""))


def _main() -> None:
    if sys.argv[1:]:  # the tree that is meant comes first on Python's path
        sys.path.insert(0, sys.argv[1])
    text = json.dumps(_described_here(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:]:
        sys.stdout.write(text)
    else:
        SNAPSHOT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _main()
