"""Many pictures at once: as a list, or side by side as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self, cast

from msgspec import structs

from mediatypes._core.arrays import is_sequence
from mediatypes._core.spill import GROUPS
from mediatypes._core.tiles import tile
from mediatypes.adapters import as_items
from mediatypes.errors import OptionError, ShapeError
from mediatypes.media.annotations import Annotated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatypes.schema import Source
    from mediatypes.typing import ArrayLike

__all__ = ["Batched"]

_OF_THE_WHOLE: Final = {"file_type", "grouping", "id", "lossless", "meta", "quality"}
"""Options of a grid, not of its tiles."""


class Batched(Annotated):
    """A picture that can be made many at once."""

    @classmethod
    def batch(
        cls,
        data: ArrayLike | object,
        captions: Sequence[str | None] | None = None,
        **options: Any,
    ) -> list[Self]:
        """Return one picture for each item along the first axis.

        Parameters
        ----------
        data
            Shape (items, height, width) or (items, height, width, channels), or a
            sequence of pictures.
        captions
            As many as there are items.
        options
            As for `Image`, the same for all items, `classes` too. `masks`, `boxes`,
            `points` and `lines` are lists of one mapping, or None, for each item.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are not 3 or 4 axes, or another number of captions or annotations.

        Examples
        --------
        >>> import numpy as np
        >>> from mediatypes import Image
        >>> Image.batch(np.zeros((2, 4, 4, 3), np.uint8), captions=["a", "b"])[1]
        Image(4 × 4, 3 channels, uint8, caption='b')
        """
        items, channels_first = as_items(data, media="Image.batch", field="data")
        if channels_first:
            options.setdefault("layout", "CHW")
        texts = [None] * len(items) if captions is None else list(captions)
        if isinstance(captions, str) or len(texts) != len(items):
            raise ShapeError(
                "Image.batch",
                "captions",
                expected=f"as many as there are items, {len(items)}",
                received="one text" if isinstance(captions, str) else str(len(texts)),
            )
        make, own = cast("Any", cls), _for_items(options, len(items))
        return [
            make(item, caption=text, **options, **further)
            for item, text, further in zip(items, texts, own, strict=True)
        ]

    @classmethod
    def grid(
        cls,
        data: ArrayLike | object,
        columns: int = 8,
        caption: str | None = None,
        *,
        padding: int = 2,
        **options: Any,
    ) -> Self:
        """Return all items along the first axis as one picture, row by row.

        Parameters
        ----------
        data
            As for `batch`; all items of one size, depth and number of channels.
        columns
            Items side by side, 1 or more.
        caption
            Text shown with the picture.
        padding
            Black pixels between items.
        options
            As for `Image`, without annotations: they would fit the tiles, not the
            whole, which ``Image(Image.grid(x), boxes=…)`` annotates.

        Raises
        ------
        mediatypes.errors.OptionError
            If there are annotations that would be lost.

        Examples
        --------
        >>> import numpy as np
        >>> from mediatypes import Image
        >>> Image.grid(np.zeros((5, 4, 4, 3), np.uint8), columns=3)
        Image(10 × 16, 3 channels, uint8)
        """
        kept = {name: options.pop(name) for name in _OF_THE_WHOLE & options.keys()}
        _check_grid(options)
        items: list[Any] = cls.batch(data, **options)
        _check_items(items)
        tiles = [item.pixels for item in items]
        whole = tile(tiles, columns=columns, padding=padding, media="Image.grid")
        made = cast("Any", cls)(whole, caption=caption, **kept)
        made._set(source=_with_odd(made.source, [item.source for item in items]))  # noqa: SLF001 - of its own type
        grid: Self = made
        return grid


def _with_odd(whole: Source, tiles: Sequence[Source]) -> Source:
    """Return the source of a grid with what was odd about its tiles."""
    if not any(tile.is_odd for tile in tiles):
        return whole
    reasons = [reason for source in (whole, *tiles) for reason in source.reasons]
    return structs.replace(
        whole,
        rule="tiles",
        range=tiles[0].range,
        clipped=whole.clipped + sum(tile.clipped for tile in tiles),
        nonfinite=whole.nonfinite + sum(tile.nonfinite for tile in tiles),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _for_items(options: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Take annotations out of `options` of a batch and return those of each item."""
    given = {name: options.pop(name) for name in GROUPS if name in options}
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    for group, value in given.items():
        is_shared = value is None or group == "classes"
        values = [value] * count if is_shared else value
        if not is_sequence(values) or len(values) != count:
            received = "one for all" if not is_sequence(values) else str(len(values))
            raise ShapeError(
                "Image.batch",
                group,
                expected=f"a list of one mapping for each item, {count}",
                received=received,
            )
        for item, own in zip(found, values, strict=True):
            item[group] = own
    return found


def _check_grid(options: dict[str, Any]) -> None:
    for name in GROUPS:
        if options.get(name) is not None:
            raise OptionError(
                "Image.grid",
                name,
                expected="left out for a grid",
                received="annotations of single pictures",
                hint=f"Pass Image(Image.grid(x), {name}=…) for those of the whole.",
            )


def _check_items(items: Sequence[Annotated]) -> None:
    if any(item.is_annotated for item in items):
        raise OptionError(
            "Image.grid",
            "data",
            expected="pictures without annotations, which would be lost",
            received="some with annotations",
            hint="Pass Image.grid([x.pixels for x in images]).",
        )
