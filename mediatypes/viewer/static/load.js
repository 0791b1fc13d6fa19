// Answers for components: fetched when needed, kept while the next one is on its way.
import { useEffect, useLayoutEffect, useRef, useState } from "#mt/ui.js";
import { chosenIds, connection, revisions } from "#mt/state.js";

let source = null;
let load = null;

/** Take answers from `from`; `by` gives a module by its name, or promises it. */
export function use(from, by) {
  source = from;
  load = by;
}

/** A module that is only needed now and then. */
export const later = async name => load(name);
export const get = (path, params) => source.get(path, params);
export const json = address => source.json(address);
/** Content of a file, or its first bytes. */
export const bytes = (address, most) => source.bytes(address, most);
export const frameOf = library => source.frame(library);
export const isLive = () => source.isLive;

const CHARTS = 8; // in one question
const asked = new Map(); // by all but their keys

async function ask(params, part) {
  try {
    const { charts } = await get("series", { ...params, key: part.map(one => one.key) });
    part.forEach((one, at) => one.done(charts[at]));
  } catch (error) {
    for (const one of part) one.fail(error);
  }
}

/** The lines of a chart. What is asked for in one moment is asked together: the first chart, then the others. */
function chart({ key, ...params }) {
  const name = JSON.stringify(params);
  return new Promise((done, fail) => {
    if (!asked.has(name)) {
      asked.set(name, []);
      queueMicrotask(() => {
        const all = asked.get(name);
        asked.delete(name);
        ask(params, all.splice(0, 1));
        while (all.length) ask(params, all.splice(0, CHARTS));
      });
    }
    asked.get(name).push({ key, done, fail });
  });
}

// Many answers come one after the other, and every change of the page costs a frame: those
// that come soon after another are shown together.
const GATHER = 120; // milliseconds
let gathered = [];
let shownAt = 0;

function flush() {
  const all = gathered;
  gathered = [];
  for (const show of all) show();
  shownAt = performance.now();
}

function gather(show) {
  gathered.push(show);
  if (gathered.length > 1) return;
  const rest = GATHER - (performance.now() - shownAt);
  if (rest > 0) setTimeout(flush, rest);
  else flush();
}

/** The answer to a call about the chosen runs; asked again when one of them grows. */
export function useAnswer(path, params, enabled = true) {
  const ids = chosenIds.value;
  const grown = ids.map(id => revisions.value[id] ?? 0).join();
  const wanted = JSON.stringify([path, ids, params]);
  const [state, set] = useState({ data: null, error: null, wanted: "" });
  const latest = useRef(0);
  useLayoutEffect(() => {
    if (!enabled) return;
    const mine = ++latest.current;
    const answer = path === "series" ? chart({ ...params, run: ids }) : get(path, { ...params, run: ids });
    answer.then(
      data => gather(() => mine === latest.current && set({ data, error: null, wanted })),
      error => mine === latest.current && set(old => ({ data: old.data, error, wanted })),
    );
  }, [wanted, grown, enabled]);
  return { ...state, isStale: state.wanted !== wanted };
}

/** What tells an item from every other; in an export equal files have one address. */
export const identity = item => [item.run, item.step, item.index, item.sha256, item.url].join(" ");

/** An item and what its link leads to, changed together: never one beside the other's. */
export function useWhole(item, address, read) {
  const [shown, set] = useState({ item, data: null, error: null, address: null });
  const wanted = identity(item);
  useEffect(() => {
    let gone = false;
    if (!address) { set({ item, data: null, error: null, address: wanted }); return undefined; }
    read(address).then(
      data => gone || set({ item, data, error: null, address: wanted }),
      error => gone || set({ item, data: null, error, address: wanted }),
    );
    return () => { gone = true; };
  }, [wanted]);
  return { ...shown, isStale: shown.address !== wanted };
}

// A slider that is dragged wants hundreds of pictures, and only the last is looked at:
// so few are fetched at once, the newest first, and what nobody waits for is dropped. What
// may be wanted next comes when nothing else does.
const SLOTS = 5;
const waiting = new Set();
const unhurried = new Set();
let busy = 0;

function pump() {
  while (busy < SLOTS && waiting.size + unhurried.size) {
    const from = waiting.size ? waiting : unhurried;
    const job = from === waiting ? [...waiting].pop() : unhurried.values().next().value;
    from.delete(job);
    busy++;
    job().finally(() => { busy--; pump(); });
  }
}

export function queue(job, isLater = false) {
  const jobs = isLater ? unhurried : waiting;
  jobs.add(job);
  pump();
  return () => jobs.delete(job);
}

export const isConnected = () => connection.value.ok;
