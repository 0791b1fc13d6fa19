"""TensorboardX: a call for each value."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION: Final = "tensorboardX"


class Peer:
    """An event file."""

    def load(self) -> None:
        self.make: Any = import_module("tensorboardX").SummaryWriter

    def start(self, folder: Path) -> None:
        self.writer = self.make(logdir=str(folder))

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.writer.add_image("image", picture, step, dataformats="HWC")
        self.scalars(step, scalars)

    def images(self, step: int, pictures: list[Any]) -> None:
        for index, picture in enumerate(pictures):
            name = f"examples/{index}"
            self.writer.add_image(name, picture, step, dataformats="HWC")

    def histogram(self, step: int, values: Any, scalars: dict[str, float]) -> None:
        self.writer.add_histogram("weights", values, step)
        self.scalars(step, scalars)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        self.writer.add_audio("voice", samples, step, sample_rate=rate)

    def figure(self, step: int, figure: Any) -> None:
        self.writer.add_figure("chart", figure, step, close=False)

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        for name, value in scalars.items():
            self.writer.add_scalar(name, value, step)

    def finish(self) -> None:
        self.writer.close()
