// Settings and results of the chosen runs, side by side.
import { html, signal } from "#mt/ui.js";
import { chosen, colour, query } from "#mt/state.js";
import { duration, flat, value, when } from "#mt/words.js";

const onlyDifferent = signal(true);

const facts = run => ({ state: run.state, started: run.started ? when(run.started) : run.created, duration: duration(run.updated - run.started), host: run.host, writers: run.writers, project: run.project, group: run.group, tags: run.tags.join(", "), notes: run.notes, folder: run.id });

function Part({ title, rows, runs }) {
  const names = [...new Set(rows.flatMap(Object.keys))].filter(name => name.toLowerCase().includes(query.value.toLowerCase()));
  const same = name => new Set(rows.map(row => JSON.stringify(row[name]))).size < 2;
  const shown = onlyDifferent.value && runs.length > 1 ? names.filter(name => !same(name)) : names;
  if (!names.length) return null;
  return html`<tbody><tr class="part"><th colspan=${runs.length + 1}>${title} ${shown.length < names.length && html`<span class="muted">${names.length - shown.length} the same everywhere</span>`}</th></tr>
    ${shown.map(name => html`<tr key=${name} class=${runs.length > 1 && !same(name) ? "differs" : ""}><th scope="row">${name}</th>${rows.map((row, i) => html`<td key=${runs[i].id}>${value(row[name])}</td>`)}</tr>`)}</tbody>`;
}

export function Config() {
  const runs = chosen.value;
  if (!runs.length) return html`<main class="page"><p class="empty big">Choose runs on the page of runs.</p></main>`;
  return html`<main class="page config"><div class="page-head"><h1>Config</h1><input type="search" placeholder="Find a key" value=${query.value} onInput=${event => { query.value = event.target.value; }} aria-label="Find a key" />
    ${runs.length > 1 && html`<label><input type="checkbox" checked=${onlyDifferent.value} onChange=${event => { onlyDifferent.value = event.target.checked; }} /> only what differs</label>`}</div>
    <div class="tablebox" tabindex="0" role="region" aria-label="Config"><table class="table compare"><thead><tr><th>key</th>${runs.map(run => html`<th key=${run.id}><i class="dot" style=${{ background: colour(run.id) }}></i>${run.name}</th>`)}</tr></thead>
      <${Part} title="config" runs=${runs} rows=${runs.map(run => flat(run.config))} />
      <${Part} title="summary" runs=${runs} rows=${runs.map(run => run.summary)} />
      <${Part} title="run" runs=${runs} rows=${runs.map(facts)} /></table></div></main>`;
}
