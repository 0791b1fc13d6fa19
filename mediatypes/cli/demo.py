"""``mediatypes demo``: a real training run, logged from its first step to its last."""

from __future__ import annotations

import importlib
import shlex
from typing import TYPE_CHECKING, Any, Final

import click
import numpy as np

from mediatypes.cli.choice import default_dir, dir_option
from mediatypes.cli.painter import Painter, sound_of, target_picture
from mediatypes.media import Audio, Histogram, Image
from mediatypes.recorder import init

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes.recorder import Run

__all__ = ["command"]

_EVERY: Final = 20
_SAMPLE_RATE: Final = 16_000
_COLOURS: Final = {"red": "#c0392b", "green": "#27ae60", "blue": "#2980b9"}


@click.command("demo")
@dir_option
@click.option(
    "--steps", default=400, show_default=True, type=click.IntRange(1, 100_000)
)
@click.option("--seed", default=0, show_default=True, help="Of the network's weights.")
def command(folder: str, steps: int, seed: int) -> None:
    """Teach a small network to paint a photograph, and log how it learns.

    The network sees pixel coordinates and answers colours. The photograph is the one
    that matplotlib ships.
    """
    import matplotlib as mpl
    from rich.progress import track

    mpl.use("agg")
    settings: dict[str, Any] = {
        "steps": steps,
        "seed": seed,
        "batch_size": 2_048,
        "learning_rate": 0.004,
    }
    target = target_picture(height=120)
    painter = Painter(target, seed=seed, learning_rate=settings["learning_rate"])
    with init(project="demo", dir=folder, config=settings, reinit="create_new") as run:
        run.define_metric("loss", summary="min")
        losses: list[float] = []
        for step in track(range(steps), description="painting"):
            losses.append(painter.train(batch_size=settings["batch_size"]))
            run.log({"loss": losses[-1]}, commit=False)
            if step % _EVERY == 0 or step == steps - 1:
                painting = painter.paint()
                run.log(_media(painter, painting, target, step), commit=False)
                _log_figures(run, painting, target, losses)
            run.log({"pixels_seen": (step + 1) * settings["batch_size"]})
    _say_what_next(run, folder)


def _media(
    painter: Painter,
    painting: NDArray[Any],
    target: NDArray[Any],
    step: int,
) -> dict[str, Any]:
    error = float(np.abs(painting - target).mean())
    return {
        "paintings": [
            Image(painting, caption=f"step {step}, mean error {error:.3f}"),
            Image(target, caption="the photograph"),
        ],
        "weights": Histogram(painter.weights()),
        "gradients": Histogram(painter.gradients()),
        "sound": Audio(
            sound_of(painting, _SAMPLE_RATE),
            sample_rate=_SAMPLE_RATE,
            caption="the painting from left to right; bright rows ring",
        ),
    }


def _log_figures(
    run: Run,
    painting: NDArray[Any],
    target: NDArray[Any],
    losses: list[float],
) -> None:
    import seaborn as sns

    plt: Any = importlib.import_module("matplotlib.pyplot")
    plt.figure(figsize=(5, 3), layout="constrained")
    plt.semilogy(losses)
    plt.gca().set(xlabel="step", ylabel="loss", title="Loss")
    run.log({"chart": plt}, commit=False)
    plt.close()
    _, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    errors = np.abs(painting - target).reshape(-1, 3)
    for channel, (name, colour) in enumerate(_COLOURS.items()):
        values = errors[:, channel]
        sns.kdeplot(x=values, ax=axes, color=colour, label=name, cut=0, gridsize=100)
    axes.set(xlabel="absolute error", ylabel="density", title="Error by channel")
    axes.legend()
    run.log({"errors": axes}, commit=False)
    plt.close()


def _say_what_next(run: Run, folder: str) -> None:
    where = "" if folder == default_dir() else f" --dir {shlex.quote(folder)}"
    click.echo(
        f"\nThe run is in {run.dir}\n\n"
        f"  mediatypes view {shlex.quote(folder)}      the dashboard, in the browser\n"
        f"  mediatypes show {run.id}{where}      what it holds\n"
        f"  mediatypes verify {run.id}{where}    every file against its record\n\n"
        "  python\n"
        "  >>> import mediatypes as mt\n"
        f"  >>> run = mt.open_run({str(run.dir)!r})\n"
        '  >>> run.media("paintings")[0][0].to_pil().show()\n'
    )
