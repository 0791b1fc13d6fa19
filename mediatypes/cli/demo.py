"""``mediatypes demo``: a real training run, logged from its first step to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click
import numpy as np

from mediatypes.cli.painter import Painter, sound_of, target_picture
from mediatypes.cli.choice import dir_option
from mediatypes.media import Audio, Histogram, Image
from mediatypes.recorder import Run, init

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["command"]

_EVERY: Final = 20
_SAMPLE_RATE: Final = 16_000


@click.command("demo")
@dir_option
@click.option("--steps", default=400, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--seed", default=0, show_default=True, help="Of the network's weights.")
def command(folder: str, steps: int, seed: int) -> None:
    """Teach a small network to paint a photograph, and log how it learns.

    The network sees pixel coordinates and answers colours. The photograph is the one
    that matplotlib ships.
    """
    import matplotlib as mpl
    from rich.progress import track

    mpl.use("agg")
    settings = {"steps": steps, "seed": seed, "batch_size": 2_048, "learning_rate": 0.004}
    target = target_picture(height=120)
    painter = Painter(target, seed=seed, learning_rate=settings["learning_rate"])
    run = init(project="demo", dir=folder, config=settings, reinit="create_new")
    with run:
        run.define_metric("loss", summary="min")
        losses: list[float] = []
        for step in track(range(steps), description="painting"):
            losses.append(painter.train(batch_size=settings["batch_size"]))
            row: dict[str, Any] = {"loss": losses[-1]}
            if step % _EVERY == 0 or step == steps - 1:
                row |= _media(painter, target, step)
                _add_figures(row, painter.paint(), target, losses)
            run.log(row, step=step)
    _say_what_next(run)


def _media(painter: Painter, target: NDArray[np.float64], step: int) -> dict[str, Any]:
    painting = painter.paint()
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
            caption="the painting, left to right; bright rows ring",
        ),
    }


def _add_figures(
    row: dict[str, Any],
    painting: NDArray[np.float64],
    target: NDArray[np.float64],
    losses: list[float],
) -> None:
    import matplotlib.pyplot as plt
    import seaborn as sns

    from mediatypes.media import Plot

    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    axes.semilogy(losses)
    axes.set(xlabel="step", ylabel="loss", title="Loss")
    row["chart"] = Plot(plt, close=True)
    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    errors = np.abs(painting - target).reshape(-1, 3)
    colours = {"red": "#c0392b", "green": "#27ae60", "blue": "#2980b9"}
    for channel, (name, colour) in enumerate(colours.items()):
        values = errors[:, channel]
        sns.kdeplot(x=values, ax=axes, color=colour, label=name, cut=0, gridsize=100)
    axes.set(xlabel="absolute error", ylabel="density", title="Error by channel")
    axes.legend()
    row["errors"] = Plot(figure, close=True)


def _say_what_next(run: Run) -> None:
    click.echo(
        f"\nThe run is in {run.dir}\n\n"
        f"  mediatypes show {run.id}      what it holds\n"
        f"  mediatypes verify {run.id}    every file against its record\n\n"
        "  python\n"
        "  >>> import mediatypes as mt\n"
        f"  >>> run = mt.open_run({str(run.dir)!r})\n"
        '  >>> run.media("paintings")[0][0].to_pil().show()\n'
    )
