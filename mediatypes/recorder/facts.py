"""What a run is called and belongs to, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediatypes._core.optional import type_name
from mediatypes._core.text import mend
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.recorder.redaction import without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mediatypes.schema import RunInfo
    from mediatypes.store.beneath import Folder

__all__ = ["Facts", "opening_facts", "text_of"]


def text_of(value: object, field: str) -> str | None:
    """Return `value` as text, None where there is none.

    Raises
    ------
    mediatypes.errors.OptionError
        If it holds lone surrogates.
    mediatypes.errors.UnsupportedInputError
        If it is no text.
    """
    if value is None or isinstance(value, str):
        if mend(value)[1]:
            expected, received = "Unicode text", repr(value)
            raise OptionError("init", field, expected=expected, received=received)
        return value or None
    raise UnsupportedInputError(
        "init", field, expected="text", received=type_name(value)
    )


def opening_facts(**facts: Any) -> dict[str, Any]:
    """Return tags, notes, group and job type, each checked and without secrets.

    Raises
    ------
    mediatypes.errors.OptionError
        If one is not as it must be.
    """
    found = {name: _CHECKS.get(name, text_of)(x, name) for name, x in facts.items()}
    stored = without_secrets("run", found)
    return stored | {"tags": tuple(stored["tags"])} if "tags" in stored else stored


def _tags(tags: Any, field: str) -> tuple[str, ...]:
    labels: tuple[Any, ...] = (tags,) if isinstance(tags, str) else tuple(tags or ())
    if not all(isinstance(label, str) for label in labels):
        raise OptionError("init", field, expected="texts", received=repr(labels))
    for label in labels:
        text_of(label, field)
    return labels


_CHECKS = {"tags": _tags}


class Facts:
    """Facts of a run: those it was given, and those that follow."""

    _opening: dict[str, Any]

    _info: RunInfo
    _folder: Folder

    if TYPE_CHECKING:  # what the run itself has

        def _write_facts(self, **facts: Any) -> None: ...

    @property
    def id(self) -> str:
        """The id that names the run for programs."""
        return self._info.run_id

    @property
    def project(self) -> str | None:
        """The project that the run belongs to."""
        return self._info.project

    @property
    def dir(self) -> Path:
        """The run's own folder."""
        return self._folder.path

    @property
    def tags(self) -> tuple[str, ...]:
        """Labels of the run; they can be set."""
        return tuple(self._opening.get("tags") or ())

    @tags.setter
    def tags(self, tags: Sequence[str]) -> None:
        self._write_facts(tags=tags)

    @property
    def notes(self) -> str | None:
        """What the run is about, for people; it can be set."""
        found: str | None = self._opening.get("notes")
        return found

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._write_facts(notes=notes)

    @property
    def group(self) -> str | None:
        """Runs that belong together have one."""
        found: str | None = self._opening.get("group")
        return found

    @property
    def job_type(self) -> str | None:
        """What the run does, such as ``"eval"``."""
        found: str | None = self._opening.get("job_type")
        return found

    @property
    def entity(self) -> None:
        """None: there are no accounts."""

    @property
    def url(self) -> str:
        """Address of the run folder, ``file:///...``."""
        return self.dir.absolute().as_uri()

    @property
    def path(self) -> str:
        """Project and id, joined by a slash."""
        return f"{self.project}/{self.id}" if self.project else self.id

    @property
    def offline(self) -> bool:
        """True: nothing is ever sent anywhere."""
        return True

    @property
    def disabled(self) -> bool:
        """Whether nothing is kept."""
        return False

    def get_url(self) -> str:
        """Return `url`."""
        return self.url
