"""What a run does with artifacts: it stores them, each entry under a key of its own."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.options import parse_path
from mediatypes.media import File
from mediatypes.recorder.artifact import Artifact
from mediatypes.recorder.notes import note_ignored
from mediatypes.recorder.redaction import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mediatypes.typing import PathLike

__all__ = ["Artifacts"]

_FOLDER: Final = "artifacts"
_UNSAID: Final = "unspecified"
_LEFT_OUT: Final = ("run.json", "pyvenv.cfg", "conda-meta")
"""What is in the folder of a run or of an environment."""
_CODE: Final = re.compile(r".+\.py|requirements.*\.txt|.*Dockerfile.*")


class Artifacts:
    """What a run does with artifacts."""

    if TYPE_CHECKING:  # what the run itself has

        @property
        def id(self) -> str:
            """Of `Run`."""
            ...

        def log(
            self,
            data: Mapping[str, Any],
            step: int | None = None,
            commit: bool | None = None,  # noqa: FBT001 - the call style people know
        ) -> None:
            """Of `Run`."""

    def log_artifact(
        self,
        artifact_or_path: Artifact | PathLike,
        name: str | None = None,
        type: str | None = None,  # noqa: A002 - the call style people know
        aliases: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Artifact:
        """Store an artifact, or a file or folder as one, in the row of the next step.

        Each entry is stored under ``artifacts/<name>/<entry>``, and what is known of
        the artifact in the row, under ``artifacts/<name>``. A later one of the same
        name is stored beside the one before, at its own step.

        Parameters
        ----------
        artifact_or_path
            The artifact, or where the file or folder is.
        name
            What to call it; of a path by default ``run-<id>-<file name>``.
        type
            What kind of thing it is.
        aliases
            Further names of this version, such as ``["latest", "best"]``.
        tags
            Not used: pass `aliases`.

        Returns
        -------
        Artifact
            What was stored.

        Raises
        ------
        mediatypes.errors.MissingFileError
            If there is nothing at the path.
        mediatypes.errors.RunClosedError
            If the run has been finished.
        """
        note_ignored("log_artifact", "tags", tags is not None, "Pass aliases.")
        found = artifact_or_path
        if not isinstance(found, Artifact):
            found = self._artifact_of(found, name, type)
        names = (aliases,) if isinstance(aliases, str) else aliases
        found.aliases = tuple(names or found.aliases)
        key = f"{_FOLDER}/{found.name}"
        facts = {
            "type": found.type,
            "description": found.description,
            "aliases": list(found.aliases),
            "metadata": found.metadata or None,
        }
        said = {name: value for name, value in facts.items() if value}
        said = without_secrets("log_artifact", said)
        entries = {f"{key}/{name}": value for name, value in found.entries.items()}
        self.log({key: said} | entries, commit=False)
        return found

    def log_model(
        self,
        path: PathLike,
        name: str | None = None,
        aliases: Sequence[str] | None = None,
    ) -> None:
        """Store a file or folder as an artifact of the type ``"model"``.

        Parameters
        ----------
        path, name, aliases
            As those of `log_artifact`.
        """
        self.log_artifact(path, name, "model", aliases)

    def log_code(
        self,
        root: str | os.PathLike[str] = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] | None = None,
        exclude_fn: Callable[..., bool] | None = None,
    ) -> None:
        """Keep the code below a folder, each file under ``code/<path>``.

        Folders of runs and of environments, and those whose name begins with a dot, are
        left out.

        Parameters
        ----------
        root
            The folder.
        name
            Not used: the key is that of the file.
        include_fn
            Says of a path, or of a path and `root`, whether to keep it; by default
            Python files, ``requirements*.txt`` and Dockerfiles.
        exclude_fn
            Says whether to leave it out all the same.

        Raises
        ------
        mediatypes.errors.RunClosedError
            If the run has been finished.
        """
        note_ignored("log_code", "name", name is not None)
        place = parse_path("log_code", "root", root).absolute()
        found = {
            f"code/{path.relative_to(place).as_posix()}": File(path)
            for path in _code_below(place)
            if _says(include_fn or _is_code, path, place)
            and not (exclude_fn and _says(exclude_fn, path, place))
        }
        self.log(found, commit=False)

    def _artifact_of(
        self, path: PathLike, name: str | None, kind: str | None
    ) -> Artifact:
        place = parse_path("log_artifact", "artifact_or_path", path)
        called = f"run-{self.id}-{place.name}" if name is None else name
        found = Artifact(called, kind or _UNSAID)
        if place.is_dir():
            found.add_dir(place)
        else:
            found.add_file(place)
        return found


def _code_below(root: Path) -> Iterator[Path]:
    """Yield the files of a project, in order."""
    for folder, folders, files in os.walk(root):
        if any(name in files or name in folders for name in _LEFT_OUT):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files))


def _is_code(path: str) -> bool:
    return _CODE.fullmatch(Path(path).name) is not None


def _says(question: Callable[..., bool], path: Path, root: Path) -> bool:
    """Ask of a path, or of a path and its root, whichever the question takes."""
    words = (os.fspath(path), os.fspath(root))
    try:
        inspect.signature(question).bind(*words)
    except TypeError:
        return bool(question(words[0]))
    return bool(question(*words))
