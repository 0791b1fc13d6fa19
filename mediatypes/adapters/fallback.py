"""What to leave out of a figure that cannot be drawn, one thing after another."""

from __future__ import annotations

import io
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.text import Text

from mediatypes._core.arrays import read_only
from mediatypes.adapters.surroundings import settings
from mediatypes.errors import EncodeError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

__all__ = ["draw_as_far_as_possible", "inmost_first", "pixels_of", "reason"]

_WITHOUT: Final = "TeX, layout engine and bounding box"


class _Sink(io.RawIOBase):
    """Takes the one buffer that matplotlib's raw output writes, with its shape."""

    pixels: NDArray[np.uint8] | None = None

    def write(self, buffer: Any) -> int:
        self.pixels = read_only(np.array(buffer, dtype=np.uint8))
        return self.pixels.nbytes


def pixels_of(save: Any, options: dict[str, Any]) -> NDArray[np.uint8]:
    """Return what ``savefig`` or its like draws, as RGBA."""
    sink = _Sink()
    save(sink, format="rgba", backend="agg", **options)
    if sink.pixels is None:
        msg = "the figure drew nothing"
        raise EncodeError(msg)
    return sink.pixels


def draw_as_far_as_possible(
    figure: Any, options: dict[str, Any]
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Return the pixels of `figure`, and what had to be left out and why.

    Raises
    ------
    mediatypes.errors.EncodeError
        If nothing of it can be drawn.
    """
    reasons: list[str] = []
    try:
        return pixels_of(figure.savefig, options), ()
    except Exception as error:  # noqa: BLE001 - any artist may raise anything
        reasons.append(f"the figure's own drawing failed: {reason(error)}")
    plain = {name: value for name, value in options.items() if name == "dpi"}
    with _plainly(figure) as raw:
        reasons += [f"{text!r} is drawn as it is written" for text in raw]
        try:
            pixels = pixels_of(figure.savefig, plain)
        except Exception as error:  # noqa: BLE001 - as above
            reasons.append(f"without {_WITHOUT}: {reason(error)}")
        else:
            return pixels, (*reasons, f"drawn without {_WITHOUT}")
        with _without_failing(figure) as hidden:
            try:
                pixels = pixels_of(figure.savefig, plain)
            except Exception as error:
                msg = f"Plot: the figure cannot be drawn: {'; '.join(reasons)}"
                raise EncodeError(msg) from error
            return pixels, (*reasons, f"drawn without {', '.join(hidden)}")


def reason(error: Exception) -> str:
    """Return what an exception says, in one line."""
    text = str(error).strip().split("\n", 1)[0]
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


@contextmanager
def _plainly(figure: Any) -> Generator[list[str]]:
    """Draw without TeX, without a layout engine and without cutting to a box.

    Yield the texts whose formulas are none, which are drawn as they are written.
    """
    renderer, raw = _renderer(figure), list[str]()
    with ExitStack() as stack:
        stack.enter_context(settings({"text.usetex": False, "savefig.bbox": None}))
        for text in [x for x in inmost_first(figure) if isinstance(x, Text)]:
            stack.callback(text.set_usetex, text.get_usetex())
            text.set_usetex(False)
            if not _is_set(text, renderer):
                stack.callback(text.set_parse_math, text.get_parse_math())
                text.set_parse_math(False)
                raw.append(text.get_text()[:60])
        figure.set_layout_engine("none")
        yield raw


def _renderer(figure: Any) -> Any:
    from matplotlib.backends import backend_agg

    agg: Any = backend_agg  # which has no annotations
    width, height = figure.bbox.size
    return agg.RendererAgg(max(1, int(width)), max(1, int(height)), figure.dpi)


def _is_set(text: Any, renderer: Any) -> bool:
    """Whether the formulas of `text`, if it has any, can be set."""
    try:
        text.get_window_extent(renderer)
    except Exception:  # noqa: BLE001 - whatever it is, it is tried without formulas
        return False
    return True


@contextmanager
def _without_failing(figure: Any) -> Generator[list[str]]:
    """Draw nothing for every artist whose own drawing raises."""
    renderer, names = _renderer(figure), list[str]()
    with ExitStack() as stack:
        for artist in inmost_first(figure):
            try:
                artist.draw(renderer)
            except Exception as error:  # noqa: BLE001 - this is how it is found
                # Both: not every artist asks whether it is seen, and what is not seen
                # is not measured either.
                fields: dict[str, Any] = getattr(artist, "__dict__", {})
                stack.callback(_restore, fields, dict(fields))
                fields.update(draw=_draw_nothing, _visible=False)
                names.append(f"{type(artist).__name__} ({reason(error)})")
        yield names


def _draw_nothing(renderer: object) -> None:
    del renderer


def _restore(fields: dict[str, Any], before: dict[str, Any]) -> None:
    """Set what `_without_failing` has changed to what it was."""
    for name in ("draw", "_visible"):
        fields.pop(name, None)
        if name in before:
            fields[name] = before[name]


def inmost_first(artist: Any) -> Iterator[Any]:
    """Yield everything inside `artist`, parts before what they are part of."""
    try:
        children: list[Any] = artist.get_children()
    except Exception:  # noqa: BLE001 - an axis makes its ticks then; it fails later too
        children = []
    for child in children:
        yield from inmost_first(child)
        yield child
