"""What became of an input, judged by the file that was stored, not by its maker."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from tests.benchmarks.peers.cases import Case, rgba
from tests.formats import reference_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Counts", "Verdict", "judge"]

_WIDE = 16


class Counts(NamedTuple):
    """A stored histogram."""

    counts: NDArray[Any]
    edges: NDArray[Any]


class Verdict(NamedTuple):
    """One cell of the table."""

    outcome: str
    """One of the words that `inputs.WORDS` explains."""

    detail: str


def judge(
    case: Case, stored: bytes | Counts | None, said: str, documented: str
) -> Verdict:
    """Compare what was `stored` without an exception with what `case` means.

    Parameters
    ----------
    case
        The input.
    stored
        A file, a histogram, or None if there is nothing.
    said
        Warnings and messages of the call, empty if there were none.
    documented
        Where the tool's documentation says so, what it says of such an input.
    """
    if stored is None:
        if said:
            return Verdict("refused", f"{said} (no exception)")
        return Verdict("silent", "nothing is stored")
    difference = _difference(case, stored)
    if not difference and not case.is_odd:
        return Verdict("exact", _form(stored))
    what = difference or "the odd values replaced"
    if said or documented:
        return Verdict("said", "; ".join(filter(None, [what, documented, said])))
    return Verdict("silent", what)


def _form(stored: bytes | Counts) -> str:
    if isinstance(stored, Counts):
        return f"{len(stored.counts)} bins"
    if stored[:4] in {b"RIFF", b"fLaC"}:
        import soundfile

        return str(soundfile.info(io.BytesIO(stored)).subtype)
    with Pillow.open(io.BytesIO(stored)) as picture:
        depth = f", {stored[24]} bits" if picture.format == "PNG" else ""
        return f"{picture.format}{depth}"


def _difference(case: Case, stored: bytes | Counts) -> str:
    """Return in which way `stored` is not what `case` means, empty if it is."""
    if isinstance(stored, Counts):
        return _other_counts(case.truth, stored)
    found = _seen(stored) if case.kind == "image" else _heard(stored)
    if found.shape != case.truth.shape:
        of = f"{case.truth.shape[:2]}"
        return f"{found.shape[:2]} instead of {of}"
    steps = np.abs(found - case.truth)
    steps[np.isnan(found) & ~np.isnan(case.truth)] = 1
    if not steps.size or np.max(steps) <= case.tolerance:
        return ""
    other = np.mean(steps > case.tolerance)
    colour = found[..., :3] if case.kind == "image" else found
    if np.ptp(colour) == 0:
        return "one level everywhere"
    return f"{other:.0%} of the values differ, by up to {np.max(steps):.3g}"


def _seen(data: bytes) -> NDArray[np.float64]:
    with Pillow.open(io.BytesIO(data)) as picture:
        is_png = picture.format == "PNG"
        if is_png and struct.unpack_from(">B", data, 24)[0] == _WIDE:
            return rgba(reference_png.read(data), 65_535)
        upright = ImageOps.exif_transpose(picture)
        return rgba(np.asarray(upright.convert("RGBA")), 255)


def _heard(data: bytes) -> NDArray[np.float64]:
    import soundfile

    samples, _ = soundfile.read(io.BytesIO(data), dtype="float64", always_2d=True)
    return np.asarray(samples, np.float64)


def _other_counts(values: NDArray[Any], stored: Counts) -> str:
    finite = values[np.isfinite(values)].astype(np.float64)
    total = float(np.sum(stored.counts))
    if total != finite.size:
        return f"{total:g} values counted of {finite.size}"
    edges = np.asarray(stored.edges, np.float64)
    filled = np.asarray(stored.counts) > 0
    if not np.isfinite(edges[edges.size - filled.size :][filled]).all():
        return "counts between edges that are no numbers"
    if finite.size and not (edges[0] <= finite.min() and finite.max() <= edges[-1]):
        return "edges that do not hold the values"
    return ""
