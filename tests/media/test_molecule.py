from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow
from rdkit import Chem
from rdkit.Chem import rdDistGeom, rdMolDescriptors

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.media import Molecule
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "molecule"
NAMES: Final = sorted(path.name for path in FIXTURES.iterdir())
WITH_BONDS: Final = {"mol", "mol2", "pdb", "sdf"}
HOSTILE: Final = {
    "cif_quotes.cif": "cif: could not",
    "half_ethanol.mol2": "it has . of its 9 atoms",
    "half_ethanol.sdf": "it ends before its 9 atoms and 8 bonds",
    "mol_bond.mol": "a bond names an atom that is not there",
    "pdb_words.pdb": "could not convert",
    "xyz_billion.xyz": "it ends before its 4000000000 atoms",
}


class TestMolecule(testing.MediaTests):
    media_type = Molecule

    def values(self) -> SearchStrategy[Any]:
        return testing.values_of(Molecule)

    def source(self) -> Any:
        return FIXTURES / "ethanol.pdb"


def places() -> Any:
    """The places of the fixture, by a reader that is not ours."""
    rows = (FIXTURES / "ethanol.xyz").read_text().splitlines()[2:]
    return np.array([[float(word) for word in row.split()[1:]] for row in rows])


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_program_is_kept_and_its_atoms_are_read(name: str) -> None:
    value = Molecule(FIXTURES / name, caption="ethanol")

    assert value.encode().data == (FIXTURES / name).read_bytes()
    assert (value.atoms, value.formula) == (9, "C2H6O")
    assert value.elements == ["C", "C", "O", *"HHHHHH"]
    step = 0.01 if name.endswith("gro") else 1e-3
    np.testing.assert_allclose(value.to_numpy(), places(), atol=step)
    assert (value.bonds is not None) == (value.file_type in WITH_BONDS)
    assert round_trip(value) == value
    found: Any = round_trip(value)
    assert (found.elements, found.bonds) == (value.elements, value.bonds)


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n.endswith(("sdf", "pdb", "mol2"))]
)
def test_rdkit_finds_the_same_bonds(name: str) -> None:
    path = str(FIXTURES / name)
    readers: dict[str, Any] = {
        "sdf": Chem.MolFromMolFile,
        "pdb": Chem.MolFromPDBFile,
        "mol2": Chem.MolFromMol2File,
    }
    theirs = readers[name.rpartition(".")[2]](path, removeHs=False)

    wanted = {
        frozenset((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()))
        for bond in theirs.GetBonds()
    }
    assert {frozenset(bond[:2]) for bond in Molecule(path).bonds or ()} == wanted


def test_a_unit_cell_makes_fractions_into_lengths() -> None:
    """A cell with an angle of 60°: its second axis leans towards the first."""
    sides = {
        "length_a": "2",
        "length_b": "4.0(1)",
        "length_c": "3",
        "angle_gamma": "60",
    }
    cell = "".join(f"_cell_{name} {value}\n" for name, value in sides.items())
    names = "".join(f"_atom_site_fract_{axis}\n" for axis in "xyz")
    loop = f"loop_\n_atom_site_label\n{names}"
    rows = "'Na1' 0 0.5 0\nCl1 0.5 0 1\n"
    value = Molecule(f"data_x\n{cell}{loop}{rows}", file_type="cif")

    wanted = np.array([[1, 3**0.5, 0], [1, 0, 3]])
    np.testing.assert_allclose(value.to_numpy(), wanted, atol=1e-12)
    assert value.elements == ["Na", "Cl"]


def test_only_the_first_model_or_molecule_is_read() -> None:
    atom = "HETATM    1  CA  UNL     1       1.000   2.000   3.000\n"
    text = f"MODEL 1\n{atom}ENDMDL\nMODEL 2\n{atom}ENDMDL\n"
    value = Molecule(text, file_type="pdb")

    assert (value.atoms, value.elements) == (1, ["C"])
    calcium = text.replace(" CA ", "CA  ")
    assert Molecule(calcium, file_type="ent").elements == ["Ca"]


def test_smiles_become_a_molecule_with_hydrogens_in_space() -> None:
    value = Molecule.from_smiles("OCC", caption="ethanol", id="3")
    again = Molecule.from_smiles("OCC", caption="ethanol", id="3")

    assert (value.formula, value.smiles, value.file_type) == ("C2H6O", "CCO", "sdf")
    assert np.ptp(value.to_numpy(), axis=0).min() > 1
    assert again == value
    theirs = Chem.MolFromMolBlock(value.data.decode(), removeHs=False)
    assert rdMolDescriptors.CalcMolFormula(theirs) == "C2H6O"
    assert Molecule.from_smiles("CCO", "", True, False).atoms == 3  # noqa: FBT003 - by position


