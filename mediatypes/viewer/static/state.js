// What is shown, as signals; what a link should bring back is in the address.
import { batch, computed, effect, signal } from "#mt/ui.js";

export const COLOURS = ["#3b82f6", "#f97316", "#10b981", "#e11d48", "#8b5cf6", "#06b6d4", "#ca8a04", "#ec4899", "#65a30d", "#78716c"];
// A page inside another page's sandbox has no storage, and needs none.
const storage = (() => { try { return localStorage; } catch { return null; } })();
const MOST_AT_FIRST = 6;

export const page = signal("runs");
export const meta = signal(null);
export const runs = signal([]);
export const keys = signal({ scalars: {}, media: {} });
export const revisions = signal({});
export const connection = signal({ ok: true, live: false, reading: null });
export const selected = signal(null); // ids, or null for the newest few
export const cursor = signal(null); // a step, or null for the newest
export const stepsOf = signal({}); // by key: by run, all steps that have items
export const zoom = signal(null); // [from, to] on the x axis
export const xAxis = signal("step");
export const smoothing = signal(0);
export const logY = signal(false);
export const query = signal("");
export const theme = signal(storage?.getItem("mediatypes-theme") ?? "auto");
export const pinned = signal(new Set());
export const layouts = signal(new Map()); // by key: how its gallery is laid out
export const drawnAs = signal("heat"); // histograms
export const bands = signal("mel"); // spectrograms
export const overlay = signal({ shown: true, opacity: 0.55, outline: false, score: 0, hidden: new Set() });
export const light = signal(null); // the item in the lightbox
export const help = signal(false);

/** Runs from the oldest to the newest, so that a new one changes no colour. */
const order = computed(() => new Map(runs.value.map(run => run.id).sort().map((id, at) => [id, at])));
export const colour = id => COLOURS[(order.value.get(id) ?? 0) % COLOURS.length];
export const chosen = computed(() => {
  const all = runs.value.filter(run => !run.error);
  if (selected.value === null) return all.slice(0, MOST_AT_FIRST);
  const wanted = new Set(selected.value);
  return all.filter(run => wanted.has(run.id));
});
export const chosenIds = computed(() => chosen.value.map(run => run.id), { name: "ids" });

/** Of shown runs that share a colour, the second and the third are dashed, each in its way. */
const repeats = computed(() => {
  const found = new Map();
  const seen = new Map();
  for (const id of [...chosenIds.value].sort()) {
    found.set(id, seen.get(colour(id)) ?? 0);
    seen.set(colour(id), found.get(id) + 1);
  }
  return found;
});
export const dash = id => [[], [6, 3], [2, 3]][(repeats.value.get(id) ?? 0) % 3];
export const nameOf = id => runs.value.find(run => run.id === id)?.name ?? id;

/** Every step at which any of the shown media has items. */
export const allSteps = computed(() => {
  const found = new Set();
  const wanted = new Set(chosenIds.value);
  for (const byRun of Object.values(stepsOf.value)) {
    for (const [id, steps] of Object.entries(byRun)) if (wanted.has(id)) for (const step of steps) found.add(step);
  }
  if (!found.size) for (const run of chosen.value) if (run.last_step !== null) { found.add(0); found.add(run.last_step); }
  return Float64Array.from(found).sort();
});
export const newest = computed(() => allSteps.value[allSteps.value.length - 1] ?? 0);
export const step = computed(() => cursor.value ?? newest.value);

export function toggle(id) {
  const now = new Set(chosenIds.peek());
  if (now.has(id)) now.delete(id);
  else now.add(id);
  selected.value = [...now];
}

/** Move the cursor by some of the steps that there are. */
export function move(count) {
  const steps = allSteps.peek();
  if (!steps.length) return;
  let at = 0;
  while (at < steps.length - 1 && steps[at + 1] <= step.peek()) at++;
  const next = Math.min(steps.length - 1, Math.max(0, at + count));
  cursor.value = next === steps.length - 1 ? null : steps[next];
}

const PLAIN = { x: [xAxis, "step"], q: [query, ""], hist: [drawnAs, "heat"], bands: [bands, "mel"] };
const LAYOUT = /^(sample|timeline|all) ([^]+)$/;

export function readAddress() {
  const [, name, text] = /^#\/?([a-z]*)\??(.*)$/.exec(location.hash) ?? [];
  const params = new URLSearchParams(text ?? "");
  const finite = name_ => (params.has(name_) && Number.isFinite(Number(params.get(name_))) ? Number(params.get(name_)) : null);
  batch(() => {
    page.value = ["runs", "workspace", "config", "files", "problems"].includes(name) ? name : "workspace";
    selected.value = params.has("run") ? params.getAll("run").filter(Boolean) : null;
    cursor.value = finite("step");
    smoothing.value = Math.min(0.99, Math.max(0, finite("smooth") ?? 0));
    logY.value = params.get("log") === "1";
    zoom.value = finite("from") !== null && finite("to") !== null ? [finite("from"), finite("to")] : null;
    for (const [key, [state, first]] of Object.entries(PLAIN)) state.value = params.get(key) ?? first;
    pinned.value = new Set(params.getAll("pin"));
    layouts.value = new Map(params.getAll("layout").map(text_ => LAYOUT.exec(text_)).filter(Boolean).map(([, word, key]) => [key, word]));
    overlay.value = {
      ...overlay.peek(),
      shown: params.get("overlay") !== "0",
      outline: params.get("outline") === "1",
      opacity: finite("opacity") ?? 0.55,
      score: finite("score") ?? 0,
      hidden: new Set(params.getAll("hide")),
    };
  });
}

function address() {
  const params = new URLSearchParams();
  if (selected.value !== null) for (const id of selected.value.length ? selected.value : [""]) params.append("run", id);
  if (cursor.value !== null) params.set("step", cursor.value);
  if (smoothing.value) params.set("smooth", smoothing.value);
  if (logY.value) params.set("log", "1");
  if (zoom.value) { params.set("from", zoom.value[0]); params.set("to", zoom.value[1]); }
  for (const [key, [state, first]] of Object.entries(PLAIN)) if (state.value !== first) params.set(key, state.value);
  for (const key of pinned.value) params.append("pin", key);
  for (const [key, word] of layouts.value) if (word !== "run") params.append("layout", `${word} ${key}`);
  const over = overlay.value;
  if (!over.shown) params.set("overlay", "0");
  if (over.outline) params.set("outline", "1");
  if (over.opacity !== 0.55) params.set("opacity", over.opacity);
  if (over.score) params.set("score", over.score);
  for (const word of over.hidden) params.append("hide", word);
  const text = params.toString();
  return `#/${page.value}${text ? `?${text}` : ""}`;
}

/** Keep the address in step with what is shown, not more often than a browser likes. */
export function followAddress() {
  let timer = 0;
  let known = location.hash;
  effect(() => {
    const wanted = address();
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.hash !== known) return; // a link was followed: it is read in a moment
      known = wanted;
      if (location.hash !== wanted) history.replaceState(null, "", wanted);
    }, 200);
  });
  addEventListener("hashchange", () => {
    known = location.hash;
    light.value = null;
    readAddress();
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    storage?.setItem("mediatypes-theme", theme.value);
  });
}
