"""An environment for each tool, made once and kept."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path
from typing import Final

__all__ = ["QUIET", "ROOT", "TOOLS", "python_of"]

ROOT: Final = Path(__file__).parents[3]
TOOLS: Final = {
    "mediatypes": ["-e", str(ROOT)],
    "wandb": ["wandb==0.31.0"],
    "trackio": ["trackio"],
    "tensorboardx": ["tensorboardX"],
    "tensorboard": ["tensorboard", "tensorboardX", "setuptools<81"],
    "aim": ["aim"],
    "swanlab": ["swanlab[media]"],
    "mlflow": ["mlflow"],
    "photographs": ["scikit-image", "scikit-learn"],
}
"""What is installed for each tool, and for whoever makes the data."""
_TOGETHER: Final = {
    "watch": ["-e", str(ROOT), "wandb==0.31.0", "torch==2.13.0"],
}
"""What is installed for measurements that several tools share."""

QUIET: Final = {
    "AIM_UI_TELEMETRY_ENABLED": "0",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "WANDB_MODE": "offline",
    "WANDB_ERROR_REPORTING": "false",
}
"""What keeps each tool from calling anybody."""

_BESIDE: Final = ("numpy", "pillow", "soundfile", "matplotlib")
"""What the inputs are made with, in every environment."""


def python_of(folder: Path, tool: str) -> Path:
    """Return the interpreter of the environment of `tool`, which is made if missing."""
    place = folder / f"venv-{tool}"
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = place / scripts / "python"
    is_done = place / "installed"
    if not is_done.exists():
        venv.create(place, with_pip=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            *(TOOLS | _TOGETHER)[tool],
        ]
        subprocess.run([*install, *_BESIDE], check=True)
        is_done.touch()
    return python
