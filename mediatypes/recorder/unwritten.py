"""Rows of a forked child that are lost, since its writer cannot begin."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from mediatypes.errors import DroppedMediaWarning
from mediatypes.recorder.odd import caller_level

if TYPE_CHECKING:
    from pathlib import Path

    from mediatypes.recorder.row import Row
    from mediatypes.recorder.session import Session

__all__ = ["Unwritten"]


class Unwritten:
    """Stands in for a writer, and knows what it lost."""

    def __init__(self) -> None:
        self._errors: list[OSError] = []

    def take(self, error: OSError, folder: Path, *, strict: bool) -> None:
        """Count a row; the first is said, since nobody may come to say it later.

        Raises
        ------
        mediatypes.errors.StoreError
            If the run is strict.
        """
        if strict:
            raise error
        self._errors.append(error)
        if len(self._errors) == 1:
            text = f"{folder}: this process cannot write its rows: {error}"
            warnings.warn(text, DroppedMediaWarning, stacklevel=caller_level())

    def write_row(self, step: int, row: Row) -> None:
        """Do nothing: there is no place to write to."""

    def hand_over(self, session: Session) -> None:
        """Tell the writer, once there is one, what it has lost already."""
        for error in self._errors:
            session.count("rows", error)
        self._errors.clear()
