"""What a notebook shows, read by an HTML parser that is not ours."""

from __future__ import annotations

import base64
import io
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as Pillow

import mediatypes as mt

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


def shown(value: Any) -> Tags:
    """Return the tags of what a notebook shows."""
    return Tags(value._repr_html_())


def test_a_picture_is_shown_in_its_pixels() -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    found = shown(mt.Image(pixels, caption="a picture"))
    source = next(a["src"] for tag, a in found.tags if tag == "img")

    assert source is not None
    with Pillow.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as picture:
        assert np.array_equal(np.asarray(picture), pixels)
    assert "a picture" in found.text


def test_annotations_are_drawn_in_the_picture_of_a_notebook() -> None:
    mask = np.zeros((8, 8), int)
    mask[:4] = 1
    box = {
        "position": {"minX": 5, "minY": 5, "maxX": 7, "maxY": 7},
        "domain": "pixel",
        "class_id": 2,
    }
    image = mt.Image(
        np.full((8, 8), 100, np.uint8),
        masks={"m": {"mask_data": mask, "class_labels": {1: "sky"}}},
        boxes={"b": {"box_data": [box]}},
    )
    source = next(a["src"] for tag, a in shown(image).tags if tag == "img") or ""
    with Pillow.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as picture:
        drawn = np.asarray(picture)
    scale = len(drawn) // 8

    assert drawn.shape == (192, 192, 3)
    assert drawn[0, 0].tolist() == drawn[3 * scale, 190].tolist() != [100, 100, 100]
    assert drawn[5 * scale, 2 * scale].tolist() == [100, 100, 100]  # no class, no box
    assert drawn[5 * scale + 1, 6 * scale].tolist() != [100, 100, 100]  # the box
    assert drawn[6 * scale, 6 * scale].tolist() == [100, 100, 100]  # and within it
    assert (image.pixels == 100).all()


@pytest.mark.parametrize("pixels", [np.zeros((3, 2, 4)), np.zeros((9, 4), np.uint16)])
def test_any_annotation_of_any_picture_is_drawn(pixels: np.ndarray[Any, Any]) -> None:
    far = {"position": {"middle": [0.5, 1e9], "width": 3, "height": 0}}
    image = mt.Image(
        pixels,
        masks={EVIL: {"mask_data": np.full(pixels.shape[:2], 40_000)}},
        boxes={"b": {"box_data": [far]}},
        points={"p": {"point_data": [[0.5, 0.5], [float("nan"), 1.0]]}},
        lines={"l": {"line_data": [[[0, 0], [1, 1]], [[0.5, 0.5]]]}},
    )
    found = shown(image)

    assert [tag for tag, _ in found.tags].count("img") == 1
    assert "script" not in {name for name, _ in found.tags}


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        (mt.Audio(np.zeros(80, np.int16), sample_rate=8000), "audio"),
        (mt.Histogram([1.0, 2.0, 2.0]), "svg"),
        (mt.Text("words"), "pre"),
        (mt.Markdown("# words"), "pre"),
        (mt.Array(np.zeros(3)), "figcaption"),
        (mt.Histogram([]), "svg"),
    ],
)
def test_every_type_has_a_form_without_a_script(value: Any, tag: str) -> None:
    found = shown(value)

    assert tag in {name for name, _ in found.tags}
    assert "script" not in {name for name, _ in found.tags}
    assert repr(value) in found.text


@pytest.mark.parametrize(
    "value",
    [mt.Image(np.zeros((2, 2)), caption=EVIL), mt.Text(EVIL), mt.Html(EVIL)],
)
def test_words_of_a_value_stay_words(value: Any) -> None:
    found = shown(value)

    assert not {"script"} & {name for name, _ in found.tags}
    assert not any("onerror" in attributes for _, attributes in found.tags)
    assert "alert(1)" in found.text


def test_a_run_shows_its_settings_and_last_pictures(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, config={EVIL: EVIL, "lr": 0.5}) as run:
        for step in range(3):
            pictures = [
                mt.Image(np.zeros((2, 2)), caption=f"{step} {i}") for i in (0, 1)
            ]
            run.log({"loss": 0.25, "x": pictures})
    found = shown(mt.open_run(run.dir))

    assert [tag for tag, _ in found.tags].count("img") == 2
    assert all(word in found.text for word in ("finished", "config.lr", "0.25", "2 1"))
    assert "script" not in {name for name, _ in found.tags}
