"""SwanLab in its offline mode; it has no histograms."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION: Final = "swanlab"


class Peer:
    """An offline run."""

    def load(self) -> None:
        self.swanlab: Any = import_module("swanlab")

    def start(self, folder: Path) -> None:
        self.swanlab.init(project="speed", mode="offline", log_dir=str(folder))

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.swanlab.log({"image": self.swanlab.Image(picture), **scalars}, step=step)

    def images(self, step: int, pictures: list[Any]) -> None:
        made = [self.swanlab.Image(picture) for picture in pictures]
        self.swanlab.log({"examples": made}, step=step)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        made = self.swanlab.Audio(samples, sample_rate=rate)
        self.swanlab.log({"voice": made}, step=step)

    def figure(self, step: int, figure: Any) -> None:
        self.swanlab.log({"chart": self.swanlab.Image(figure)}, step=step)

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        self.swanlab.log(scalars, step=step)

    def finish(self) -> None:
        self.swanlab.finish()
