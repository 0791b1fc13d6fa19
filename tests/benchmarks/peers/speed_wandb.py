"""W&B in its offline mode."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION: Final = "wandb"


class Peer:
    """An offline run."""

    def load(self) -> None:
        self.wandb: Any = import_module("wandb")

    def start(self, folder: Path) -> None:
        self.run = self.wandb.init(project="speed", dir=str(folder), mode="offline")

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.run.log({"image": self.wandb.Image(picture), **scalars}, step=step)

    def images(self, step: int, pictures: list[Any]) -> None:
        self.run.log({"examples": [self.wandb.Image(x) for x in pictures]}, step=step)

    def histogram(self, step: int, values: Any, scalars: dict[str, float]) -> None:
        self.run.log({"weights": self.wandb.Histogram(values), **scalars}, step=step)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        self.run.log({"voice": self.wandb.Audio(samples, sample_rate=rate)}, step=step)

    def figure(self, step: int, figure: Any) -> None:
        self.run.log({"chart": self.wandb.Image(figure)}, step=step)

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        self.run.log(scalars, step=step)

    def finish(self) -> None:
        self.run.finish()
