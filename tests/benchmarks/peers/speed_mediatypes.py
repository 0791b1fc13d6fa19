"""This library, with its defaults."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION: Final = "mediatypes"


class Peer:
    """A run."""

    def load(self) -> None:
        self.mt: Any = import_module("mediatypes")

    def start(self, folder: Path) -> None:
        self.run = self.mt.init(project="speed", dir=folder)

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.run.log({"image": self.mt.Image(picture), **scalars}, step=step)

    def images(self, step: int, pictures: list[Any]) -> None:
        self.run.log({"examples": [self.mt.Image(x) for x in pictures]}, step=step)

    def histogram(self, step: int, values: Any, scalars: dict[str, float]) -> None:
        self.run.log({"weights": self.mt.Histogram(values), **scalars}, step=step)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        self.run.log({"voice": self.mt.Audio(samples, sample_rate=rate)}, step=step)

    def figure(self, step: int, figure: Any) -> None:
        self.run.log({"chart": figure}, step=step)

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        self.run.log(scalars, step=step)

    def finish(self) -> None:
        self.run.finish()
