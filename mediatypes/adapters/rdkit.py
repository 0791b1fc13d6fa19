"""Molecules of RDKit, as files."""

from __future__ import annotations

from typing import Any, NamedTuple

from mediatypes._core.optional import require
from mediatypes.adapters.lookup import Adapter, is_of
from mediatypes.errors import EncodeError, OptionError

__all__ = ["Block", "is_molecule", "of_file", "of_molecule", "of_smiles"]

_MOLECULE = Adapter("rdkit.Chem", ("Mol",), "rdkit")
_SEED = 0xF00D
"""Of the places that a molecule without any gets: the same each time."""


class Block(NamedTuple):
    """A molecule as a file, and what it was."""

    data: bytes
    smiles: str
    reasons: tuple[str, ...] = ()


def is_molecule(value: object) -> bool:
    """Whether `value` is a molecule of RDKit."""
    return is_of(value, _MOLECULE)


def _chem(feature: str) -> Any:
    return require("rdkit.Chem", extra="molecule", feature=feature)


def of_molecule(molecule: Any, *, is_placed: bool = True, steps: int = 200) -> Block:
    """Return a molecule as an SDF file.

    Parameters
    ----------
    molecule
        Left as it is.
    is_placed
        Whether to add hydrogens and find places in space where it has none.
    steps
        Most steps in which they are improved, by the force field MMFF94.

    Raises
    ------
    mediatypes.errors.EncodeError
        If RDKit cannot write it.
    """
    chem = _chem("molecules of RDKit")
    copy, reasons = chem.Mol(molecule), tuple[str, ...]()
    has_places = copy.GetNumConformers() > 0 and copy.GetConformer().Is3D()
    try:
        smiles = chem.MolToSmiles(chem.RemoveHs(copy))
        if is_placed and not has_places:
            copy, reasons = _placed(chem, copy, steps)
        text = chem.MolToMolBlock(copy, kekulize=False)
    except (RuntimeError, ValueError) as error:
        msg = f"Molecule: RDKit cannot write it ({str(error).strip()[:120]})."
        raise EncodeError(msg) from error
    return Block(f"{text}$$$$\n".encode(), smiles, reasons)


def _placed(chem: Any, molecule: Any, steps: int) -> tuple[Any, tuple[str, ...]]:
    """Return a molecule with hydrogens and places, and what was odd."""
    all_chem = require(
        "rdkit.Chem.AllChem", extra="molecule", feature="places in space"
    )
    whole = chem.AddHs(molecule)
    if all_chem.EmbedMolecule(whole, randomSeed=_SEED) < 0:
        all_chem.Compute2DCoords(molecule)
        return molecule, ("RDKit found no places in space, so it is drawn flat",)
    if steps > 0 and all_chem.MMFFHasAllMoleculeParams(whole):
        all_chem.MMFFOptimizeMolecule(whole, maxIters=steps)
    return whole, ()


def of_smiles(text: str, *, sanitize: bool, is_placed: bool, steps: int) -> Block:
    """Return the molecule of a SMILES text as an SDF file.

    Raises
    ------
    mediatypes.errors.OptionError
        If the text is none.
    mediatypes.errors.MissingDependencyError
        If RDKit is not installed.
    """
    chem = _chem("SMILES")
    molecule = chem.MolFromSmiles(text, sanitize=sanitize)
    if molecule is None or not molecule.GetNumAtoms():
        raise OptionError(
            "Molecule", "data", expected="SMILES", received=f"{text[:60]!r}"
        )
    if not sanitize:
        molecule.UpdatePropertyCache(strict=False)
    return of_molecule(molecule, is_placed=is_placed, steps=steps)


def of_file(path: str) -> Any:
    """Return the molecule of a MOL or SDF file, None if it has none."""
    return _chem("MOL and SDF files").MolFromMolFile(path, removeHs=False)
