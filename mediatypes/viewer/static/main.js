// The page: its frame, its keys, and the clock that asks what is new.
import { batch, effect, html, render } from "#mt/ui.js";
import { get, use } from "#mt/load.js";
import { chosenIds, connection, cursor, help, keys, light, meta, move, overlay, page, readAddress, followAddress, revisions, runs, selected, stepsOf, theme } from "#mt/state.js";
import { unpack } from "#mt/packed.js";
import { setComponents } from "#mt/panel.js";
import { Lightbox } from "#mt/lightbox.js";
import { Help } from "#mt/help.js";
import { Runs } from "#mt/pages/runs.js";
import { Workspace } from "#mt/pages/workspace.js";
import { Config } from "#mt/pages/config.js";
import { Files } from "#mt/pages/files.js";
import { Problems } from "#mt/pages/problems.js";

const FAST = 1000;
const SLOW = 5000;
const PATIENCE = 300; // milliseconds
const STEPS_AT_ONCE = 100; // keys in one question
const PAGES = { runs: ["Runs", Runs], workspace: ["Workspace", Workspace], config: ["Config", Config], files: ["Files", Files], problems: ["Problems", Problems] };
const THEMES = { auto: ["◐", "As the system has it"], light: ["☀", "Light"], dark: ["☾", "Dark"] };

async function refresh(answer = get("runs", { spark: null })) {
  const found = await answer;
  batch(() => { runs.value = found.runs; });
}

/** Ask what has changed since the last time; return whether more will come soon. */
async function news(isFirst = false) {
  const ahead = isFirst ? get("runs", { spark: null }) : undefined;
  ahead?.catch(() => {}); // it is waited for below
  const found = await get("changes");
  const reading = found.reading.done < found.reading.total ? found.reading : null;
  const isNew = JSON.stringify(found.runs) !== JSON.stringify(revisions.peek());
  if (isNew || ahead) await refresh(ahead);
  batch(() => { if (isNew) revisions.value = found.runs; connection.value = { ok: true, live: found.live, reading }; });
  return found.live || reading;
}

async function tick() {
  let pause = SLOW;
  if (document.visibilityState === "visible") {
    try {
      if (await news()) pause = FAST;
    } catch (error) {
      connection.value = { ok: false, live: false, reading: null, error };
    }
  }
  setTimeout(tick, pause);
}

/** What the chosen runs hold: their keys; the steps of all their media come after. */
async function learn(ids, ahead = null) {
  const found = (await ahead) ?? await get("keys", { run: ids });
  keys.value = found;
  learnSteps(ids, Object.keys(found.media)).catch(() => {});
}

async function learnSteps(ids, names) {
  const all = {};
  for (let at = 0; at < names.length; at += STEPS_AT_ONCE) {
    const answer = await get("steps", { run: ids, key: names.slice(at, at + STEPS_AT_ONCE) });
    for (const [name, byRun] of Object.entries(answer.keys)) {
      all[name] = Object.fromEntries(Object.entries(byRun).map(([id, facts]) => [id, unpack(facts.steps)]));
    }
  }
  if (ids.join() === chosenIds.peek().join()) stepsOf.value = all;
}

function Status() {
  const { ok, live, reading } = connection.value;
  const [kind, text] = !ok ? ["bad", "server gone"] : reading ? ["busy", `reading ${reading.done} of ${reading.total}`] : live ? ["live", "live"] : ["idle", "all read"];
  return html`<span class="status ${kind}" role="status" title="Asks for news every second while a run is being written"><i></i>${text}</span>`;
}

