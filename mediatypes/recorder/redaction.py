"""What is stored of facts about a run that hold a secret."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from mediatypes._core.redact import VARIABLE, redact
from mediatypes.errors import MediaTypesWarning
from mediatypes.recorder.odd import caller_level

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["without_secrets"]


def without_secrets(about: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return `facts` without what looks like a secret, with one warning that names it.

    Parameters
    ----------
    about
        What the facts are, at the beginning of the warning.
    facts
        Names and values, as JSON has them; they are left as they are.
    """
    stored, names = redact(facts)
    if names:
        shown = ", ".join(map(repr, names[:5]))
        text = (
            f"{about}: {shown} looked like a secret and is stored as «redacted»; the "
            f"script has it still. Set {VARIABLE} to its name to store it as it is."
        )
        warnings.warn(text, MediaTypesWarning, stacklevel=caller_level())
    return stored
