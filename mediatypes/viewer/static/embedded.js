// Where answers come from in a page that is one file: the file itself.
import { atOrBefore, union, unpack } from "#mt/packed.js";

export const isLive = false;
let all = null;

export function enter() {
  all = JSON.parse(document.getElementById("answers").textContent);
  for (const byRun of Object.values(all.media)) {
    for (const items of Object.values(byRun)) {
      for (const item of items) {
        if (typeof item.url === "number") item.url = all.files[item.url];
        for (const part of item.parts ?? []) part.url = all.files[part.url];
      }
    }
  }
}

const pack = values => {
  const bytes = new Uint8Array(values.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return { b64: btoa(text), dtype: values.constructor.name.replace("Array", "").toLowerCase() };
};

/** The lines of some runs on one grid: each keeps its own places, the others have gaps. */
function series({ key, run, from, to, x }) {
  const lines = x === "step" ? run.map(id => all.series[key]?.[id]).filter(Boolean) : [];
  const inside = place => (from === null || from === undefined || (place >= from && place <= to));
  const grid = union(lines.map(line => unpack(line.x).filter(inside)));
  const at = new Map(Array.from(grid, (place, i) => [place, i]));
  const spread = (packed, places) => {
    const found = new Float32Array(grid.length).fill(NaN);
    unpack(packed).forEach((one, i) => { if (at.has(places[i])) found[at.get(places[i])] = one; });
    return pack(found);
  };
  return {
    key, x: pack(grid), raw: lines.every(line => line.raw),
    series: lines.flatMap(line => line.series.map(one => {
      const places = unpack(line.x);
      return { run: one.run, ...Object.fromEntries(["min", "mean", "max", "count"].map(name => [name, spread(one[name], places)])) };
    })),
    nonfinite: lines.flatMap(line => line.nonfinite ?? []),
  };
}

const itemsOf = (key, id) => all.media[key]?.[id] ?? [];

function steps({ key, run }) {
  const keys = {};
  for (const name of key) {
    keys[name] = {};
    for (const id of run) {
      const found = union([itemsOf(name, id).map(item => item.step)]);
      if (found.length) keys[name][id] = { steps: pack(found) };
    }
  }
  return { keys };
}

function media({ key, run, at, offset = 0, limit = 64 }) {
  const ids = Array.isArray(run) ? run : [run];
  if (at === undefined) {
    const found = ids.flatMap(id => itemsOf(key, id));
    return { key, total: found.length, offset, items: found.slice(offset, offset + limit) };
  }
  const runs = {};
  for (const id of ids) {
    const known = union([itemsOf(key, id).map(item => item.step)]);
    const position = atOrBefore(known, at);
    if (position < 0) continue;
    const found = itemsOf(key, id).filter(item => item.step === known[position]);
    runs[id] = { step: known[position], exact: known[position] === at, total: found.length, items: found.slice(0, limit) };
  }
  return { key, at, runs };
}

function keys({ run }) {
  const found = { scalars: {}, media: {} };
  for (const id of run) {
    for (const [key, facts] of Object.entries(all.keys[id]?.scalars ?? {})) Object.assign(found.scalars[key] ??= {}, facts);
    for (const [key, facts] of Object.entries(all.keys[id]?.media ?? {})) Object.assign((found.media[key] ??= { kind: facts.kind, runs: {} }).runs, facts.runs);
  }
  return found;
}

const CALLS = {
  meta: () => ({ ...all.meta, left_out: all.left_out }),
  runs: ({ spark }) => ({ ...all.runs, runs: all.runs.runs.map(run => ({ ...run, spark: all.sparks[spark]?.[run.id] })) }),
  problems: () => all.problems,
  hist: ({ key }) => all.hist[key] ?? { key, edges: null, runs: {} },
  keys, series, steps, media,
};

export const get = async (path, params = {}) => CALLS[path](params);

/** A look that the server made before: it is in the item already. */
export const json = async found => found;

export async function bytes(address) {
  const text = atob(address.slice(address.indexOf(",") + 1));
  return Uint8Array.from(text, one => one.charCodeAt(0)).buffer;
}
