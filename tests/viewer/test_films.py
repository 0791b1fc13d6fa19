"""Films that were logged play in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

import mediatypes as mt
from tests.viewer.test_browser import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site

PLAY: Final = """async s => {
  const film = document.querySelector(s);
  const meet = name =>
    new Promise(done => film.addEventListener(name, done, {once: true}));
  film.loop = false;
  film.muted = true;
  await film.play();
  await new Promise(done => {
    const look = () => film.currentTime > 0.2 ? done() : requestAnimationFrame(look);
    look(); });
  film.pause();
  const moved = film.currentTime;
  const seen = [];
  const canvas = new OffscreenCanvas(film.videoWidth, film.videoHeight);
  const pen = canvas.getContext('2d');
  for (const at of [0.05, 0.55, 0.95]) {
    const there = meet('seeked');
    film.currentTime = at;
    await there;
    pen.drawImage(film, 0, 0);
    seen.push([...pen.getImageData(24, 16, 1, 1).data.slice(0, 3)]);
  }
  return {moved, seen, width: film.videoWidth, height: film.videoHeight,
    seconds: film.duration, error: film.error?.message ?? null}; }"""


def colours() -> Any:
    """Ten frames of 0.1 s: five are red, then five are blue."""
    frames = np.zeros((10, 3, 32, 48), np.uint8)
    frames[:5, 0] = frames[5:, 2] = 220
    return frames


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_a_film_plays_and_shows_the_frame_of_its_time(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any, form: str
) -> None:
    with mt.init(dir=tmp_path) as run:
        run.log({"x": mt.Video(colours(), fps=10, file_type=form)})
    page = look(serve(tmp_path), "workspace")
    panel = show(page, "x")
    page.wait_for_selector(f"{panel} video")

    found = page.evaluate(PLAY, f"{panel} video")
    assert found["error"] is None
    assert found["moved"] > 0.2
    assert (found["width"], found["height"]) == (48, 32)
    assert found["seconds"] == pytest.approx(1.0, abs=0.05)
    wanted = [[220, 0, 0], [0, 0, 220], [0, 0, 220]]
    np.testing.assert_allclose(found["seen"], wanted, atol=12)  # yuv420p and its coding
