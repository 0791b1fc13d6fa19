"""MLflow with a local store: images are artifacts; it has no sounds or histograms."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.peers.cases import Case
    from tests.benchmarks.peers.judge import Counts

DISTRIBUTION: Final = "mlflow"
PACKAGE: Final = "mlflow"
LACKS: Final = frozenset(["audio", "histogram"])
DOCUMENTED: Final[dict[str, str]] = {}


class Peer:
    """A store and its artifacts in `folder`."""

    def __init__(self, folder: Path) -> None:
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
        self.folder = folder / "artifacts"
        self.mlflow: Any = importlib.import_module("mlflow")
        place = self.folder.absolute().as_uri()
        number = self.mlflow.create_experiment("inputs", artifact_location=place)
        self.mlflow.start_run(experiment_id=number)

    def log(self, name: str, case: Case, value: Any) -> None:
        self.mlflow.log_image(value, f"{name}.png")

    def finish(self) -> None:
        self.mlflow.end_run()

    def stored(self, name: str, case: Case) -> bytes | Counts | None:
        found = sorted(self.folder.rglob(f"{name}.png"))
        return found[0].read_bytes() if found else None
