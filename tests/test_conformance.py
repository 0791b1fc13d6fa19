"""Every media type has all its places and keeps every promise."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from hypothesis import find
from matplotlib.figure import Figure

import mediatypes
from mediatypes import testing
from mediatypes.media import MEDIA_TYPES, Audio, Histogram, Image, Plot
from mediatypes.viewer import page

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

ROOT: Final = Path(__file__).parents[1]
PLACES: Final = (
    "mediatypes/media/{}.py",
    "tests/media/test_{}.py",
    "docs/reference/media/{}.md",
    "tests/fixtures/{}",
)


class TestImage(testing.MediaTests):
    media_type = Image

    def values(self) -> SearchStrategy[Any]:
        return testing.image()

    def source(self) -> Any:
        return np.linspace(-1, 2, 60).reshape(4, 5, 3)


class TestAudio(testing.MediaTests):
    media_type = Audio

    def values(self) -> SearchStrategy[Any]:
        return testing.audio()

    def source(self) -> Any:
        return Audio(np.array([0.0, np.nan, -0.5]), 8_000)


class TestHistogram(testing.MediaTests):
    media_type = Histogram

    def values(self) -> SearchStrategy[Any]:
        return testing.histogram()

    def source(self) -> Any:
        return np.array([1.0, np.nan, -np.inf, 2.0])


class TestPlot(testing.MediaTests):
    media_type = Plot

    def values(self) -> SearchStrategy[Any]:
        return testing.plot()

    def source(self) -> Any:
        figure = Figure(figsize=(1, 1), dpi=50)
        figure.add_subplot().plot([1, 2])
        return figure

    def state_of(self, source: Any) -> object:
        size = tuple(source.get_size_inches())
        return size, source.dpi, source.stale, source.canvas, source.get_facecolor()


SUITES: Final = (TestAudio, TestHistogram, TestImage, TestPlot)


def suites_beside_its_tests(kind: str) -> list[type[testing.MediaTests]]:
    """Return the suites that the tests of a type bring along."""
    members = vars(importlib.import_module(f"tests.media.test_{kind}")).values()
    classes = [value for value in members if isinstance(value, type)]
    return [suite for suite in classes if issubclass(suite, testing.MediaTests)]


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_every_type_is_put_through_the_suite(kind: str) -> None:
    suites = [*SUITES, *suites_beside_its_tests(kind)]
    types = {getattr(suite, "media_type", None) for suite in suites}

    assert MEDIA_TYPES[kind] in types


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_type_is_listed_by_its_own_kind(kind: str) -> None:
    assert MEDIA_TYPES[kind].kind == kind


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_type_has_each_of_its_places(kind: str, place: str) -> None:
    path = ROOT / place.format(kind)

    assert path.is_file() or any(path.iterdir())


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_type_is_at_the_front_door(kind: str) -> None:
    name = MEDIA_TYPES[kind].__name__

    assert getattr(mediatypes, name) is MEDIA_TYPES[kind]
    assert name in mediatypes.__all__


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_type_has_a_strategy_of_its_values(kind: str) -> None:
    found = testing.values_of(MEDIA_TYPES[kind])

    find(found, lambda value: type(value) is MEDIA_TYPES[kind])


def test_the_list_of_types_has_one_line_for_each() -> None:
    text = (ROOT / "mediatypes" / "media" / "kinds.py").read_text(encoding="utf-8")
    names = {kind: media_type.__name__ for kind, media_type in MEDIA_TYPES.items()}

    assert [
        line for line in text.splitlines() if line.startswith("from mediatypes")
    ] == [
        f"from mediatypes.media.{kind} import {name} as {name}"
        for kind, name in sorted(names.items())
    ]


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_type_has_a_component_of_the_dashboard(kind: str) -> None:
    assert kind in page.components()
