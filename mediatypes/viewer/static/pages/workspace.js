// Charts and media of the chosen runs, under one step cursor.
import { html, signal } from "#mt/ui.js";
import { Chart } from "#mt/chart.js";
import { ChartSettings, StepBar } from "#mt/cursor.js";
import { Panel } from "#mt/panel.js";
import { State } from "#mt/pages/runs.js";
import { chosen, chosenIds, colour, keys, pinned, query, runs, toggle } from "#mt/state.js";
import { plural, whole } from "#mt/words.js";

const folded = signal(new Set());
const large = signal(new Set());
const sidebar = signal(true);

const KINDS = ["image", "video", "audio", "plot", "histogram", "table"]; // what is looked at most
const rank = kind => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);
const groupOf = name => (name.includes("/") ? name.slice(0, name.indexOf("/")) : name.includes(".") ? name.slice(0, name.indexOf(".")) : "");

function flip(state, name) {
  const now = new Set(state.peek());
  if (!now.delete(name)) now.add(name);
  state.value = now;
}

function Sidebar() {
  if (!sidebar.value) return null;
  const on = new Set(chosenIds.value);
  return html`<aside class="sidebar" aria-label="Runs"><h2>Runs <span class="muted">${on.size} of ${runs.value.length}</span></h2>
    <ul>${runs.value.map(run => html`<li key=${run.id}><label title=${run.error ?? run.id}><input type="checkbox" checked=${on.has(run.id)} disabled=${Boolean(run.error)} onChange=${() => toggle(run.id)} style=${{ accentColor: colour(run.id) }} /><i class="dot" style=${{ background: colour(run.id) }}></i><span class="run-text"><b>${run.name}</b><small><${State} run=${run} /> ${run.last_step === null ? "no step yet" : `step ${whole(run.last_step)}`}</small></span></label></li>`)}</ul></aside>`;
}

function ChartCard({ name }) {
  const isLarge = large.value.has(name);
  const isPinned = pinned.value.has(name);
  return html`<article class="chartcard ${isLarge ? "large" : ""}" data-key=${name}><header><h3 title=${name}>${name}</h3><span class="grow"></span>
    <button class="icon small ${isPinned ? "on" : ""}" onClick=${() => flip(pinned, name)} aria-pressed=${isPinned} title=${isPinned ? "Unpin" : "Pin to the top"} aria-label=${`Pin ${name}`}>${isPinned ? "★" : "☆"}</button>
    <button class="icon small" onClick=${() => flip(large, name)} aria-pressed=${isLarge} title=${isLarge ? "Smaller" : "Larger"} aria-label=${`Enlarge ${name}`}>${isLarge ? "⤡" : "⤢"}</button></header>
    <${Chart} name=${name} height=${isLarge ? 380 : 190} /></article>`;
}

function Section({ title, charts, media }) {
  const isFolded = folded.value.has(title);
  return html`<section class="group" aria-label=${title || "other"}><header class="group-head"><button class="fold" onClick=${() => flip(folded, title)} aria-expanded=${!isFolded}><span class="arrow">${isFolded ? "▸" : "▾"}</span>${title || "other"}</button><span class="muted">${plural(charts.length + media.length, "panel")}</span></header>
    ${!isFolded && charts.length > 0 && html`<div class="charts">${charts.map(name => html`<${ChartCard} key=${name} name=${name} />`)}</div>`}
    ${!isFolded && media.map(([name, facts]) => html`<${Panel} key=${name} name=${name} kind=${facts.kind} facts=${facts} />`)}</section>`;
}

function sections(found, text) {
  const fits = name => text.trim().split(/\s+/).filter(word => word && !word.includes(":")).every(word => name.toLowerCase().includes(word.toLowerCase()));
  const groups = new Map();
  const of = name => {
    const title = pinned.value.has(name) ? "★ pinned" : groupOf(name);
    if (!groups.has(title)) groups.set(title, { title, charts: [], media: [] });
    return groups.get(title);
  };
  for (const name of Object.keys(found.scalars).sort()) if (fits(name)) of(name).charts.push(name);
  for (const [name, facts] of Object.entries(found.media).sort(([a, x], [b, y]) => rank(x.kind) - rank(y.kind) || a.localeCompare(b))) if (fits(name)) of(name).media.push([name, facts]);
  return [...groups.values()].sort((a, b) => (b.title.startsWith("★") - a.title.startsWith("★")) || a.title.localeCompare(b.title));
}

export function Workspace() {
  const found = sections(keys.value, query.value);
  const isEmpty = !Object.keys(keys.value.scalars).length && !Object.keys(keys.value.media).length;
  return html`<div class="workspace ${sidebar.value ? "" : "alone"}"><${Sidebar} />
    <main class="panels"><div class="bars-top"><div class="tools"><button class="icon" onClick=${() => { sidebar.value = !sidebar.value; }} aria-pressed=${sidebar.value} title="Runs" aria-label="Show the runs">☰</button>
        <input type="search" placeholder="Find a key" value=${query.value} onInput=${event => { query.value = event.target.value; }} aria-label="Find a key" /><${ChartSettings} /></div><${StepBar} /></div>
      ${!chosen.value.length && html`<p class="empty big">Choose a run on the left.</p>`}
      ${chosen.value.length > 0 && isEmpty && html`<div class="nothing"><h2>Nothing logged yet</h2><pre>run.log({"loss": loss, "examples": [mt.Image(x) for x in batch]})</pre></div>`}
      ${chosen.value.length > 0 && !isEmpty && !found.length && html`<p class="empty big">No key fits “${query.value}”.</p>`}
      ${chosen.value.length > 0 && found.map(group => html`<${Section} key=${group.title} ...${group} />`)}
    </main></div>`;
}

