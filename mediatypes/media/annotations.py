"""What is drawn on a picture when it is looked at, and never burned into it.

Small annotations lie in ``meta`` of the record, masks in files of their own. What
would make the line of the record long lies in a file too, which equal ones share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import msgspec
import numpy as np
from msgspec import structs

from mediatypes._core import notebook
from mediatypes._core.arrays import is_mapping, read_only
from mediatypes._core.boxes import NEAR, boxes_of, is_far, parse_boxes
from mediatypes._core.classes import Classes
from mediatypes._core.labels import (
    labels_of,
    parse_classes,
    parse_domain,
    parse_labels,
    parse_members,
    parse_sets,
    parse_texts,
    refuse,
)
from mediatypes._core.spill import GROUPS, restored, spilled
from mediatypes._core.text import mend
from mediatypes._core.words import HALVES
from mediatypes.adapters import annotation
from mediatypes.errors import InvalidMediaError, ManifestError
from mediatypes.media.base import NO_PARTS, FileMedia, png_place
from mediatypes.schema import DraftFile, Encoded, Snapshot
from mediatypes.schema.values import escape_key, unescape_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.schema import Media as MediaRecord

__all__ = ["Annotated"]

_MASKS: Final = "masks/"
"""What the names of the parts that are masks begin with."""
_FAR: Final = (
    'boxes, points or lines are far outside the picture; pass "domain": "pixel" '
    "where they are pixels"
)
_MISSING: Final = "coordinates of points were NaN or infinite and are stored as null"
_MASKED: Final = "ids of a mask were masked and are stored as 0"
_MISFITS: Final = (
    *(AttributeError, LookupError, TypeError, ValueError, ArithmeticError),
    RecursionError,
)
"""What a record with wrong members raises."""
_AS_GIVEN: Final = ("classes", "boxes", "points", "lines")
"""What a record holds whole, so that it can be checked like an argument."""


_MOST_DRAWN: Final = 4_000_000
"""Pixels of a picture that a notebook shows with its annotations drawn in it."""
_ALL_GROUPS: Final = frozenset(GROUPS)


class _Checked(NamedTuple):
    """Annotations as they are stored."""

    facts: dict[str, Any]
    parts: dict[str, NDArray[Any] | bytes]
    reasons: tuple[str, ...]


class Annotated(FileMedia):
    """A picture with masks, boxes, points and lines, none of which is drawn in it."""

    if TYPE_CHECKING:

        @property
        def pixels(self) -> NDArray[Any]:
            """Of the picture."""
            ...

    @property
    def width(self) -> int:
        """Pixels from left to right, upright."""
        return int(self._facts["width"])

    @property
    def height(self) -> int:
        """Pixels from top to bottom, upright."""
        return int(self._facts["height"])

    @property
    def channels(self) -> int:
        """1 for grey, 2 for grey and alpha, 3 for RGB, 4 for RGBA."""
        return int(self._facts["channels"])

    @property
    def classes(self) -> Classes | None:
        """Names of ids that hold for all masks and boxes, if they were given."""
        stored = self._facts.get("classes")
        return None if stored is None else Classes(labels_of(stored))

    @property
    def masks(self) -> dict[str, dict[str, Any]]:
        """Masks by name: ``mask_data``, (height, width) as logged, ``class_labels``."""
        return {
            name: {
                "mask_data": self._ids(name, stored["dtype"]),
                "class_labels": self._labels(stored),
            }
            for name, stored in self._sets("masks").items()
        }

    @property
    def boxes(self) -> dict[str, dict[str, Any]]:
        """Boxes by name: ``box_data``, as given, and ``class_labels``."""
        return {
            name: {
                "box_data": boxes_of(stored["box_data"]),
                "class_labels": self._labels(stored),
            }
            for name, stored in self._sets("boxes").items()
        }

    @property
    def points(self) -> dict[str, dict[str, Any]]:
        """Points by name: ``point_data``, float64 of shape (points, 2), and words."""
        return {
            name: stored | {"point_data": _coordinates(stored["point_data"])}
            for name, stored in self._sets("points").items()
        }

    @property
    def lines(self) -> dict[str, dict[str, Any]]:
        """Lines by name: ``line_data``, arrays as those of `points`, and words."""
        return {
            name: stored | {"line_data": [*map(_coordinates, stored["line_data"])]}
            for name, stored in self._sets("lines").items()
        }

    def _sets(self, group: str) -> dict[str, dict[str, Any]]:
        stored = self._facts.get(group, {})
        return {unescape_key(name): item for name, item in stored.items()}

    def _labels(self, stored: dict[str, Any]) -> dict[int, str]:
        own: dict[str, str] | None = stored.get("class_labels")
        return labels_of(self._facts.get("classes", {}) if own is None else own)

    def _ids(self, name: str, dtype: str) -> NDArray[Any]:
        part = self._parts[f"{_MASKS}{name}"]
        if isinstance(part, bytes):
            return annotation.decode_ids(part, self._size, dtype)
        return part if part.dtype == dtype else read_only(part.astype(dtype))

    @property
    def _size(self) -> tuple[int, int]:
        return int(self._facts["height"]), int(self._facts["width"])

    @property
    def is_annotated(self) -> bool:
        """Whether there are classes, masks, boxes, points or lines."""
        return not _ALL_GROUPS.isdisjoint(self._facts)

    def _annotate(self, *values: object) -> None:
        """Add annotations, in the order of `GROUPS`; None leaves a kind as it is."""
        given: dict[str, Any] = dict(zip(GROUPS, values, strict=True))
        found = _checked(given, self._size, self._facts.get("classes", {}))
        facts = {k: v for k, v in self._facts.items() if given.get(k) is None}
        parts = self._parts if given["masks"] is None else NO_PARTS
        reasons = dict.fromkeys(self.source.reasons + found.reasons)
        self._set(
            _facts=facts | found.facts,
            _parts={**parts, **found.parts},
            source=structs.replace(self.source, reasons=tuple(reasons)),
        )

    def _repr_html_(self) -> str:
        if not self.is_annotated or self.width * self.height > _MOST_DRAWN:
            return super()._repr_html_()
        from mediatypes.adapters import overlay

        groups = self.masks, self.boxes, self.points, self.lines
        data = overlay.drawn(self.pixels, *groups)
        shown = Encoded(self.kind, "png", "image/png", data)
        return notebook.of_file(shown, self.caption, repr(self))

    def draft(self) -> Snapshot:
        """Return the files that are stored, before they are encoded."""
        snapshot = super().draft()
        if not self.is_annotated:
            return snapshot
        draft, buffers, _ = snapshot
        meta, files = dict(draft.meta), list(draft.files)
        for long in spilled(meta):
            files.append(DraftFile(long.kind, long.extension, long.mime, long.name))
            buffers.append(long.data)
        return Snapshot(structs.replace(draft, meta=meta, files=tuple(files)), buffers)

    def _place(self, name: str, part: NDArray[Any] | bytes) -> DraftFile:
        return png_place(name, part, "mask", "picture")

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its files, masks among them.

        Raises
        ------
        mediatypes.errors.ManifestError
            If the record says of its annotations what cannot be.
        """
        self = super().decode(record, data, parts)
        if not parts and not self.is_annotated:
            return self
        try:
            self._restore(parts)
        except ManifestError:
            raise
        except (InvalidMediaError, *_MISFITS) as error:
            msg = f"The annotations of {record.path} cannot be understood: {error!r}."
            raise ManifestError(msg) from error
        return self

    def _restore(self, parts: Mapping[str, bytes]) -> None:
        """Take over what a record says, as far as it could have been given."""
        bare = {k: v for k, v in self._facts.items() if k not in GROUPS}
        stored = restored(self._facts, parts)
        self._set(_facts=bare | stored)
        given: dict[str, Any] = {name: getattr(self, name) for name in _AS_GIVEN}
        facts = _checked(given, self._size, {}).facts
        masks = parse_sets("masks", stored.get("masks", {}))
        if masks:
            facts["masks"] = {name: _mask_facts(masks[name]) for name in masks}
        names = [f"{_MASKS}{unescape_key(name)}" for name in masks]
        self._set(_facts=bare | facts, _parts={name: parts[name] for name in names})

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        if same is not True or not isinstance(other, Annotated):
            return same
        mine, its = self._facts, other._facts
        if any(mine.get(group) != its.get(group) for group in GROUPS):
            return False
        if not self._parts:
            return True
        masks = other.masks
        return all(
            np.array_equal(mask["mask_data"], masks[name]["mask_data"])
            for name, mask in self.masks.items()
        )

    __hash__ = None


