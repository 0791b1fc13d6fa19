// The table of runs: find, sort, choose.
import { html, signal, useEffect, useState } from "#mt/ui.js";
import { get } from "#mt/load.js";
import { unpack } from "#mt/packed.js";
import { chosenIds, colour, connection, cursor, meta, page, query, revisions, runs, selected, toggle } from "#mt/state.js";
import { ago, duration, flat, number, plural, value, whole } from "#mt/words.js";

const order = signal({ column: "created", down: true });
const spark = signal(null);
const MOST_COLUMNS = 8;

/** Config keys that differ first, then the other ones; and the numbers of the summary. */
function columnsOf(rows) {
  const configs = rows.map(run => flat(run.config));
  const names = [...new Set(configs.flatMap(Object.keys))];
  const differs = name => new Set(configs.map(one => JSON.stringify(one[name]))).size > 1;
  const config = [...names.filter(differs), ...names.filter(name => !differs(name))].slice(0, MOST_COLUMNS / 2);
  const summary = [...new Set(rows.flatMap(run => Object.keys(run.summary).filter(key => typeof run.summary[key] === "number")))].slice(0, MOST_COLUMNS / 2);
  return [...config.map(name => ({ id: `config.${name}`, title: name, read: run => flat(run.config)[name], isNumber: rows.every(run => ["number", "undefined"].includes(typeof flat(run.config)[name])) })), ...summary.map(name => ({ id: `summary.${name}`, title: name, read: run => run.summary[name], isNumber: true }))];
}

