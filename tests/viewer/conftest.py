"""Runs to look at, a server that shows them, and a browser that looks."""

from __future__ import annotations

import importlib
import os
import shutil
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

import mediatypes as mt
from tests.viewer.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_HOW: Final = "apt-get update && apt-get install -y chromium"
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Return where a Chromium is, or an empty text."""
    known = os.environ.get("CHROMIUM")
    return known or next(filter(None, map(shutil.which, _NAMES)), "")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without one these tests are skipped, which fails in CI."""
    path = chromium()
    if not path:
        pytest.skip(f"no Chromium: {_HOW}, or set CHROMIUM to one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs with every type of media."""
    place = tmp_path_factory.mktemp("dashboard")
    (place / "weights.bin").write_bytes(b"w" * 100)
    for number, name in enumerate(["first", "second"]):
        make_run(place / "runs", name, number, place / "weights.bin")
    return place / "runs"


def make_run(place: Path, name: str, number: int, weights: Path) -> None:
    """Write a run of 60 steps, media at every tenth; the second's five steps later."""
    from matplotlib.figure import Figure

    settings: dict[str, Any] = {"lr": 0.1 * (number + 1), "model": {"width": 64}}
    random = np.random.default_rng(number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mt.MediaTypesWarning)  # one picture is odd
        with mt.init(
            name=name,
            dir=place,
            config=settings,
            reinit="create_new",
            tags=["t"],
            console=True,
        ) as run:
            print(f"training {name}")
            for step in range(60):
                loss = float(np.exp(-step / 20) * (number + 1))
                data: dict[str, Any] = {"train/loss": loss, "lr": 0.1 / (step + 1)}
                if step == 30:
                    data["train/loss"] = float("nan")
                if step % 10 == 5 * number:
                    figure = Figure(figsize=(2, 2))
                    figure.add_subplot().plot(random.normal(size=9))
                    data |= _media(step, number, random) | {"walk": figure}
                if number == 0 and step in {30, 40}:  # a second each to draw
                    data["bars"] = altair_chart(step)
                run.log(data)
            run.log({"weights": mt.File(weights)})


def picture(step: int, index: int, number: int) -> np.ndarray[Any, Any]:
    """A picture whose pixels say which it is."""
    found = np.zeros((24, 32, 3), np.uint8)
    found[..., 0], found[..., 1], found[..., 2] = step * 4, index * 40, number * 200
    found[8:16, 8:16] = 255
    return found


def plotly_figure(step: int) -> Any:
    """A figure whose bar says which it is."""
    import plotly.graph_objects as go

    return go.Figure(go.Bar(x=["a"], y=[step], text=[f"bar {step}"]), {"title": "Bars"})


def altair_chart(step: int) -> Any:
    """A chart whose title says which it is."""
    alt: Any = importlib.import_module("altair")
    rows = [{"a": "x", "b": step}]
    bars = alt.Chart(alt.Data(values=rows), title=f"chart {step}").mark_bar()
    return bars.encode(x="a:N", y="b:Q")


def _media(step: int, number: int, random: np.random.Generator) -> dict[str, Any]:
    mask = np.zeros((24, 32), np.uint8)
    mask[8:16, 8:16], mask[0:4] = 1, 2
    names = {0: "floor", 1: "ball", 2: "sky"}
    box = {
        "position": {"minX": 8, "minY": 8, "maxX": 16, "maxY": 16},
        "domain": "pixel",
        "class_id": 1,
        "scores": {"score": 0.75},
    }
    pictures = [
        mt.Image(
            picture(step, index, number),
            caption=f"step {step} sample {index}",
            masks={"truth": {"mask_data": mask, "class_labels": names}},
            boxes={"guess": {"box_data": [box], "class_labels": names}},
        )
        for index in range(4)
    ]
    times = np.arange(4000) / 8000
    sound = np.sin(2 * np.pi * 440 * times).astype(np.float32)
    return {
        "val/pictures": pictures,
        "depth": mt.Image(np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000),
        "odd": mt.Image(np.array([[0.0, 2.0], [float("nan"), 0.5]])),
        "sound": mt.Audio(sound, sample_rate=8000, caption=f"tone {step}"),
        "spread": mt.Histogram(random.normal(size=300)),
        "matrix": mt.Array(random.normal(size=(6, 9))),
        "film": mt.Video(
            np.full((6, 3, 32, 48), step, np.uint8), fps=3, caption=f"film {step}"
        ),
        "live": plotly_figure(step),
        "page": mt.Html(f"<h1>Page {step}</h1><script>document.title='ran'</script>"),
        "words": mt.Text(f"plain words of step {step}"),
        "rows": mt.Table(
            columns=["name", "shown"], data=[["a", pictures[0]], ["b", None]]
        ),
        "scan": mt.Object3D(
            random.normal(size=(500, 3)),
            caption=f"scan {step}",
            boxes=[{"center": (0, 0, 0), "size": (2, 2, 2), "label": "box"}],
        ),
        "marked": mt.Markdown(f"# Head {step}\n\n- **strong** and `code`\n"),
    }


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[Site]:
    """A server of those runs."""
    found = Site(folder)
    yield found
    found.stop()


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Site]]:
    """Start a server of any folder; it ends with the test."""
    started: list[Site] = []

    def start(place: Path) -> Site:
        started.append(Site(place))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end no error may have been told and no other host asked."""
    contexts = []
    troubles: list[str] = []

    def see(
        site: Site, where: str = "", expected: tuple[str, ...] = (), **options: Any
    ) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(20_000)  # on a machine that is busy
        page = context.new_page()

        theirs = (*expected, "willReadFrequently")  # that a test reads pixels

        def told(text: str) -> None:
            if not any(words in text for words in theirs):
                troubles.append(text)

        def logged(message: Any) -> None:
            if message.type in {"error", "warning"}:
                told(f"{message.text} {message.location}")

        def asked(request: Any) -> None:
            if not request.url.startswith((site.base, "data:", "blob:", "about:")):
                told(f"asked for {request.url}")

        page.on("console", logged)
        page.on("pageerror", lambda error: told(str(error)))
        page.on("request", asked)
        page.goto(site.link)
        page.wait_for_selector("header.top")
        if where:
            page.goto(f"{site.base}/#/{where}")
        return page

    yield see
    for context in contexts:
        context.close()
    assert not troubles