def _checked(
    given: dict[str, Any], size: tuple[int, int], classes: dict[str, str]
) -> _Checked:
    """Return annotations as they are stored, each checked completely."""
    facts: dict[str, Any] = {}
    parts: dict[str, NDArray[Any] | bytes] = {}
    reasons: list[str] = []
    if given.get("classes") is not None:
        classes = parse_classes("classes", given["classes"])
        facts |= {"classes": classes} if classes else {}
    for group, parse in _PARSERS.items():
        for name, value in parse_sets(group, given.get(group) or {}).items():
            found, odd = parse(f"{group}[{name!r}]", value)
            reasons += odd
            _drop_shared(found, classes)
            facts.setdefault(group, {})[escape_key(name)] = found
    for name, value in parse_sets("masks", given.get("masks") or {}).items():
        ids, found = _parse_mask(f"masks[{name!r}]", value, size)
        reasons += [_MASKED] * ids.masked
        _drop_shared(found, classes)
        parts[f"{_MASKS}{name}"] = ids.values
        facts.setdefault("masks", {})[escape_key(name)] = found
    try:
        msgspec.json.encode(facts)
    except UnicodeEncodeError:
        facts, reasons = mend(facts)[0], [*reasons, HALVES]
    return _Checked(facts, parts, tuple(reasons))


