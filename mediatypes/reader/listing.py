"""Many runs in one folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from mediatypes._core.options import parse_path
from mediatypes.adapters import load
from mediatypes.errors import MediaTypesError, RunNotFoundError
from mediatypes.reader.run import RunReader, open_run
from mediatypes.store import layout

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from mediatypes.typing import PathLike

__all__ = ["Runs", "runs"]


def runs(dir: PathLike = "runs") -> Runs:  # noqa: A002 - as in init
    """Return the runs in a folder, the oldest first.

    Parameters
    ----------
    dir
        The folder that holds runs, as for `mediatypes.init`.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If there is no such folder.
    mediatypes.errors.InvalidMediaError
        If it is no path at all.
    """
    path = parse_path("runs", "dir", dir)
    try:
        names = sorted(entry.name for entry in path.iterdir() if entry.is_dir())
    except OSError as error:
        msg = f"{path} is not a folder of runs: {error.strerror or error}."
        raise RunNotFoundError(msg) from error
    return Runs([path / name for name in names if (path / name / layout.RUN).exists()])


class Runs(Sequence[RunReader]):
    """Runs, each opened when it is asked for; made by `mediatypes.runs`.

    Parameters
    ----------
    paths
        Their folders.
    """

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    @overload
    def __getitem__(self, index: int) -> RunReader: ...

    @overload
    def __getitem__(self, index: slice) -> Runs: ...

    def __getitem__(self, index: int | slice) -> RunReader | Runs:
        if isinstance(index, slice):
            return Runs(self.paths[index])
        return open_run(self.paths[index])

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[RunReader]:
        return map(open_run, self.paths)

    def __repr__(self) -> str:
        return f"Runs({len(self)} runs)"

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a run: what it is, its settings and its scalar summary.

        A run that cannot be read has the state ``damaged`` and nothing else.
        """
        rows = [_facts(path) for path in self.paths]
        names = {"name": None, "id": None, "state": None, "created": None, "dir": None}
        names |= dict.fromkeys(name for row in rows for name in row)
        table = {name: [row.get(name) for row in rows] for name in names}
        frame: pd.DataFrame = load("pandas").to_frame(table)
        return frame


def _facts(path: Path) -> dict[str, Any]:
    try:
        run = open_run(path)
        facts: dict[str, Any] = {
            "name": run.name,
            "id": run.id,
            "state": run.state,
            "created": run.created,
            "dir": str(path),
        }
        facts |= {f"config.{key}": value for key, value in run.config.items()}
        scalars = run.scalar_summary()
        facts |= {f"summary.{key}": value for key, value in scalars.items()}
    except (MediaTypesError, OSError):
        return {"name": path.name, "state": "damaged", "dir": str(path)}
    run.close()
    return facts
