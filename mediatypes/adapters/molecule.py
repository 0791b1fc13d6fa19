"""Files of molecules, and small pictures of them."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core import projection
from mediatypes._core.elements import colour_of, radius_of
from mediatypes._core.optional import type_name
from mediatypes.adapters import files
from mediatypes.errors import DecodeError, OptionError, UnsupportedInputError
from mediatypes.formats import molecule
from mediatypes.formats.sniff import Format

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mediatypes.formats.molecule import Atoms

__all__ = ["FORMATS", "atoms_json", "form_of", "parse_file", "read", "view"]

FORMATS: Final = {
    name: Format(name, name, mime)
    for name, mime in (
        ("pdb", "chemical/x-pdb"),
        ("pqr", "chemical/x-pqr"),
        ("mol", "chemical/x-mdl-molfile"),
        ("sdf", "chemical/x-mdl-sdfile"),
        ("mol2", "chemical/x-mol2"),
        ("cif", "chemical/x-cif"),
        ("xyz", "chemical/x-xyz"),
        ("gro", "chemical/x-gromacs"),
    )
}
"""Formats of files, by their extension."""
_ALIASES: Final = {"sd": "sdf", "mcif": "cif", "mmcif": "cif", "ent": "pdb"}
_MAX_BYTES: Final = 64 << 20
"""A larger file would take the loop seconds to read."""
_BALL: Final = 0.45
"""Radius that is drawn, in covalent radii."""
_LEAST_POINTS: Final = 24
_SMILES: Final = "Pass Molecule.from_smiles(text) for SMILES."


def read(data: object) -> files.Content:
    """Return the content of a file: of a path, bytes, an open file, or its text.

    Raises
    ------
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.OptionError
        If it has more than 64 MiB.
    mediatypes.errors.UnsupportedInputError
        If it is none of them.
    """
    content = files.Content(b"", "")
    if isinstance(data, str) and "\n" in data:
        content = files.Content(data.encode("utf-8", "replace"), "text")
    elif hasattr(data, "read"):
        found = files.read_text(data, "Molecule")
        content = content if found is None else found[0]
    else:
        is_name = isinstance(data, str) and not PurePath(data).suffix
        kept = files.read(data, "Molecule", _SMILES if is_name else "")
        if kept is None:
            raise UnsupportedInputError(
                "Molecule",
                "data",
                expected="a path, bytes, an open file or a molecule of RDKit",
                received=type_name(data),
                hint=_SMILES,
            )
        content = kept
    if len(content.data) > _MAX_BYTES:
        raise OptionError(
            "Molecule",
            "data",
            expected=f"at most {_MAX_BYTES:,} bytes",
            received=f"{len(content.data):,} bytes",
            source=content.source,
            hint="Log it as File(path).",
        )
    return content


def form_of(data: object, wanted: str | None) -> str:
    """Return the format of a file, as asked for or by its name.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is not known.
    """
    name: Any = getattr(data, "name", data)
    is_path = isinstance(name, str) and "\n" not in name
    if not is_path and hasattr(name, "__fspath__"):
        name, is_path = str(name), True
    ending = PurePath(name).suffix[1:] if is_path else ""
    form = (ending if wanted is None else wanted).lower().removeprefix(".")
    form = _ALIASES.get(form, form)
    if form in FORMATS:
        return form
    raise OptionError(
        "Molecule",
        "file_type",
        expected=f"one of {', '.join(map(repr, [*FORMATS, *_ALIASES]))}",
        received=repr(form) if form else "none",
        hint=_SMILES if form in {"", "smi", "smiles"} else "",
    )


def parse_file(content: files.Content, form: str) -> Atoms:
    """Return the atoms of a file.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is not of the format.
    """
    try:
        return molecule.decode(content.data, form)
    except DecodeError as error:
        expected = f"a {form.upper()} file with atoms"
        raise files.undecodable("Molecule", expected, content.source, error) from error


def atoms_json(atoms: Atoms) -> bytes:
    """Return atoms as the JSON that the dashboard reads; what is not finite is null."""
    places = [place if all(map(isfinite, place)) else None for place in atoms.places]
    members = {"elements": atoms.symbols, "places": places, "bonds": atoms.bonds}
    return json.dumps(members, allow_nan=False, separators=(",", ":")).encode()


def view(atoms: Atoms) -> NDArray[np.float64]:
    """Return points on the balls of atoms, shaded, for a small picture."""
    count = len(atoms.symbols)
    step = max(1, count * _LEAST_POINTS // projection.MOST_POINTS)
    symbols = atoms.symbols[::step]
    places = np.array(atoms.places[::step])
    each = max(_LEAST_POINTS, projection.MOST_POINTS // len(symbols))
    around = _sphere(each)
    light = 0.45 + 0.55 * np.maximum(around @ projection.LIGHT, 0)
    radii = np.array([radius_of(symbol) * _BALL for symbol in symbols])
    colours = np.array([colour_of(symbol) for symbol in symbols], np.float64)
    points = places[:, np.newaxis] + radii[:, np.newaxis, np.newaxis] * around
    shades = colours[:, np.newaxis] * light[:, np.newaxis]
    found: NDArray[np.float64] = np.concatenate([points, shades], axis=2)
    return found.reshape(-1, 6)


def _sphere(count: int) -> NDArray[np.float64]:
    """Return points that are spread evenly on a ball: a spiral of golden angles."""
    number = np.arange(count) + 0.5
    z = 1 - 2 * number / count
    turn = number * np.pi * (1 + 5**0.5)
    flat = np.sqrt(1 - z * z)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