def test_objects_of_rdkit_are_kept_as_they_are() -> None:
    molecule = Chem.AddHs(Chem.MolFromSmiles("c1ccccc1"))
    rdDistGeom.EmbedMolecule(molecule, randomSeed=7)
    before = Chem.MolToMolBlock(molecule)
    value = Molecule(molecule)

    wanted = molecule.GetConformer().GetPositions()
    np.testing.assert_allclose(value.to_numpy(), wanted, atol=5e-5)
    assert Chem.MolToMolBlock(molecule) == before
    assert Molecule.from_rdkit(molecule, "ring").caption == "ring"
    flat = Chem.MolFromSmiles("c1ccccc1")
    assert Molecule.from_rdkit(flat, convert_to_3d_and_optimize=False).atoms == 6
    assert flat.GetNumAtoms() == 6
    path = FIXTURES / "ethanol.sdf"
    assert Molecule.from_rdkit(path) == Molecule.from_rdkit(str(path)) == Molecule(path)


def test_what_is_no_smiles_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    for text in ("C(", "", "C(C)(C)(C)(C)C"):
        with pytest.raises(errors.OptionError, match="Molecule: data must be SMILES"):
            Molecule.from_smiles(text)
    with pytest.raises(errors.UnsupportedInputError, match="data must be text"):
        Molecule.from_smiles(object())  # type: ignore[arg-type]  # the test
    capfd.readouterr()  # RDKit says so itself as well


def test_smiles_need_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rdkit.Chem", None)

    with pytest.raises(errors.MissingDependencyError, match=r"mediatypes\[molecule\]"):
        Molecule.from_smiles("CCO")
    assert Molecule(FIXTURES / "ethanol.pdb").atoms == 9


def test_text_bytes_and_open_files_need_a_type_and_paths_a_name(tmp_path: Path) -> None:
    path = FIXTURES / "ethanol.xyz"
    text = path.read_text()
    value = Molecule(path)

    assert Molecule(text, file_type="xyz") == value
    assert Molecule(path.read_bytes(), file_type="XYZ") == value
    assert Molecule(io.StringIO(text), file_type="xyz") == value
    with path.open("rb") as binary, path.open() as words:
        assert Molecule(binary) == Molecule(words) == value
    for given in (text, path.read_bytes()):
        with pytest.raises(errors.OptionError, match="file_type must be one of 'pdb'"):
            Molecule(given)
    with pytest.raises(errors.MissingFileError, match=r"none\.pdb"):
        Molecule(str(tmp_path / "none.pdb"))
    with pytest.raises(errors.OptionError, match=r"from_smiles"):
        Molecule(b"CCO", file_type="smi")
    with pytest.raises(errors.OptionError, match="'mmtf'"):
        Molecule(b"CCO", file_type="mmtf")


def test_a_lone_text_is_a_path_and_is_said_to_be_missing() -> None:
    with pytest.raises(errors.MissingFileError, match=r"'CCO' .*from_smiles"):
        Molecule("CCO")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_what_is_wrong(name: str) -> None:
    path = FIXTURES.parent / "hostile" / name
    with pytest.raises(errors.DecodeError, match=HOSTILE[name]):
        Molecule(path)


def test_a_file_that_is_too_large_to_read_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mediatypes.adapters import molecule

    monkeypatch.setattr(molecule, "_MAX_BYTES", 9)
    with pytest.raises(errors.OptionError, match=r"at most 9 bytes.*File\(path\)"):
        Molecule(FIXTURES / "ethanol.xyz")


def test_places_that_are_not_finite_are_kept_and_said() -> None:
    value = Molecule("2\n\nC nan 0 0\nO 0 inf 0\n", file_type="xyz")

    assert value.source.nonfinite == 2
    assert "2 coordinates" in value.problems[0]
    assert np.isnan(value.to_numpy()[0, 0])


def test_the_small_picture_has_the_colours_of_the_elements() -> None:
    value = Molecule("1\n\nO 0 0 0\n", file_type="xyz")
    part = next(part for part in value.encode().parts if part.name == "picture")
    with Pillow.open(io.BytesIO(part.data)) as picture:
        middle = np.asarray(picture).astype(int)[120, 160]

    assert middle[0] > 2 * middle[1]
    assert middle[0] > 2 * middle[2]
    assert "<img src='data:image/png" in value._repr_html_()


def test_a_run_and_a_table_give_molecules_back() -> None:
    value = Molecule(FIXTURES / "ethanol.sdf", caption="c", id="i", meta={"dose": 1})
    with mt.init() as run:
        run.log({"m": [value, value], "rows": mt.Table(["m"], [[value]])})

    read = mt.open_run(run.dir)
    assert list(read.media("m")[0]) == [value, value]
    assert read.media("rows")[0][0].data[0][0] == value
    assert Molecule(value) == value
    assert Molecule(value, "d") != value
    assert value != 3


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ATOM 1 O HOH 1 0 0 0\n", "pqr"),
        (
            (
                "data_x\n_cell_angle_gamma 0\nloop_\n_atom_site_type_symbol\n"
                "_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nO 0 0 0\n"
            ),
            "cif",
        ),
    ],
)
def test_numbers_that_lead_nowhere_are_an_error_of_ours(text: str, form: str) -> None:
    with pytest.raises(errors.DecodeError, match=form):
        Molecule(text, file_type=form)
