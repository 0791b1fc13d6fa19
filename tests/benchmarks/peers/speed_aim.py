"""Aim with a local repository; system metrics and terminal logs are off."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION: Final = "aim"


class Peer:
    """A run in a repository of its own."""

    def load(self) -> None:
        self.aim: Any = import_module("aim")

    def start(self, folder: Path) -> None:
        self.run = self.aim.Run(
            repo=self.aim.Repo.from_path(str(folder), init=True),
            system_tracking_interval=None,
            capture_terminal_logs=False,
        )

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.run.track(self.aim.Image(picture), name="image", step=step)
        self.scalars(step, scalars)

    def images(self, step: int, pictures: list[Any]) -> None:
        made = [self.aim.Image(picture) for picture in pictures]
        self.run.track(made, name="examples", step=step)

    def histogram(self, step: int, values: Any, scalars: dict[str, float]) -> None:
        made = self.aim.Distribution(values, bin_count=64)
        self.run.track(made, name="weights", step=step)
        self.scalars(step, scalars)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        made = self.aim.Audio(samples, format="wav", rate=rate)
        self.run.track(made, name="voice", step=step)

    def figure(self, step: int, figure: Any) -> None:
        self.run.track(self.aim.Image(figure), name="chart", step=step)

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        for name, value in scalars.items():
            self.run.track(value, name=name, step=step)

    def finish(self) -> None:
        self.run.close()