def _drop_shared(found: dict[str, Any], classes: dict[str, str]) -> None:
    """Leave out labels that are those of the picture."""
    if classes and found.get("class_labels") == classes:
        del found["class_labels"]


def _labels_in(field: str, given: Mapping[str, Any]) -> dict[str, Any]:
    labels = given.get("class_labels")
    found = {} if labels is None else parse_labels(f"{field}['class_labels']", labels)
    return {"class_labels": found} if found else {}


def _parse_mask(
    field: str, value: object, size: tuple[int, int]
) -> tuple[annotation.Ids, dict[str, Any]]:
    is_file = is_mapping(value) and value.get("path") is not None
    needed = "path" if is_file else "mask_data"
    given = parse_members(field, value, (needed,), ("class_labels",))
    read = annotation.ids_of if is_file else annotation.read_ids
    ids = read(f"{field}['{needed}']", given[needed], size)
    return ids, {"dtype": ids.dtype} | _labels_in(field, given)


def _mask_facts(stored: Any) -> dict[str, Any]:
    """Return what a record says of a mask, checked."""
    given = parse_members("mask", stored, ("dtype",), ("class_labels",))
    labels = {"class_labels": labels_of(given.get("class_labels", {}))}
    if given["dtype"] not in annotation.DTYPES:
        refuse("mask['dtype']", "a type of ids", repr(given["dtype"]))
    return {"dtype": given["dtype"]} | _labels_in("mask", labels)


def _parse_boxes(field: str, value: object) -> tuple[dict[str, Any], list[str]]:
    given = parse_members(field, value, ("box_data",), ("class_labels",))
    boxes = parse_boxes(f"{field}['box_data']", given["box_data"])
    found: dict[str, Any] = {"box_data": boxes}
    return found | _labels_in(field, given), [_FAR] * any(map(is_far, boxes))


def _parse_points(field: str, value: object) -> tuple[dict[str, Any], list[str]]:
    given = parse_members(field, value, ("point_data",), ("labels", "domain"))
    points = annotation.read_points(f"{field}['point_data']", given["point_data"])
    return _worded(field, given, "point_data", points.values, [points])


def _parse_lines(field: str, value: object) -> tuple[dict[str, Any], list[str]]:
    given = parse_members(field, value, ("line_data",), ("labels", "domain"))
    lines = annotation.read_lines(f"{field}['line_data']", given["line_data"])
    corners = [line.values for line in lines]
    return _worded(field, given, "line_data", corners, lines)


def _worded(
    field: str,
    given: Mapping[str, Any],
    name: str,
    values: list[Any],
    points: list[annotation.Points],
) -> tuple[dict[str, Any], list[str]]:
    """Return points or lines with their labels and domain, and what is odd."""
    found: dict[str, Any] = {name: values}
    if given.get("labels") is not None:
        where = f"{field}['labels']"
        found["labels"] = parse_texts(where, given["labels"], len(values))
    domain = parse_domain(f"{field}['domain']", given.get("domain"))
    if domain is not None:
        found["domain"] = domain
    low, high = NEAR
    far = domain is None and any(x.low < low or x.high > high for x in points)
    missing = any(x.missing for x in points)
    return found, [_FAR] * far + [_MISSING] * missing


_PARSERS: Final = {
    "boxes": _parse_boxes,
    "points": _parse_points,
    "lines": _parse_lines,
}


def _coordinates(values: list[list[float | None]]) -> NDArray[np.float64]:
    return read_only(np.array(values, np.float64).reshape(-1, 2))
