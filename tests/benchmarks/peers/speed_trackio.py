"""Trackio, without its dashboard; it has lists of media under one key each."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTION: Final = "trackio"


class Peer:
    """A run in the folder that its variable names, which it reads when imported."""

    def load(self) -> None:
        os.environ["TRACKIO_DIR"] = os.path.join(os.getcwd(), "run")
        self.trackio: Any = import_module("trackio")

    def start(self, folder: Path) -> None:
        del folder
        self.trackio.init(project="speed", embed=False)

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.trackio.log({"image": self.trackio.Image(picture), **scalars}, step=step)

    def images(self, step: int, pictures: list[Any]) -> None:
        made = {
            f"examples_{index}": self.trackio.Image(picture)
            for index, picture in enumerate(pictures)
        }
        self.trackio.log(made, step=step)

    def histogram(self, step: int, values: Any, scalars: dict[str, float]) -> None:
        made = self.trackio.Histogram(values)
        self.trackio.log({"weights": made, **scalars}, step=step)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        made = self.trackio.Audio(samples, sample_rate=rate, format="wav")
        self.trackio.log({"voice": made}, step=step)

    def figure(self, step: int, figure: Any) -> None:
        """Draw the figure first, as its users do: it takes no figures."""
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())
        self.trackio.log({"chart": self.trackio.Image(pixels)}, step=step)

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        self.trackio.log(scalars, step=step)

    def finish(self) -> None:
        self.trackio.finish()
