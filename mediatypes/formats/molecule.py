"""Files of molecules: the atoms of the first one, and its bonds where they are said.

PDB 3.3, PQR, CTfile (MOL and SDF, V2000 and V3000), Tripos MOL2, CIF and mmCIF, XYZ and
GROMACS GRO. Positions are in ångström.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes._core.elements import parse_symbol
from mediatypes.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["READERS", "Atoms", "decode"]

_Row = tuple[str, float, float, float]
_NANOMETRE: Final = 10.0
_TOKEN: Final = re.compile(
    r"^;[^\n]*(?:\n(?!;)[^\n]*)*\n;|'(?:[^'\n]|'(?=\S))*'|\"(?:[^\"\n]|\"(?=\S))*\""
    r"|\#[^\n]*|\S+",
    re.MULTILINE,
)
_MISFITS: Final = (ValueError, IndexError, KeyError, ArithmeticError)


class Atoms(NamedTuple):
    """What is in a file."""

    symbols: list[str]
    places: list[tuple[float, float, float]]
    """In ångström."""
    bonds: list[tuple[int, int, int]] | None
    """Places of two atoms in the list, and an order; None where the file has none."""


def decode(data: bytes, form: str) -> Atoms:
    """Return the atoms of a file.

    Parameters
    ----------
    data
        The file.
    form
        One of `READERS`.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it is no such file, or has no atoms.
    """
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    try:
        if "\0" in text:
            msg = "it has zero bytes"
            raise ValueError(msg)
        rows, bonds = READERS[form](text.split("\n") if form != "cif" else [text])
        if not rows:
            msg = "it has no atoms"
            raise ValueError(msg)
        _check(bonds, len(rows))
    except _MISFITS as error:
        reason = str(error).split("\n", 1)[0][:80]
        msg = f"{form}: {reason or type(error).__name__}."
        raise DecodeError(msg) from error
    return Atoms([row[0] for row in rows], [row[1:] for row in rows], bonds)


def _check(bonds: list[tuple[int, int, int]] | None, count: int) -> None:
    for first, last, _ in bonds or ():
        if not (0 <= first < count and 0 <= last < count):
            msg = "a bond names an atom that is not there"
            raise ValueError(msg)


_Read = tuple[list[_Row], list[tuple[int, int, int]] | None]


def _pdb(lines: list[str]) -> _Read:
    rows, numbers, pairs = list[_Row](), dict[str, int](), set[tuple[int, int]]()
    is_first = True
    for line in lines:
        tag = line[:6]
        if tag == "ENDMDL":
            is_first = False
        elif tag in {"ATOM  ", "HETATM"} and is_first:
            x, y, z = (float(line[i : i + 8]) for i in (30, 38, 46))
            numbers.setdefault(line[6:11].strip(), len(rows))
            rows.append((_pdb_symbol(line), x, y, z))
        elif tag == "CONECT":
            ids = [line[i : i + 5].strip() for i in range(6, len(line.rstrip()), 5)]
            known = [numbers[one] for one in ids if one in numbers]
            pairs |= {(min(known[0], b), max(known[0], b)) for b in known[1:]}
    bonds = [(a, b, 1) for a, b in sorted(pairs)]
    return rows, bonds if len(bonds) >= len(rows) - 1 else None


def _pdb_symbol(line: str) -> str:
    """Return the element of a line, by its name where the line does not say.

    A name begins with the symbol in two columns, so that `` CA`` is carbon alpha and
    ``CA`` calcium.
    """
    said = line[76:78].strip()
    return parse_symbol(said if said.isalpha() else line[12:14].strip())


def _pqr(lines: list[str]) -> _Read:
    rows = list[_Row]()
    for line in lines:
        words = line.split()
        if words[:1] not in (["ATOM"], ["HETATM"]):
            continue
        first = next((i for i in range(4, len(words)) if "." in words[i]), len(words))
        x, y, z = map(float, words[first : first + 3])
        rows.append((parse_symbol(words[2]), x, y, z))
    return rows, None


def _mol(lines: list[str]) -> _Read:
    head = lines[3]
    if "V3000" in head:
        return _mol_v3000(lines)
    atoms, bonds = int(head[0:3]), int(head[3:6])
    if atoms < 0 or bonds < 0 or 4 + atoms + bonds > len(lines):
        msg = f"it ends before its {atoms} atoms and {bonds} bonds"
        raise ValueError(msg)
    rows = list[_Row]()
    for line in lines[4 : 4 + atoms]:
        x, y, z = (float(line[i : i + 10]) for i in (0, 10, 20))
        rows.append((parse_symbol(line[31:34].strip()), x, y, z))
    found = [
        (int(line[0:3]) - 1, int(line[3:6]) - 1, int(line[6:9]))
        for line in lines[4 + atoms : 4 + atoms + bonds]
    ]
    return rows, found


def _mol_v3000(lines: list[str]) -> _Read:
    rows, bonds, numbers = list[_Row](), list[tuple[int, int, int]](), dict[str, int]()
    part = ""
    for line in lines:
        words = line.removeprefix("M  V30 ").split()
        if words[:1] == ["$$$$"]:
            break
        if words[:1] in (["BEGIN"], ["END"]):
            part = words[1] if words[0] == "BEGIN" else ""
        elif part == "ATOM":
            x, y, z = map(float, words[2:5])
            numbers[words[0]] = len(rows)
            rows.append((parse_symbol(words[1]), x, y, z))
        elif part == "BOND":
            bonds.append((numbers[words[2]], numbers[words[3]], int(words[1])))
    return rows, bonds


def _mol2(lines: list[str]) -> _Read:
    rows, bonds, numbers = list[_Row](), list[tuple[int, int, int]](), dict[str, int]()
    part, said = "", list[str]()
    for line in lines:
        words = line.split()
        if line.startswith("@<TRIPOS>"):
            part = line.strip().removeprefix("@<TRIPOS>")
            if part == "MOLECULE" and said:
                break
        elif part == "MOLECULE":
            said.append(line)
        elif part == "ATOM" and words:
            x, y, z = map(float, words[2:5])
            numbers[words[0]] = len(rows)
            rows.append((parse_symbol(words[5].partition(".")[0]), x, y, z))
        elif part == "BOND" and words:
            order = (
                int(words[3]) if words[3].isdigit() else 4 if words[3] == "ar" else 1
            )
            bonds.append((numbers[words[1]], numbers[words[2]], order))
    atoms = int(said[1].split()[0])
    if atoms != len(rows):
        msg = f"it has {len(rows)} of its {atoms} atoms"
        raise ValueError(msg)
    return rows, bonds


def _xyz(lines: list[str]) -> _Read:
    count = int(lines[0])
    if not 0 <= count <= len(lines) - 2:
        msg = f"it ends before its {count} atoms"
        raise ValueError(msg)
    rows = list[_Row]()
    for line in lines[2 : 2 + count]:
        words = line.split()
        x, y, z = map(float, words[1:4])
        rows.append((parse_symbol(words[0]), x, y, z))
    return rows, None


def _gro(lines: list[str]) -> _Read:
    count = int(lines[1])
    if not 0 <= count <= len(lines) - 2:
        msg = f"it ends before its {count} atoms"
        raise ValueError(msg)
    rows = list[_Row]()
    for line in lines[2 : 2 + count]:
        x, y, z = (float(line[i : i + 8]) * _NANOMETRE for i in (20, 28, 36))
        rows.append((parse_symbol(line[10:15].strip()), x, y, z))
    return rows, None


def _cif(texts: list[str]) -> _Read:
    tokens = [t for t in _TOKEN.findall(texts[0]) if not t.startswith("#")]
    single = {
        tag.lower(): value
        for tag, value in pairwise(tokens)
        if tag.startswith("_") and not value.startswith("_")
    }
    for start, token in enumerate(tokens):
        if token.lower() != "loop_":
            continue
        names, at = list[str](), start + 1
        while at < len(tokens) and tokens[at].startswith("_"):
            names.append(tokens[at].lower().replace(".", "_"))
            at += 1
        if any(name.startswith("_atom_site_") for name in names):
            rows = _sites(tokens, at, names, single)
            if rows:
                return rows, None
    return [], None


def _sites(
    tokens: list[str], at: int, names: list[str], single: dict[str, str]
) -> list[_Row]:
    """Return the atoms of a loop, whose values begin at `at`."""
    place = {name.removeprefix("_atom_site_"): i for i, name in enumerate(names)}
    kind = "cartn" if "cartn_x" in place else "fract"
    if f"{kind}_x" not in place:
        return []
    turn = _identity if kind == "cartn" else _cell(single)
    symbol = place.get("type_symbol", place.get("label", 0))
    rows, width = list[_Row](), len(names)
    while at + width <= len(tokens):
        if tokens[at].startswith("_") or tokens[at].lower().startswith(
            ("loop_", "data_")
        ):
            break
        row = tokens[at : at + width]
        x, y, z = (_number(row[place[f"{kind}_{axis}"]]) for axis in "xyz")
        rows.append((parse_symbol(row[symbol].strip("'\"")), *turn(x, y, z)))
        at += width
    return rows


def _number(text: str) -> float:
    """Return a number, which may say how sure it is, such as 1.234(5)."""
    return float(text.strip("'\"").partition("(")[0])


def _identity(x: float, y: float, z: float) -> tuple[float, float, float]:
    return x, y, z


def _cell(
    single: dict[str, str],
) -> Callable[[float, float, float], tuple[float, float, float]]:
    """Return what makes fractions of the unit cell into ångström."""
    sides = {name.replace(".", "_"): value for name, value in single.items()}
    a, b, c = (_number(sides.get(f"_cell_length_{n}", "1")) for n in "abc")
    alpha, beta, gamma = (
        math.radians(_number(sides.get(f"_cell_angle_{n}", "90")))
        for n in ("alpha", "beta", "gamma")
    )
    lean = math.cos(alpha) - math.cos(beta) * math.cos(gamma)
    across = lean / math.sin(gamma)
    height = math.sqrt(max(0.0, 1 - math.cos(beta) ** 2 - across**2))

    def turned(x: float, y: float, z: float) -> tuple[float, float, float]:
        return (
            a * x + b * math.cos(gamma) * y + c * math.cos(beta) * z,
            b * math.sin(gamma) * y + c * across * z,
            c * height * z,
        )

    return turned


READERS: Final[dict[str, Callable[[list[str]], _Read]]] = {
    "pdb": _pdb,
    "pqr": _pqr,
    "mol": _mol,
    "sdf": _mol,
    "mol2": _mol2,
    "cif": _cif,
    "xyz": _xyz,
    "gro": _gro,
}
"""What reads each format."""
