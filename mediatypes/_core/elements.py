"""Chemical elements: their symbols, sizes and usual colours."""

from __future__ import annotations

from typing import Final

__all__ = ["RADII", "SYMBOLS", "colour_of", "formula_of", "parse_symbol", "radius_of"]

_NAMES: Final = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As
Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu
Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np
Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
_SIZES: Final = """
H 31 B 84 C 76 N 71 O 66 F 57 Si 111 P 107 S 105 Cl 102 Br 120 I 139 Na 166 K 203 Mg 141
Ca 176 Fe 132 Zn 122 Cu 132 Se 120
"""
_PAINTS: Final = """
H e1e1e6 C 5f646e N 3c5aeb O e6322d F 82cd50 Cl 3cbe3c Br 963c28 I 822896 S e1be32
P f08c28 B f0aaa0 Fe cd6e32 Na 9664e6 K 8250c8 Ca 5ab45a Mg 50a03c Zn 7d82af Cu c87d3c
Si d2b48c
"""
SYMBOLS: Final = tuple(_NAMES.split())
"""Symbols in the order of atomic numbers, from 1."""
_BY_LETTERS: Final = {
    **{symbol.upper(): symbol for symbol in SYMBOLS},
    **dict.fromkeys("DT", "H"),
}
RADII: Final = {
    symbol: int(size) / 100
    for symbol, size in zip(_SIZES.split()[::2], _SIZES.split()[1::2], strict=True)
}
"""Covalent radii in ångström, of Cordero and others, Dalton Trans. 2008, 2832."""
_COLOURS: Final = {
    symbol: bytes.fromhex(paint)
    for symbol, paint in zip(_PAINTS.split()[::2], _PAINTS.split()[1::2], strict=True)
}
_RADIUS: Final = 1.3
_COLOUR: Final = bytes.fromhex("d764a5")


def parse_symbol(text: str) -> str:
    """Return the symbol of an element, of a number or letters in any case; else ``X``.

    Examples
    --------
    >>> parse_symbol("CL"), parse_symbol("6"), parse_symbol("1HB"), parse_symbol("?")
    ('Cl', 'C', 'H', 'X')
    """
    if text.isascii() and text.isdigit():
        number = int(text[:4])
        return SYMBOLS[number - 1] if 1 <= number <= len(SYMBOLS) else "X"
    letters = text.strip("0123456789+-'\" ").upper()
    return _BY_LETTERS.get(letters) or _BY_LETTERS.get(letters[:1], "X")


def radius_of(symbol: str) -> float:
    """Return the covalent radius of an element in ångström."""
    return RADII.get(symbol, _RADIUS)


def colour_of(symbol: str) -> tuple[int, int, int]:
    """Return the colour in which chemists draw an element."""
    red, green, blue = _COLOURS.get(symbol, _COLOUR)
    return red, green, blue


def formula_of(symbols: list[str]) -> str:
    """Return the formula of atoms in Hill's order: C, H, then by the alphabet.

    Examples
    --------
    >>> formula_of(["O", "H", "C", "H"])
    'CH2O'
    """
    counts: dict[str, int] = {}
    for symbol in symbols:
        counts[symbol] = counts.get(symbol, 0) + 1
    first = ("C", "H") if "C" in counts else ()
    order = [*(s for s in first if s in counts), *sorted(set(counts) - set(first))]
    return "".join(f"{s}{counts[s] if counts[s] > 1 else ''}" for s in order)