function Header() {
  const names = Object.keys(THEMES);
  const [sign, words] = THEMES[theme.value] ?? THEMES.auto;
  const bad = runs.value.reduce((sum, run) => sum + (run.problems || run.error ? 1 : 0), 0);
  return html`<header class="top">
    <a class="brand" href="#/runs" onClick=${event => { event.preventDefault(); page.value = "runs"; }}><span class="logo" aria-hidden="true"></span>mediatypes</a>
    ${meta.value?.left_out > 0 && html`<span class="badge warn" title="Left out to keep this file small: mediatypes export --max-mb">${meta.value.left_out} items left out</span>`}
    <span class="root" title=${meta.value?.root}>${meta.value?.root.split("/").pop()}</span>
    <nav aria-label="Pages">${Object.entries(PAGES).map(([name, [title]]) => html`<button key=${name} class=${page.value === name ? "on" : ""} aria-current=${page.value === name ? "page" : null} onClick=${() => { page.value = name; }}>${title}${name === "problems" && bad > 0 && html`<b class="count">${bad}</b>`}</button>`)}</nav>
    <span class="grow"></span>
    ${meta.value?.live && html`<${Status} />`}
    <button class="icon" onClick=${() => { theme.value = names[(names.indexOf(theme.value) + 1) % names.length]; }} title=${`Colours: ${words}`} aria-label=${`Colours: ${words}`}>${sign}</button>
    <button class="icon" onClick=${() => { help.value = true; }} title="Keys (?)" aria-label="Keys">?</button>
  </header>`;
}

function App() {
  const Page = (PAGES[page.value] ?? PAGES.workspace)[1];
  return html`<${Header} />
    <${Page} />
    ${light.value && html`<${Lightbox} />`}
    ${help.value && html`<${Help} />`}`;
}

function Locked({ error }) {
  const link = event => {
    event.preventDefault();
    location.hash = `#token=${String(new FormData(event.target).get("token")).split("token=").pop().trim()}`;
    location.reload();
  };
  return html`<main class="locked"><span class="logo large" aria-hidden="true"></span><h1>${error.status === 401 ? "This page needs its link" : "Nothing to show"}</h1>
    <p>${error.message}</p><p>${error.hint}</p>
    ${error.status === 401 && html`<form onSubmit=${link}><label>Link or token <input name="token" autocomplete="off" required /></label><button class="main">Open</button></form>`}</main>`;
}

const typing = event => ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "checkbox" && event.target.type !== "range";

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
  if (event.target.type === "range" && event.key.startsWith("Arrow")) return;
  const actions = {
    ArrowLeft: () => move(event.shiftKey ? -10 : -1),
    ArrowRight: () => move(event.shiftKey ? 10 : 1),
    Home: () => move(-Infinity),
    End: () => { cursor.value = null; },
    m: () => { overlay.value = { ...overlay.peek(), shown: !overlay.peek().shown }; },
    "/": () => /** @type {HTMLElement | null} */ (document.querySelector("input[type=search]"))?.focus(),
    "?": () => { help.value = true; },
    Escape: () => { help.value = false; light.value = null; },
  };
  const names = Object.keys(PAGES);
  if (event.key >= "1" && event.key <= String(names.length) && !light.peek()) page.value = names[Number(event.key) - 1];
  else if (actions[event.key] && !(light.peek() && event.key.startsWith("Arrow"))) actions[event.key]();
  else return;
  event.preventDefault();
}

/** Begin: `source` answers, `components` are the kinds that have one, and `load` gives modules. */
export async function start(source, components, load) {
  use(source, load);
  setComponents(components);
  const place = document.getElementById("app");
  source.enter();
  readAddress();
  const named = selected.peek() ?? []; // in the address: what they hold need not wait until it is known who they are
  const ahead = named.length ? get("keys", { run: named }).catch(() => null) : null;
  try {
    // Before anything is asked for, since that would be asked for again.
    const [facts] = await Promise.all([get("meta"), source.isLive ? news(true) : refresh()]);
    meta.value = facts;
  } catch (error) {
    render(html`<${Locked} error=${error} />`, place);
    return;
  }
  if (location.hash.length < 3 && runs.value.length !== 1 && !meta.value.single) page.value = "runs";
  followAddress();
  let learnt = null;
  effect(() => {
    const ids = chosenIds.value;
    revisions.value;
    const isNamed = !learnt && ids.length === named.length && ids.every(id => named.includes(id));
    const one = learn(ids, isNamed ? ahead : null).catch(() => {});
    learnt ??= one;
  });
  await Promise.race([learnt, new Promise(done => setTimeout(done, PATIENCE))]); // a page that changes at once is laid out twice
  addEventListener("keydown", onKey);
  place.textContent = "";
  render(html`<${App} />`, place);
  if (source.isLive) setTimeout(tick, FAST);
}
