"""MLflow with a local store: pictures are artifacts; it has no histograms."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, Final

DISTRIBUTION: Final = "mlflow"


class Peer:
    """A run in a SQLite store, its artifacts beside it."""

    def load(self) -> None:
        self.mlflow: Any = import_module("mlflow")

    def start(self, folder: Path) -> None:
        self.mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
        place = (folder / "artifacts").as_uri()
        number = self.mlflow.create_experiment("speed", artifact_location=place)
        self.mlflow.start_run(experiment_id=number)

    def image(self, step: int, picture: Any, scalars: dict[str, float]) -> None:
        self.mlflow.log_image(picture, key="image", step=step, synchronous=True)
        self.scalars(step, scalars)

    def images(self, step: int, pictures: list[Any]) -> None:
        for index, picture in enumerate(pictures):
            name = f"examples_{index}"
            self.mlflow.log_image(picture, key=name, step=step, synchronous=True)

    def audio(self, step: int, samples: Any, rate: int) -> None:
        """Write the file first, as its users do: it takes no sounds."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"voice_{step}.wav"
            import_module("soundfile").write(path, samples, rate)
            self.mlflow.log_artifact(str(path), "voice")

    def figure(self, step: int, figure: Any) -> None:
        self.mlflow.log_figure(figure, f"chart/{step}.png")

    def scalars(self, step: int, scalars: dict[str, float]) -> None:
        self.mlflow.log_metrics(scalars, step=step, synchronous=True)

    def finish(self) -> None:
        self.mlflow.end_run()
