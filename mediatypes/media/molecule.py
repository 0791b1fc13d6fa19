"""Molecules."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

import numpy as np

from mediatypes._core.arrays import read_only
from mediatypes._core.elements import formula_of
from mediatypes._core.options import one_input
from mediatypes._core.words import check_caption, plural
from mediatypes.adapters import files, molecule, rdkit
from mediatypes.media.base import NO_PARTS, FileMedia, png_place
from mediatypes.schema import DraftFile, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.schema import Media as MediaRecord
    from mediatypes.typing import FileLike, PathLike

__all__ = ["Molecule"]

_PICTURE, _ATOMS = "picture", "atoms"
_STEPS: Final = 200


class Molecule(FileMedia):
    r"""A molecule, or several atoms.

    The bytes of a file are kept. Its atoms are read to be counted and drawn: those of
    the first molecule or model, where a file has more.

    Parameters
    ----------
    data
        One of:

        * a path, bytes, or an open file: PDB, PQR, MOL, SDF, MOL2, CIF, mmCIF, XYZ or
          GRO;
        * the text of such a file, of more than one line, with a `file_type`;
        * a molecule of RDKit, as `from_rdkit` takes it;
        * another `Molecule`.
    caption
        Text shown with it.
    file_type
        ``"pdb"``, ``"pqr"``, ``"mol"``, ``"sdf"``, ``"sd"``, ``"mol2"``, ``"cif"``,
        ``"mcif"``, ``"mmcif"``, ``"xyz"``, ``"ent"`` or ``"gro"``. By default as the
        name says.
    id
        Name of the sample shown, the same at every step.
    meta
        Further facts, as JSON can write them.
    data_or_path
        The same as `data`, by the name that people know.

    Raises
    ------
    mediatypes.errors.OptionError
        If the format is not known, or a file has more than 64 MiB.
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If a file has no atoms, or is not of its format.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that can be a molecule.

    Examples
    --------
    >>> water = "3\n\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n"
    >>> Molecule(water, file_type="xyz", caption="water")
    Molecule(3 atoms, H2O, xyz, caption='water')
    """

    kind: ClassVar[str] = "molecule"
    _needed: ClassVar[tuple[str, ...]] = ("atoms",)

    def __init__(
        self,
        data: PathLike | FileLike | bytes | object = ...,
        caption: str | None = None,
        file_type: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
        data_or_path: object = ...,
    ) -> None:
        data = one_input("Molecule", data, data_or_path)
        self._label(caption, id, meta, like=data)
        if isinstance(data, Molecule):
            self._hold_as(data)
        elif rdkit.is_molecule(data):
            self._take_block(rdkit.of_molecule(data))
        else:
            content = molecule.read(data)
            self._take(content, molecule.form_of(data, file_type))

    def _take(
        self,
        content: files.Content,
        form: str,
        facts: dict[str, Any] | None = None,
        reasons: tuple[str, ...] = (),
    ) -> None:
        atoms = molecule.parse_file(content, form)
        numbers = [number for place in atoms.places for number in place]
        odd = sum(not math.isfinite(number) for number in numbers)
        facts = {"atoms": len(atoms.symbols), **(facts or {})}
        facts["formula"] = formula_of(atoms.symbols)
        if atoms.bonds is not None:
            facts["bonds"] = len(atoms.bonds)
        source = Source(rule="bytes kept", nonfinite=odd, reasons=reasons)
        self._hold(molecule.FORMATS[form], facts, source, file=content.data)
        parts = {_PICTURE: molecule.view(atoms), _ATOMS: molecule.atoms_json(atoms)}
        self._set(_parts=parts)

    def _take_block(self, block: rdkit.Block) -> None:
        content = files.Content(block.data, "RDKit")
        self._take(content, "sdf", {"smiles": block.smiles}, block.reasons)

    @classmethod
    def from_smiles(  # noqa: PLR0913 - the call style people know
        cls,
        data: str,
        caption: str | None = None,
        sanitize: bool = True,  # noqa: FBT001, FBT002 - the call style people know
        convert_to_3d_and_optimize: bool = True,  # noqa: FBT001, FBT002 - as above
        mmff_optimize_molecule_max_iterations: int = _STEPS,
        *,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return the molecule of a SMILES text, stored as SDF.

        Parameters
        ----------
        data
            SMILES, such as ``"CCO"``.
        caption
            Text shown with it.
        sanitize
            Whether RDKit is to check valences and find aromatic rings.
        convert_to_3d_and_optimize
            Whether to add hydrogens and find places in space, the same each time.
        mmff_optimize_molecule_max_iterations
            Most steps in which these are improved.
        id
            Name of the sample shown, the same at every step.
        meta
            Further facts, as JSON can write them.

        Raises
        ------
        mediatypes.errors.OptionError
            If the text is no SMILES.
        mediatypes.errors.MissingDependencyError
            If RDKit is not installed: the extra ``molecule`` brings it.
        """
        block = rdkit.of_smiles(
            check_caption(data, "Molecule", "data") or "",
            sanitize=sanitize,
            is_placed=convert_to_3d_and_optimize,
            steps=mmff_optimize_molecule_max_iterations,
        )
        return cls._of_block(block, caption, id, meta)

    @classmethod
    def from_rdkit(
        cls,
        data_or_path: object,
        caption: str | None = None,
        convert_to_3d_and_optimize: bool = True,  # noqa: FBT001, FBT002 - the call style people know
        mmff_optimize_molecule_max_iterations: int = _STEPS,
        *,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a molecule of RDKit, stored as SDF, or a file.

        Parameters
        ----------
        data_or_path
            A molecule of RDKit, which is left as it is; or a file, whose bytes are
            kept, as for `Molecule`.
        caption
            Text shown with it.
        convert_to_3d_and_optimize
            Whether to add hydrogens and find places in space, the same each time, where
            the molecule has none.
        mmff_optimize_molecule_max_iterations
            Most steps in which these are improved.
        id
            Name of the sample shown, the same at every step.
        meta
            Further facts, as JSON can write them.

        Raises
        ------
        mediatypes.errors.EncodeError
            If RDKit cannot write it.
        """
        if not rdkit.is_molecule(data_or_path):
            return cls(data_or_path, caption, id=id, meta=meta)
        block = rdkit.of_molecule(
            data_or_path,
            is_placed=convert_to_3d_and_optimize,
            steps=mmff_optimize_molecule_max_iterations,
        )
        return cls._of_block(block, caption, id, meta)

    @classmethod
    def _of_block(cls, block: rdkit.Block, caption: object, *words: Any) -> Self:
        self = cls.__new__(cls)
        self._label(caption, *words)
        self._take_block(block)
        return self

    @property
    def atoms(self) -> int:
        """How many atoms there are."""
        return int(self._facts["atoms"])

    @property
    def formula(self) -> str:
        """Its formula in Hill's order, such as ``"C2H6O"``."""
        return str(self._facts.get("formula", ""))

    @property
    def smiles(self) -> str | None:
        """Its SMILES as RDKit writes it, where RDKit made it."""
        found = self._facts.get("smiles")
        return found if isinstance(found, str) else None

    @property
    def elements(self) -> list[str]:
        """Symbols of the atoms, in the order of the file; ``"X"`` of no known one."""
        return list(self._read()["elements"])

    @property
    def bonds(self) -> list[tuple[int, int, int]] | None:
        """Places of two atoms in `elements`, and an order; None if it has none."""
        found = self._read()["bonds"]
        return None if found is None else [(a, b, order) for a, b, order in found]

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(cast("bytes", self._parts[_ATOMS]))
        return found

    @property
    def data(self) -> bytes:
        """Bytes of the file that is stored."""
        return self._file or b""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values."""
        found = self.source.reasons
        if self.source.nonfinite:
            count = plural(self.source.nonfinite, "coordinate")
            found += (f"{count} were NaN or infinite, and are not drawn",)
        return found

    def to_numpy(self) -> NDArray[Any]:
        """Return the places of the atoms in ångström, shape (atoms, 3), float64."""
        content = files.Content(self.data, "its file")
        atoms = molecule.parse_file(content, self._format.name)
        return read_only(np.array(atoms.places, np.float64))

    def _place(self, name: str, part: NDArray[Any] | bytes) -> DraftFile:
        if name == _PICTURE:
            return png_place(name, part, _PICTURE, "view")
        return DraftFile("atoms", "json", "application/json", name)

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its files."""
        self = super().decode(record, data, parts)
        self._hold_parts(record, parts)
        extension = record.path.rpartition(".")[2]
        self._set(_format=molecule.FORMATS.get(extension, self._format))
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Molecule):
            return NotImplemented
        mine = self.caption, self.id, self.meta, self._file, self.file_type
        its = other.caption, other.id, other.meta, other._file, other.file_type
        return mine == its

    __hash__ = None

    def __repr__(self) -> str:
        shown = self.formula if len(self.formula) < 30 else f"{self.formula[:29]}…"  # noqa: PLR2004 - room on a line
        return self._shown(plural(self.atoms, "atom"), shown, self.file_type)
