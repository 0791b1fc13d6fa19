"""Arguments that are known but mean nothing here: taken, and said once."""

from __future__ import annotations

import warnings
from typing import Final

from mediatypes.errors import MediaTypesWarning
from mediatypes.recorder.odd import caller_level

__all__ = ["note_ignored"]

_said: Final[set[str]] = set()


def note_ignored(call: str, name: str, is_given: bool, reason: str = "") -> None:  # noqa: FBT001 - it is the question
    """Warn that an argument is not used, once in the life of the process.

    Parameters
    ----------
    call
        What was called.
    name
        Of the argument.
    is_given
        Whether it came; nothing happens if not.
    reason
        One sentence that says why, or what there is instead.
    """
    key = f"{call}: {name}"
    if is_given and key not in _said:
        _said.add(key)
        text = f"{key} is accepted and not used. {reason}".rstrip()
        warnings.warn(text, MediaTypesWarning, stacklevel=caller_level())
