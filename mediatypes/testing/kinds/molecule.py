"""Strategies of molecules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mediatypes._core.elements import SYMBOLS
from mediatypes.media import Molecule
from mediatypes.testing.strategies import words

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

__all__ = ["molecule"]


@st.composite
def molecule(draw: DrawFn) -> Molecule:
    """Return atoms anywhere, also at places that are not finite, as XYZ or MOL."""
    place = st.floats(-99, 99).map(lambda x: round(x, 4))
    odd = st.sampled_from([float("nan"), float("inf")])
    atom = st.tuples(st.sampled_from(SYMBOLS), *[place | odd] * 3)
    atoms = draw(st.lists(atom, min_size=1, max_size=5))
    as_mol = draw(st.booleans())
    text = _mol(atoms) if as_mol else _xyz(atoms)
    return Molecule(text, file_type="mol" if as_mol else "xyz", **draw(words()))


def _xyz(atoms: list[Any]) -> str:
    lines = [f"{symbol} {x} {y} {z}" for symbol, x, y, z in atoms]
    return "\n".join([str(len(atoms)), "", *lines, ""])


def _mol(atoms: list[Any]) -> str:
    lines = [f"{x:10.4f}{y:10.4f}{z:10.4f} {symbol:3}" for symbol, x, y, z in atoms]
    bonds = [f"{i:3d}{i + 1:3d}  1" for i in range(1, len(atoms))]
    head = f"{len(atoms):3d}{len(bonds):3d}  0  0  0  0  0  0  0  0999 V2000"
    return "\n".join(["", "", "", head, *lines, *bonds, "M  END", ""])