const COMPARE = { "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "=": (a, b) => a === b, "!=": (a, b) => a !== b };

/** Whether a run fits a text such as `wide lr<1e-3 state=finished`. */
export function fits(run, text) {
  const under = (name, facts) => Object.fromEntries(Object.entries(facts).map(([key, one]) => [`${name}.${key}`, one]));
  const config = flat(run.config);
  const facts = { ...run.summary, ...config, ...under("summary", run.summary), ...under("config", config), state: run.state, name: run.name, id: run.id, group: run.group };
  return text.trim().split(/\s+/).filter(Boolean).every(word => {
    const match = /^([^<>=!]+)(<=|>=|!=|=|<|>)(.+)$/.exec(word);
    if (!match) return `${run.name} ${run.id} ${run.tags.join(" ")} ${run.notes ?? ""}`.toLowerCase().includes(word.toLowerCase());
    const found = facts[match[1]];
    const wanted = Number.isNaN(Number(match[3])) || typeof found === "string" ? match[3] : Number(match[3]);
    return found !== undefined && COMPARE[match[2]](found, wanted);
  });
}

function sorted(rows, columns) {
  const { column, down } = order.value;
  const read = columns.find(one => one.id === column)?.read ?? (run => run[column]);
  const sign = down ? -1 : 1;
  const rank = one => (one === undefined || one === null || Number.isNaN(one) ? 1 : 0);
  return [...rows].sort((a, b) => {
    const [x, y] = [read(a), read(b)];
    if (rank(x) !== rank(y)) return rank(x) - rank(y);
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
  });
}

function Spark({ packed, ink }) {
  if (!packed) return null;
  const numbers = unpack(packed);
  const known = numbers.filter(one => !Number.isNaN(one));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const points = [...numbers].map((one, i) => [(100 * i) / (numbers.length - 1), 22 - (20 * (one - low)) / (high - low || 1)]).filter(point => !Number.isNaN(point[1]));
  return html`<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><polyline points=${points.map(point => point.map(one => one.toFixed(1)).join()).join(" ")} fill="none" stroke=${ink} /></svg>`;
}

function Head({ id, children, isNumber }) {
  const { column, down } = order.value;
  const is = column === id;
  return html`<th class=${isNumber ? "number" : ""} aria-sort=${is ? (down ? "descending" : "ascending") : null}><button onClick=${() => { order.value = { column: id, down: is ? !down : Boolean(isNumber) }; }}>${children}<span class="arrow">${is ? (down ? "↓" : "↑") : ""}</span></button></th>`;
}

export function State({ run }) {
  return html`<span class="state ${run.state}" title=${run.error ?? ""}><i></i>${run.state}</span>`;
}

function Row({ run, columns, packed, isOn }) {
  const open = () => { selected.value = [run.id]; cursor.value = null; page.value = "workspace"; };
  return html`<tr class=${isOn ? "on" : ""} data-run=${run.id}>
    <td class="pick"><input type="checkbox" checked=${isOn} disabled=${Boolean(run.error)} onChange=${() => toggle(run.id)} aria-label=${`Choose ${run.name}`} style=${{ accentColor: colour(run.id) }} /></td>
    <td class="name"><button class="link strong" onClick=${open} disabled=${Boolean(run.error)}><i class="dot" style=${{ background: colour(run.id) }}></i>${run.name}</button>${run.tags.map(tag => html`<span key=${tag} class="tag">${tag}</span>`)}${run.error && html`<p class="why">${run.error}</p>`}</td>
    <td><${State} run=${run} /></td>
    <td class="sparkcell"><${Spark} packed=${packed} ink=${colour(run.id)} /></td>
    <td class="muted nowrap" title=${run.created}>${ago(run.started)}</td>
    <td class="muted nowrap">${duration(run.updated - run.started)}</td>
    <td class="number">${run.last_step === null ? "–" : whole(run.last_step)}</td>
    <td class="number">${whole(run.media)}</td>
    ${columns.map(column => html`<td key=${column.id} class=${column.isNumber ? "number" : ""}>${column.isNumber ? number(column.read(run)) : value(column.read(run)).slice(0, 40)}</td>`)}
  </tr>`;
}

function useSparks(key) {
  const [found, set] = useState({});
  useEffect(() => {
    if (key) get("runs", { spark: key }).then(answer => set(Object.fromEntries(answer.runs.map(run => [run.id, run.spark]))), () => {});
  }, [key, JSON.stringify(revisions.value)]);
  return found;
}

function Empty() {
  return html`<div class="nothing"><span class="logo large" aria-hidden="true"></span><h2>No runs here yet</h2><p>A run appears as soon as a script starts one in <code>${meta.value.root}</code>.</p>
    <pre>import mediatypes as mt

run = mt.init(project="first", dir=${JSON.stringify(meta.value.root)})
run.log({"loss": 0.5, "examples": [mt.Image(x) for x in batch]})
run.finish()</pre></div>`;
}

export function Runs() {
  const all = runs.value;
  const shown = all.filter(run => fits(run, query.value));
  const columns = columnsOf(all.filter(run => !run.error));
  const metrics = [...new Set(all.flatMap(run => Object.keys(run.summary).filter(key => typeof run.summary[key] === "number")))].sort();
  const metric = spark.value ?? metrics.find(name => /loss/i.test(name)) ?? metrics[0] ?? null;
  const sparks = useSparks(metric);
  const on = new Set(chosenIds.value);
  if (!all.length) return html`<main class="page">${connection.value.reading ? html`<p class="empty">Reading…</p>` : html`<${Empty} />`}</main>`;
  return html`<main class="page runs">
    <div class="page-head"><h1>${plural(all.length, "run")}</h1><input type="search" placeholder="Find: name, tag, lr<0.01, state=finished" value=${query.value} onInput=${event => { query.value = event.target.value; }} aria-label="Find runs" />
      <span class="grow"></span><label class="muted">sparkline <select value=${metric} onChange=${event => { spark.value = event.target.value; }}>${metrics.map(name => html`<option key=${name}>${name}</option>`)}</select></label>
      <button class="main" disabled=${!on.size} onClick=${() => { page.value = "workspace"; }}>Open ${plural(on.size, "run")}</button></div>
    <div class="tablebox" tabindex="0" role="region" aria-label="Runs"><table class="table"><thead><tr><th class="pick"><input type="checkbox" aria-label="Choose all" checked=${shown.length > 0 && shown.every(run => on.has(run.id) || run.error)} onChange=${event => { selected.value = event.target.checked ? shown.filter(run => !run.error).map(run => run.id) : []; }} /></th>
      <${Head} id="name">Name<//><${Head} id="state">State<//><th>${metric ?? ""}</th><${Head} id="created">Started<//><th>Duration</th><${Head} id="last_step" isNumber>Steps<//><${Head} id="media" isNumber>Media<//>
      ${columns.map(column => html`<${Head} key=${column.id} id=${column.id} isNumber=${column.isNumber}>${column.title}<//>`)}</tr></thead>
      <tbody>${sorted(shown, columns).map(run => html`<${Row} key=${run.id} run=${run} columns=${columns} packed=${sparks[run.id]} isOn=${on.has(run.id)} />`)}</tbody></table></div>
    ${!shown.length && html`<p class="empty">No run fits “${query.value}”.</p>`}
  </main>`;
}
