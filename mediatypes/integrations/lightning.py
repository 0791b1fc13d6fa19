"""A logger for the ``Trainer`` of Lightning."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.optional import loaded
from mediatypes.media import Audio, Image, Media, Plot, Table, Video
from mediatypes.recorder import Run, init
from mediatypes.recorder.current import current

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

__all__ = ["MediaTypesLogger", "WandbLogger"]

_OLD: Final = "pytorch_lightning"
_NAME: Final = (
    _OLD if loaded(_OLD) and not loaded("lightning.pytorch") else "lightning.pytorch"
)
"""Lightning has two names, whose classes differ; the one in use is followed."""
_logger: Any = importlib.import_module(f"{_NAME}.loggers.logger")
_rank_zero: Any = importlib.import_module(f"{_NAME}.utilities.rank_zero")
_only_zero: Any = _rank_zero.rank_zero_only


class MediaTypesLogger(_logger.Logger):  # type: ignore[misc]  # of a library without types
    """Logs what a Lightning module logs, from the process of rank 0.

    Metrics keep their names; the trainer's step is logged as ``trainer/global_step``
    and is the step of the row.

    Parameters
    ----------
    name
        Of the run.
    save_dir
        Folder that holds runs.
    version, id
        The id of the run.
    project
        What the run belongs to.
    log_model
        Whether the best checkpoints are kept in the run at the end; ``"all"`` keeps
        each when it is written.
    experiment
        A run to log to, instead of the current or a new one.
    prefix
        What stands before each metric, with a slash.
    options
        Further arguments of ``mediatypes.init``.
    """

    def __init__(  # noqa: PLR0913 - the call style people know
        self,
        name: str | None = None,
        save_dir: str | Path | None = None,
        version: str | None = None,
        *,
        project: str | None = "lightning",
        id: str | None = None,  # noqa: A002 - as above
        log_model: bool | str = False,
        experiment: Run | None = None,
        prefix: str = "",
        **options: Any,
    ) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType] - as above
        facts: dict[str, Any] = {
            "name": name,
            "dir": save_dir,
            "project": project,
            "id": version or id,
        }
        self._arguments = facts | options
        self._experiment: Run | None = experiment
        self._began = False
        self._prefix = f"{prefix}/" if prefix else ""
        self._log_model = log_model
        self._checkpoints: dict[str, float] = {}

    @property
    def experiment(self) -> Any:
        """The run; of other ranks than 0, one that keeps nothing."""
        if self._experiment is None:
            if _only_zero.rank:
                self._experiment = init(mode="disabled", reinit="create_new")
            else:
                self._experiment = current() or init(**self._arguments)  # type: ignore[assignment]  # a disabled run acts like one
        return self._experiment

    @property
    def name(self) -> str | None:
        """The project, as the trainer's folders are named."""
        project: str | None = self._arguments["project"]
        return project

    @property
    def version(self) -> str | None:
        """The id of the run, once there is one."""
        if self._experiment is None:
            version: str | None = self._arguments["id"]
            return version
        return self._experiment.id

    @property
    def save_dir(self) -> str:
        """The folder that holds runs."""
        return str(self._arguments["dir"] or "runs")

    @_only_zero  # type: ignore[untyped-decorator]  # of a library without types
    def log_hyperparams(
        self, params: Mapping[str, Any] | Namespace, *args: Any, **kwargs: Any
    ) -> None:
        """Put settings into the config."""
        del args, kwargs
        self.experiment.config.update(params, allow_val_change=True)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log numbers in the row of a step."""
        row = {f"{self._prefix}{name}": value for name, value in metrics.items()}
        if step is not None:
            row["trainer/global_step"] = step
        self.experiment.log(row, step=step)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_image(
        self, key: str, images: Sequence[Any], step: int | None = None, **options: Any
    ) -> None:
        """Log pictures; of `options`, each has one value for each picture."""
        self._log_list(key, Image, images, step, options)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_audio(
        self, key: str, audios: Sequence[Any], step: int | None = None, **options: Any
    ) -> None:
        """Log sounds; of `options`, each has one value for each sound."""
        self._log_list(key, Audio, audios, step, options)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_video(
        self, key: str, videos: Sequence[Any], step: int | None = None, **options: Any
    ) -> None:
        """Log films; of `options`, each has one value for each film."""
        self._log_list(key, Video, videos, step, options)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_figure(self, key: str, figure: Any, step: int | None = None) -> None:
        """Log a figure of any library."""
        self._log_beside(key, Plot(figure), step)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_text(
        self,
        key: str,
        columns: Sequence[str] | None = None,
        data: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Log rows of words; see `log_table`."""
        self.log_table(key, columns, data, dataframe, step)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def log_table(
        self,
        key: str,
        columns: Sequence[str] | None = None,
        data: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Log rows of anything as a `Table`."""
        table = Table(columns=columns, data=data, dataframe=dataframe)
        self._log_beside(key, table, step)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def watch(
        self,
        model: Any,
        log: str | None = "gradients",
        log_freq: int = 100,
        log_graph: bool = False,  # noqa: FBT001, FBT002 - the call style people know
    ) -> None:
        """Log histograms of gradients and parameters; see `Run.watch`."""
        self.experiment.watch(model, log=log, log_freq=log_freq, log_graph=log_graph)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Keep a new checkpoint, if every one is to be kept."""
        for path in (
            checkpoint_callback.best_model_path,
            getattr(checkpoint_callback, "last_model_path", ""),
            *getattr(checkpoint_callback, "best_k_models", {}),
        ):
            if path and Path(path).is_file():
                self._checkpoints[path] = Path(path).stat().st_mtime
                if self._log_model == "all":
                    self.experiment.save(path, policy="now", glob=False)

    @_only_zero  # type: ignore[untyped-decorator]  # as above
    def finalize(self, status: str) -> None:
        """Keep the checkpoints and write what is queued; the run goes on."""
        del status
        if self._experiment is None:
            return
        if self._log_model is True:
            for path in self._checkpoints:
                if Path(path).is_file():
                    self.experiment.save(path, policy="now", glob=False)
        self.experiment.flush()

    def _log_list(
        self,
        key: str,
        media: type[Media],
        values: Sequence[Any],
        step: int | None,
        options: Mapping[str, Sequence[Any]],
    ) -> None:
        items = []
        for place, value in enumerate(values):
            words = {name: of_each[place] for name, of_each in options.items()}
            items.append(value if isinstance(value, Media) else media(value, **words))  # type: ignore[call-arg]  # each type has its own
        self._log_beside(key, items, step)

    def _log_beside(self, key: str, value: Any, step: int | None) -> None:
        """Log in the row of a step, or in that of the next metrics."""
        self.experiment.log({key: value}, step=step, commit=step is not None)


WandbLogger = MediaTypesLogger
