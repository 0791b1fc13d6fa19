"""Log every figure of the gallery with one tool and say what it stored.

    python -m tests.benchmarks.peers.figures_probe TOOL FOLDER

It runs in the tool's own environment. Each line of the output is a JSON object.
"""

from __future__ import annotations

import contextlib
import html
import importlib
import importlib.metadata
import io
import json
import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib import (
    axis,
    collections,
    container,
    image,
    legend,
    lines,
    patches,
    spines,
)
from matplotlib import pyplot as plt
from matplotlib import table as tables
from matplotlib import text as texts
from PIL import Image as Pillow

from tests.benchmarks.peers.environments import QUIET
from tests.gallery import plain, statistical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_SEEN_WORDS = 4


def _made(make: Callable[[], Any]) -> Any:
    plt.close("all")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make()
    return plt.gcf()


def _saved(make: Callable[[], Any]) -> NDArray[Any]:
    out = io.BytesIO()
    figure = _made(make)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(out, format="png")
    return _pixels(out)


def _pixels(file: Any) -> NDArray[Any]:
    with Pillow.open(file) as picture:
        return np.asarray(picture.convert("RGBA"))


def _carriers(figure: Any) -> Iterator[str]:
    """Yield the type of every artist of `figure` that is drawn and carries data.

    Bars that were made at once are one; lines, areas and points of a collection too.
    """
    for axes in figure.axes:
        bars = {id(bar) for box in axes.containers for bar in _bars(box)}
        yield from ("bars" for box in axes.containers if list(_bars(box)))
        for child in axes.get_children():
            if not child.get_visible() or child is axes.patch or id(child) in bars:
                continue
            if isinstance(child, spines.Spine):
                continue
            if isinstance(child, lines.Line2D) and np.size(child.get_xdata()):
                yield "line"
            elif isinstance(child, collections.Collection):
                if len(child.get_paths()) and _has_size(child):
                    yield type(child).__name__
            elif isinstance(child, (patches.Patch, image.AxesImage, tables.Table)):
                yield type(child).__name__


def _bars(box: Any) -> Iterator[Any]:
    return iter(box.patches if isinstance(box, container.BarContainer) else ())


def _has_size(child: Any) -> bool:
    offsets: Any = np.ma.asarray(child.get_offsets())
    return offsets.ndim == 2 and len(offsets) > 0


def _words(figure: Any) -> Iterator[str]:
    """Yield every word that is drawn but those of ticks."""
    ticks = {
        id(label)
        for part in figure.findobj(axis.Axis)
        for label in part.findobj(texts.Text)
        if label is not part.label
    }
    for word in figure.findobj(texts.Text):
        if id(word) not in ticks and word.get_visible() and word.get_text().strip():
            yield word.get_text()
    for box in figure.findobj(legend.Legend):
        yield from (word.get_text() for word in box.get_texts())


def _lost(figure: Any, spec: Any) -> str:
    """Return what a plotly description of `figure` lacks, "" if nothing."""
    artists = list(_carriers(figure))
    layout = spec.get("layout", {})
    kept = len(spec.get("data", ())) + len(layout.get("shapes", ()))
    kept += len(layout.get("images", ()))
    said = []
    if kept < len(artists):
        kinds = ", ".join(sorted(set(artists)))
        said.append(f"{kept} of {len(artists)} artists with data ({kinds})")
    text = html.unescape(json.dumps(spec, ensure_ascii=False))
    plain_text = re.sub(r"<[^>]*>|\\n|\s", "", text)
    missing = [x for x in dict.fromkeys(_words(figure)) if _bare(x) not in plain_text]
    if missing:
        some = ", ".join(repr(x[:20]) for x in missing[:_SEEN_WORDS])
        said.append(f"the words {some}{', …' * (len(missing) > _SEEN_WORDS)} are lost")
    special = {x.name for x in figure.axes} - {"rectilinear"}
    if special:
        said.append(f"{', '.join(sorted(special))} axes are straight ones")
    return "; ".join(said)


def _bare(word: str) -> str:
    return re.sub(r"\s|<[^>]*>", "", word.replace("\\", "\\\\").replace('"', '\\"'))


class Wandb:
    """W&B, offline."""

    distribution = "wandb"

    def __init__(self, folder: Path) -> None:
        os.environ["WANDB_DIR"] = str(folder)
        self.wandb: Any = importlib.import_module("wandb")
        self.run = self.wandb.init(project="figures")
        self.folder = Path(self.run.dir) / "media"

    def log(self, name: str) -> None:
        del name
        self.run.log({"c": plt})

    def outcome(self, make: Callable[[], Any], name: str) -> tuple[str, str]:
        del name
        known = set(self.folder.rglob("*")) if self.folder.exists() else set()
        self.log("c")
        files = [x for x in set(self.folder.rglob("*")) - known if x.is_file()]
        if not files:
            return "blank", "nothing is stored"
        (file,) = files
        if file.suffix == ".png":
            is_same = np.array_equal(_pixels(file), _saved(make))
            return ("exact", "") if is_same else ("loses", "it is another picture")
        lost = _lost(_made(make), json.loads(file.read_text()))
        return ("loses", lost) if lost else ("converted", "")

    def finish(self) -> None:
        self.run.finish()


class Mediatypes:
    """This library."""

    distribution = "mediatypes"

    def __init__(self, folder: Path) -> None:
        self.mt: Any = importlib.import_module("mediatypes")
        self.run = self.mt.init(dir=folder)

    def outcome(self, make: Callable[[], Any], name: str) -> tuple[str, str]:
        self.run.log({name: plt})
        self.run.flush()
        (path,) = self.run.dir.glob(f"media/plot/{name.lower()}*/*")
        if np.array_equal(_pixels(path), _saved(make)):
            return "exact", ""
        return "loses", "it is another picture"

    def finish(self) -> None:
        self.run.finish(quiet=True)


def main(tool: str, folder: Path) -> None:
    """Log, look and print."""
    os.environ.update(QUIET)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(sys.stderr):
        peer: Any = {"wandb": Wandb, "mediatypes": Mediatypes}[tool](folder)
    versions = {
        "tool": tool,
        "version": importlib.metadata.version(peer.distribution),
        "matplotlib": mpl.__version__,
        "seaborn": importlib.metadata.version("seaborn"),
        "plotly": importlib.metadata.version("plotly") if tool == "wandb" else "",
    }
    for name, make in (plain.FIGURES | statistical.FIGURES).items():
        _made(make)
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                outcome, detail = peer.outcome(make, name)
            except Exception as error:  # noqa: BLE001 - it is the answer
                text = " ".join(str(error).split())[:120]
                outcome, detail = "raises", f"{type(error).__name__}: {text}"
        row = {"figure": name, "outcome": outcome, "detail": detail}
        print(json.dumps(versions | row, ensure_ascii=False), flush=True)
    with contextlib.redirect_stdout(sys.stderr):
        peer.finish()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
