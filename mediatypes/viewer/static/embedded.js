// Where answers come from in a page without a server: the page itself, or files beside it.
import { atOrBefore, union, unpack } from "#mt/packed.js";

export const isLive = false;
let all = null;

export function enter() {
  all = globalThis.mediatypesAnswers ?? JSON.parse(document.getElementById("answers").textContent);
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
function lines(key, { run, from, to, x }) {
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
      return { run: one.run, ...Object.fromEntries(["min", "mean", "max"].map(name => [name, spread(one[name], places)])) };
    })),
    nonfinite: lines.flatMap(line => line.nonfinite ?? []),
  };
}

const series = params => ({ charts: params.key.map(one => lines(one, params)) });

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
  files: ({ run }) => ({ runs: run.map(id => all.contents[id]) }),
  output: ({ run }) => ({ runs: run.map(id => all.outputs[id]) }),
  hist: ({ key }) => all.hist[key] ?? { key, edges: null, runs: {} },
  keys, series, steps, media,
};

export const get = async (path, params = {}) => CALLS[path](params);

/** A look that the server made before: it is in the item already. */
export const json = async found => found;

/** A frame that draws figures, its scripts in it: a page opened from disk can load none. */
export const frame = library => ({ srcdoc: all.frames[library] });

const decoded = text => Uint8Array.from(atob(text), one => one.charCodeAt(0)).buffer;
const coming = new Map();
const files = new Map();
globalThis.mediatypesFile = (address, text) => coming.get(address)?.(decoded(text));

/** A file beside the page: from disk it may be read as a script, and as nothing else. */
function beside(address) {
  if (!/^media\//.test(address)) return Promise.reject(new Error("There is no such file."));
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address.replace(/^media/, "data") + ".js";
    script.onerror = () => reject(new Error("This file can only be read by a server: mediatypes view"));
    coming.set(address, resolve);
    document.head.append(script);
    script.onload = () => script.remove();
  });
}

async function whole(address) {
  if (address.startsWith("data:")) return decoded(address.slice(address.indexOf(",") + 1));
  if (!files.has(address)) files.set(address, beside(address));
  return files.get(address);
}

export async function bytes(address, most) {
  const file = await whole(address);
  return most ? file.slice(0, most) : file;
}
