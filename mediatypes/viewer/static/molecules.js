// Molecules as scenes of balls and sticks: colours and sizes of the elements, and bonds.
const SIZES = {
  H: 0.31, B: 0.84, C: 0.76, N: 0.71, O: 0.66, F: 0.57, Si: 1.11, P: 1.07, S: 1.05, Cl: 1.02, Br: 1.2, I: 1.39,
  Na: 1.66, K: 2.03, Mg: 1.41, Ca: 1.76, Fe: 1.32, Zn: 1.22, Cu: 1.32, Se: 1.2,
};
const PAINTS = {
  H: "e1e1e6", C: "5f646e", N: "3c5aeb", O: "e6322d", F: "82cd50", Cl: "3cbe3c", Br: "963c28", I: "822896", S: "e1be32", P: "f08c28",
  B: "f0aaa0", Fe: "cd6e32", Na: "9664e6", K: "8250c8", Ca: "5ab45a", Mg: "50a03c", Zn: "7d82af", Cu: "c87d3c", Si: "d2b48c",
};
const SLACK = 0.45; // ångström by which atoms that are bound may be farther apart
const CLOSE = 0.4; // nearer than this they are one atom in two places
const FEW = 3_000; // atoms that have balls; of more, the sticks alone

const sizeOf = symbol => SIZES[symbol] ?? 1.3;
const paintOf = symbol => [0, 2, 4].map(i => parseInt((PAINTS[symbol] ?? "d764a5").slice(i, i + 2), 16));

/** Pairs of atoms that are as near as a bond, where the file names none. */
export function nearby({ elements, places }) {
  const cells = new Map();
  const side = 2 * Math.max(...new Set(elements.map(sizeOf))) + SLACK;
  const where = place => place.map(one => Math.floor(one / side));
  const found = [];
  places.forEach((place, i) => {
    if (!place) return;
    const [x, y, z] = where(place);
    for (let a = x - 1; a <= x + 1; a++) for (let b = y - 1; b <= y + 1; b++) for (let c = z - 1; c <= z + 1; c++) {
      for (const j of cells.get(`${a} ${b} ${c}`) ?? []) {
        if (elements[i] === "H" && elements[j] === "H") continue;
        const apart = Math.hypot(place[0] - places[j][0], place[1] - places[j][1], place[2] - places[j][2]);
        if (apart > CLOSE && apart < sizeOf(elements[i]) + sizeOf(elements[j]) + SLACK) found.push([j, i, 1]);
      }
    }
    const key = `${x} ${y} ${z}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(i);
  });
  return found;
}

/** Sticks in two halves, each in the colour of its atom; two or three for such bonds. */
function sticksOf([i, j, order], { elements, places }) {
  const [a, b] = [places[i], places[j]];
  if (!a || !b) return [];
  const middle = a.map((one, axis) => (one + b[axis]) / 2);
  const along = a.map((one, axis) => b[axis] - one);
  const aside = Math.abs(along[2]) < 0.9 * Math.hypot(...along) ? [along[1], -along[0], 0] : [0, along[2], -along[1]];
  const size = Math.hypot(...aside) || 1;
  const count = order === 2 || order === 3 ? order : 1;
  return Array.from({ length: count }, (_, n) => {
    const shift = aside.map(one => (one / size) * 0.16 * (n - (count - 1) / 2));
    const moved = place => place.map((one, axis) => one + shift[axis]);
    const radius = count > 1 ? 0.05 : 0.09;
    return [{ a: moved(a), b: moved(middle), colour: paintOf(elements[i]), radius }, { a: moved(middle), b: moved(b), colour: paintOf(elements[j]), radius }];
  }).flat();
}

/** The scene of what a record says of the atoms. */
export function scene(atoms) {
  const bonds = atoms.bonds ?? nearby(atoms);
  const factor = atoms.elements.length > FEW ? 0.2 : 0.45;
  const balls = atoms.elements.flatMap((symbol, i) => (atoms.places[i] ? [{ at: atoms.places[i], radius: factor * sizeOf(symbol), colour: paintOf(symbol) }] : []));
  return { balls, sticks: bonds.flatMap(bond => sticksOf(bond, atoms)), margin: 0.6, bonds: bonds.length };
}
